/** Work in parts that go on side by side. */

/**
 * Begins parts, and resolves when all are done. When one fails, or beginning them does, rejects with that as soon as
 * none is under way, so that none still fills or reads the caller's memory. A part may fail while others are begun.
 * @param begin hands each part over when it has begun.
 */
export async function together(
  begin: (add: (part: Promise<void>) => void) => void | Promise<void>,
): Promise<void> {
  const parts: Promise<void>[] = [];
  try {
    await begin((part) => {
      // Nobody waits for it yet; that it failed is seen below.
      part.catch(() => {});
      parts.push(part);
    });
  } finally {
    await Promise.allSettled(parts);
  }
  await Promise.all(parts);
}
