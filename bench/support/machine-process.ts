/**
 * The program in the process of our contenders: a machine with its serial port on
 * standard input and output, from the build that it is given, as a user of the package
 * would run it. Answers the message "statistics", and reports once more at the end.
 *   node machine-process.mjs <address of node.js> <machine description> <variant> <folders to share, by tag>
 */
import type * as Disks from '../../src/bindings/node/disks.ts';
import type * as Node from '../../src/bindings/node/index.ts';

/** Machine and drives on one thread; both in a worker; only the machine in a worker. */
export type MachineVariant = 'local' | 'worker' | 'remote drives';

export interface MachineMessage {
  /** Instructions executed so far, by all harts. */
  readonly instructions: number;
  /** To make the machine, files loaded and core compiled, in milliseconds. */
  readonly createTime: number;
  /** Since `start`, in milliseconds; to the end of the machine if it has ended. */
  readonly runTime: number;
  /** Resident memory before the machine was made, in bytes. */
  readonly memoryBefore: number;
}

const [build, text, variant, folders] = process.argv.slice(2);
const { createMachine, HostFolder } = (await import(build)) as typeof Node;
const { openDisk } = (await import(build.replace('node.js', 'node-disks.js'))) as typeof Disks;
const description = JSON.parse(text) as Node.MachineDescription;
const drives: Record<string, Node.BlockBackend> = {};
if ((variant as MachineVariant) === 'remote drives') {
  for (const { file } of description.drives ?? [])
    if (file !== undefined) drives[file] = await openDisk(file, { readOnly: false });
}
const shares: Record<string, Node.HostFolder> = {};
for (const [tag, folder] of Object.entries(JSON.parse(folders) as Record<string, string>))
  shares[tag] = await HostFolder.open(folder);
const memoryBefore = process.memoryUsage.rss();
const beforeCreate = performance.now();
const machine = await createMachine(description, {
  drives,
  shares,
  worker: (variant as MachineVariant) !== 'local',
});
const createTime = performance.now() - beforeCreate;
const times: { end?: number } = {};

async function report(): Promise<void> {
  const message: MachineMessage = {
    instructions: (await machine.statistics().catch(() => undefined))?.instructions ?? 0,
    createTime,
    runTime: (times.end ?? performance.now()) - beforeStart,
    memoryBefore,
  };
  await new Promise<void>((done) => void process.send!(message, undefined, undefined, () => done()));
}

process.on('message', () => void report());
// Whoever measured is gone.
process.on('disconnect', () => process.exit(1));
process.stdin.on('data', (bytes) => void machine.serial.type(bytes));
const beforeStart = performance.now();
await machine.start();
const printed = (async () => {
  for await (const bytes of machine.serial.output) process.stdout.write(bytes);
})();
const exit = await machine.ended;
times.end = performance.now();
await printed;
await report();
await new Promise<void>((done) => void process.stdout.write('', () => done()));
process.exit(exit.code);
