/**
 * Starting from an image behind a URL: Debian with systemd through UEFI and GRUB to the login prompt, as `hartware run`
 * does it, beside the same image in a file. How long that takes, and how much is downloaded beyond what the guest reads.
 */
import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { obtainFirmware } from '../src/bindings/node/guest/firmware.ts';
import { obtainDebianDisk } from '../tools/debian-disk/disk.ts';
import type { HttpMachine, HttpMachineMessage } from './http/machine-process.ts';
import { covered, recordOf } from './http/ranges.ts';
import { RangeServer } from './http/server.ts';
import { GuestProcess } from './support/guest-process.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report, Result } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const LOGIN = ' login: ';
const MEMORY = 1024;
const SCRIPT = fileURLToPath(new URL('../.cache/bench/http-machine-process.mjs', import.meta.url));

/** An image, and where it is: in a file, or behind a server that waits so many milliseconds. */
interface Place {
  readonly name: string;
  readonly image: string;
  readonly latency?: number;
}

interface Run {
  /** To the login prompt, in milliseconds. */
  readonly time: number;
  /** Bytes of the disk that the guest read, each counted once. */
  readonly guestRead: number;
  /** The same of the image's file. */
  readonly fileRead: number;
  readonly requests?: number;
  /** In bytes. */
  readonly downloaded?: number;
}

export async function http(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const raw =
      options.image ?? (await obtainDebianDisk({ report: (line) => process.stderr.write(`${line}\n`) }));
    const qcow2 = join(directory, 'disk.qcow2');
    const cli = join(options.build, 'cli.js');
    await promisify(execFile)(process.execPath, [cli, 'image', 'convert', '--quiet', raw, qcow2]);
    const firmware = join(directory, 'firmware.fd');
    await writeFile(firmware, (await obtainFirmware('edk2')).code);
    await build({
      entryPoints: [fileURLToPath(new URL('./http/machine-process.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'es2022',
      outfile: SCRIPT,
      logLevel: 'warning',
    });
    const places = Object.entries({ raw, qcow2 }).flatMap(([format, image]): Place[] => [
      { name: `${format}, file`, image },
      ...options.latencies.map((latency) => ({ name: `${format}, ${latency} ms`, image, latency })),
    ]);
    const library = pathToFileURL(resolve(options.build, 'node.js')).href;
    const measured = await interleave(places, options.runs, (place) =>
      start(place, firmware, library, place === places[0] ? options.record : undefined),
    );
    const sizes = new Map<string, number>();
    for (const { image } of places) sizes.set(image, (await stat(image)).size);
    const results: Result[] = [];
    const add = (name: string, unit: string, value: (run: Run, size: number) => number | undefined): void => {
      for (const [{ name: contender, image }, runs] of measured) {
        const samples = runs.map((run) => value(run, sizes.get(image)!)).filter((each) => each !== undefined);
        if (samples.length > 0) results.push({ name, contender, unit, samples, isMoreBetter: false });
      }
    };
    add('start to login', 's', ({ time }) => time / 1000);
    add('size of the image', 'MB', (_, size) => size / 1e6);
    add('the guest reads', 'MB', ({ guestRead }) => guestRead / 1e6);
    add('read of the file', 'MB', ({ fileRead }) => fileRead / 1e6);
    add('downloaded', 'MB', ({ downloaded }) => downloaded && downloaded / 1e6);
    add('requests', '', ({ requests }) => requests);
    // The guest reads zeros that are in no sparse file; and where it writes a part of a cluster, the rest is read.
    add('beyond what is read', '% of the image', ({ downloaded, guestRead, fileRead }, size) =>
      downloaded === undefined ? undefined : (100 * (downloaded - Math.min(guestRead, fileRead))) / size,
    );
    return { benchmark: 'http', notes: [`${MEMORY} MiB of RAM, one hart, UEFI and GRUB`], results };
  });
}

async function start(
  { image, latency }: Place,
  firmware: string,
  library: string,
  record: string | undefined,
): Promise<Run> {
  const server = latency === undefined ? undefined : new RangeServer(image, latency);
  const machine: HttpMachine = { image: (await server?.start()) ?? image, firmware, memory: MEMORY };
  const guest = new GuestProcess<HttpMachineMessage>(
    { command: process.execPath, args: [SCRIPT, library, JSON.stringify(machine)], isOurs: true },
    [LOGIN],
  );
  try {
    const time = await guest.mark(LOGIN);
    const { ofDisk, ofFile } = await guest.statistics();
    if (record !== undefined) await writeFile(record, recordOf(ofFile));
    return {
      time,
      guestRead: covered(ofDisk),
      fileRead: covered(ofFile),
      requests: server?.requests,
      downloaded: server?.bytes,
    };
  } finally {
    await guest.kill();
    await server?.stop();
  }
}
