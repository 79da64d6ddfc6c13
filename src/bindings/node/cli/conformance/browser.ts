/** The conformance programs in a browser: one that the user opens, or one that is started for it. */
import { writeAll } from '../output.ts';
import { Interrupted, onSignal } from '../signals.ts';
import { BrowserProcess } from './browser-process.ts';
import { PageServer, type BrowserResults, type PageServerOptions } from './page-server.ts';

export interface BrowserOptions extends PageServerOptions {
  /** A command that opens a URL, its last argument, in a browser, and ends when that does. */
  readonly command?: readonly [string, ...string[]];
}

/** @throws BrowserError when they cannot be run; Interrupted on a signal. */
export async function runInBrowser({ command, ...options }: BrowserOptions): Promise<BrowserResults> {
  const server = await PageServer.start(options);
  const ignoreSignals = onSignal((number) => server.fail(new Interrupted(number)));
  let browser: BrowserProcess | undefined;
  try {
    if (command) {
      browser = BrowserProcess.start(command, server.url, server.fail);
      server.expect();
    } else {
      await writeAll(process.stderr, `hartware: open this page in the browser to check: ${server.url}\n`);
    }
    return await server.outcome;
  } finally {
    await browser?.end();
    await server.close();
    ignoreSignals();
  }
}
