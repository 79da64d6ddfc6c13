/** What is a URL among the names of drives. */

/** An http or https URL, or a relative one that begins with a slash or dot; "root" is a name, not a URL. */
export function isUrl(reference: string): boolean {
  return /^(https?:\/\/|\.{0,2}\/)/i.test(reference);
}
