/**
 * The program in the process of the benchmark `http`: a machine that starts from an image in a file or behind a URL, as
 * `hartware run` does, and counts what is read of it. Answers the message "statistics".
 *   node http-machine-process.mjs <address of node.js> <HttpMachine as JSON>
 */
import type * as Node from '../../src/bindings/node/index.ts';
import { nodeHttp } from '../../src/bindings/node/http.ts';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { openDiskDrive } from '../../src/disks/drive.ts';
import { HttpImageFile } from '../../src/disks/http/http-file.ts';
import type { ImageFile } from '../../src/disks/image-file.ts';
import type { Range } from './ranges.ts';

export interface HttpMachine {
  /** A path or a URL. */
  readonly image: string;
  /** UEFI: a path. */
  readonly firmware: string;
  /** In MiB. */
  readonly memory: number;
}

/** What was read, in order. */
export interface HttpMachineMessage {
  /** Of the disk, by the guest. */
  readonly ofDisk: readonly Range[];
  /** Of the image's file. */
  readonly ofFile: readonly Range[];
}

/** `source`, all of whose reads are noted. */
function noted<T extends { read(offset: number, into: Uint8Array): Promise<void> }>(
  source: T,
  reads: Range[],
): T {
  return new Proxy(source, {
    get(target, name) {
      // All of them pass through one function.
      if (name === 'readNow') return undefined;
      if (name === 'read')
        return (offset: number, into: Uint8Array) => {
          reads.push([offset, into.length]);
          return target.read(offset, into);
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const [build, text] = process.argv.slice(2);
const { createMachine } = (await import(build)) as typeof Node;
const { image, firmware, memory } = JSON.parse(text) as HttpMachine;
const ofDisk: Range[] = [];
const ofFile: Range[] = [];
const open = async (): Promise<ImageFile> =>
  noted<ImageFile>(
    /^http:/.test(image) ? await HttpImageFile.open(image, nodeHttp) : await NodeImageFile.open(image, true),
    ofFile,
  );
const disk = await openDiskDrive(open, createImageHost(), { readOnly: false, temporary: true });
const machine = await createMachine(
  {
    hartware: 1,
    memory: `${memory}M`,
    boot: { flash: { code: firmware } },
    drives: [{ file: 'disk' }],
  },
  { drives: { disk: noted(disk, ofDisk) } },
);

process.on('message', () => {
  const message: HttpMachineMessage = { ofDisk, ofFile };
  process.send!(message);
});
// Whoever measured is gone.
process.on('disconnect', () => process.exit(1));
await machine.start();
for await (const bytes of machine.serial.output) process.stdout.write(bytes);
