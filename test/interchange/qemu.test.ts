/** Machines as command lines of QEMU's and back again, and what QEMU makes of them. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createImageHost, diskFormat, NodeImageFile } from '../../src/bindings/node/disks.ts';
import { exportQemu, importQemu } from '../../src/interchange/index.ts';
import {
  completeDescription,
  type DriveDescription,
  type MachineDescription,
} from '../../src/machine/description.ts';
import { finish, Workplace } from '../bindings/cli/hartware.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { requireTool } from '../support/tools.ts';
import { representableMachine } from './random-machines.ts';

describe('there and back', () => {
  test.each(fuzzSeeds(100))('a machine is the same, seed %i', (seed) => {
    const machine = representableMachine(new Random(seed));
    const { script, command } = exportQemu(machine);
    const { description } = importQemu(script);
    const expected = completeDescription(machine);
    const { firmware } = expected.boot;
    const safe = firmware && { file: firmware.file.replace(/^(none|default)$/, './$&') };
    expect(completeDescription(description)).toEqual({
      ...expected,
      boot: { ...expected.boot, firmware: safe },
    });
    expect(importQemu(command).description).toEqual(description);
  });

  test('what is not there is not invented', () => {
    expect(importQemu(exportQemu({ hartware: 1, boot: { kernel: 'k', firmware: 'f' } }).script)).toEqual({
      description: { hartware: 1, harts: 1, memory: '256M', boot: { kernel: 'k', firmware: 'f' } },
      notes: [expect.stringContaining('Sv57')],
    });
  });
});

describe.skipIf(!requireTool('qemu-system-riscv64', 'qemu-system-misc'))('QEMU', () => {
  let place: Workplace;
  beforeAll(async () => {
    place = await Workplace.make();
  });
  afterAll(() => place.remove());

  /** Starts the machine, stopped, and returns what the monitor says, which is complete when it matches. */
  async function monitor(script: string, command: string, complete: RegExp): Promise<string> {
    const child = spawn('/bin/sh', ['-c', `exec ${script.trimEnd()} -S`], { stdio: 'pipe' });
    let output = '';
    const listed = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (complete.test(output)) resolve();
      });
    });
    const finished = finish(child);
    // Ctrl-a c: from the serial port to the monitor. What it has not printed yet is lost when it quits.
    child.stdin.write(`\u0001c${command}\n`);
    await Promise.race([listed, finished]);
    child.stdin.end('quit\n');
    const { code, stdout, stderr } = await finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  test('has every device in its slot, and finds files with names as they come', async () => {
    const image = new Uint8Array(1 << 20);
    const names = ["a 'b'", 'c, d', 'e,,f"g', '-h', 'nbd:i', '$HOME `j`', 'k\nl=m'];
    const files = await Promise.all(names.map((name) => place.put(name, image)));
    const kernel = await place.put('kernel, of "zeros"', image);
    const machine: MachineDescription = {
      hartware: 1,
      boot: { kernel, initrd: kernel, append: 'a, "b" \'c\'' },
      drives: [...files.slice(0, 4).map((file) => ({ file })), { memory: '1M', id: 'x,y' }],
      devices: { console: true, powerButton: { slot: 7 } },
    };
    const more = exportQemu({
      ...machine,
      drives: files.slice(1).map((file) => ({ file, readOnly: true })),
      network: [{}],
      devices: {},
    });
    for (const { script } of [exportQemu(machine, { kernelKind: 'raw' }), more]) {
      const stdout = await monitor(script, 'info qtree', /virtio-mmio-bus\.0\r?\n[^]*\(qemu\) $/);
      const slots = [
        ...stdout.matchAll(/bus: virtio-mmio-bus\.(\d)\r?\n\s+type virtio-mmio-bus\r?\n(\s+dev: ([\w-]+))?/g),
      ]
        .sort(([, a], [, b]) => Number(a) - Number(b))
        .map(({ 3: device }) => device?.replace(/^virtio-(\w+)-device$/, '$1'));
      expect(slots).toEqual(
        script === more.script
          ? ['blk', 'blk', 'blk', 'blk', 'blk', 'blk', 'rng', 'net']
          : ['blk', 'blk', 'blk', 'blk', 'blk', 'serial', 'rng', 'keyboard'],
      );
    }
  });

  test('opens images of every format, and leaves alone what is temporary', async () => {
    const formats = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhd', 'vhdx'] as const;
    const drives: DriveDescription[] = [];
    for (const format of formats) {
      const path = place.path(`disk, of ${format}`);
      const image = await diskFormat(format).create(
        await NodeImageFile.create(path),
        { size: 8 << 20 },
        createImageHost(),
      );
      await image.close();
      const bus = drives.length % 2 === 0 ? 'pci' : 'mmio';
      drives.push({ file: path, format, bus }, { file: path, format, bus, temporary: true });
    }
    const boot = { kernel: await place.put('any kernel', new Uint8Array(1 << 20)) };
    const only = (isTemporary: boolean): string => {
      const chosen = drives.filter(({ temporary = false }) => temporary === isTemporary);
      return exportQemu({ hartware: 1, boot, drives: chosen, devices: { rng: false } }).script;
    };
    const last = /drive5[^]*\(qemu\) $/;
    const kept = await monitor(only(false), 'info block', last);
    const gone = await monitor(only(true), 'info block', last);
    for (const [index, format] of formats.entries()) {
      const driver = format === 'vhd' ? 'vpc' : format;
      expect(kept).toMatch(new RegExp(`drive${index}: .*/disk, of ${format} \\(${driver}\\)`));
      // Written to a file of its own, on top of the image.
      expect(gone).toMatch(
        new RegExp(`drive${index} .*"backing": {"driver": "${driver}".*/disk, of ${format}".* \\(qcow2\\)`),
      );
    }
  });
});
