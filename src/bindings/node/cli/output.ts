/** Writing to standard output and error so that everything has left before the program ends. */

/** Writes and waits until the system has taken it. Resolves to false when nobody reads any more. */
export function writeAll(stream: NodeJS.WriteStream, data: string | Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => {
      if (!error) resolve(true);
      else if (isClosed(error)) resolve(false);
      else reject(error);
    });
  });
}

/** Text that may be a stranger's, such as a name in an image, in one line and with nothing that a terminal obeys. */
export function oneLine(text: string): string {
  // No pattern: in a long row of blanks one would look for the end of a line again and again.
  const lines = text.split('\n').map((line) => line.trim());
  return printable(lines.filter((line) => line !== '').join(' '));
}

/** The same where each character keeps its place. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]/gu, '?');
}

/** Keeps a reader that went away from being an uncaught error; `writeAll` reports it. */
export function tolerateClosedReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isClosed(error)) throw error;
    });
  }
}

function isClosed(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'EIO';
}
