/** A browser, or a worker of one, as the host of a machine. */
import { FetchError, messageOf } from '../../errors.ts';
import type { MachineHost } from '../../machine/host.ts';
import { receiveError, sendError } from '../../remote/error.ts';
import { policyOf, suppliedFiles, type HostOptions } from '../../machine/host-options.ts';
import type { CoreSource } from './core.ts';

/** What a host in a browser is made of. */
export interface BrowserHostOptions extends HostOptions {
  /** core.wasm. Default: the one beside the bundle. */
  readonly wasm?: CoreSource;
}

/** How long a machine keeps the thread of a page, in milliseconds. */
const PAGE_SLICE = 5;
/** Most that getRandomValues gives at once (Web Cryptography API, 10.1.1). */
const RANDOM_QUOTA = 65536;

/** A host for one machine on this thread, with the compiled core. */
export function hostWithCore(options: HostOptions, core: WebAssembly.Module): MachineHost {
  const drives: { close(): Promise<void> }[] = [];
  const files = suppliedFiles(options, {
    open: fetchFile,
    async openDrive(reference, options) {
      // Not before there is a drive: the formats are a good part of the package.
      const { openBrowserDrive } = await import('./image-drive.ts').catch((error) => {
        const what =
          'dist/image-drive.js of the package, which drives need, is to be served beside the bundle and worker.js';
        throw new FetchError(`cannot open the drive ${reference}: ${what}`, { cause: error });
      });
      // Errors of a bundle of its own become those of this one.
      const drive = await openBrowserDrive(reference, options).catch((error) => {
        throw receiveError(sendError(error));
      });
      drives.push(drive);
      return drive;
    },
  });
  const turns = new Turns();
  return {
    core,
    // A page must also draw.
    slice: typeof document === 'undefined' ? undefined : PAGE_SLICE,
    ...policyOf(options),
    ...files,
    monotonicTime: () => performance.now(),
    wallClock: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
    random(into) {
      for (let at = 0; at < into.length; at += RANDOM_QUOTA) {
        // The typed arrays of machines are never shared.
        crypto.getRandomValues(into.subarray(at, at + RANDOM_QUOTA) as Uint8Array<ArrayBuffer>);
      }
    },
    turn: () => turns.next(),
    setTimer(callback, milliseconds) {
      let isWanted = true;
      // What sets timers in the turn of a timer nests them, and browsers hold nested timers up: all
      // of them to 4 ms, and those of pages that have been in the background for long to a minute.
      const timer = setTimeout(() => void turns.next().then(() => isWanted && callback()), milliseconds);
      return () => {
        isWanted = false;
        clearTimeout(timer);
      };
    },
    async close() {
      turns.close();
      await Promise.all(drives.splice(0).map((drive) => drive.close()));
    },
  };
}

async function fetchFile(reference: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(reference);
  } catch (error) {
    const reason = messageOf(error);
    throw new FetchError(`cannot fetch ${reference}: ${reason}`, { cause: error });
  }
  if (!response.ok) throw new FetchError(`cannot fetch ${reference}: HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Turns of the event loop by messages to itself: timers would wait at least 4 ms after some nesting. */
class Turns {
  private readonly channel = new MessageChannel();
  private waiting: (() => void)[] = [];

  constructor() {
    this.channel.port1.onmessage = () => {
      for (const resolve of this.waiting.splice(0)) resolve();
    };
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.channel.port2.postMessage(undefined);
    });
  }

  close(): void {
    this.channel.port1.close();
  }
}
