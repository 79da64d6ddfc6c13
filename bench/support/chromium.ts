/** Chromium without a window, for benchmarks and tests. */
import { chromium, type Browser } from 'playwright-core';

/** @param executable an executable file. */
export function launchChromium(executable: string): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: [
      '--headless',
      // Root, as in containers, has no sandbox; the pages are ours.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
