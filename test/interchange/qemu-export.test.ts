/** Machines as command lines of QEMU's. */
import { describe, expect, test } from 'vitest';
import { exportQemu } from '../../src/interchange/index.ts';
import type { MachineDescription } from '../../src/machine/description.ts';
import { EVERYTHING } from './qemu-machine.ts';

describe('the command line of a machine', () => {
  test('with everything', () => {
    expect(exportQemu(EVERYTHING).script).toBe(`qemu-system-riscv64 \\
  -M virt,aclint=on \\
  -cpu rv64,h=off,debug=off,marchid=0,mimpid=0,svinval=on,svnapot=on,svpbmt=on,Zfhmin=on,zkt=on \\
  -smp 4 \\
  -m 1024M \\
  -nodefaults \\
  -display none \\
  -chardev stdio,id=terminal,mux=on,signal=off \\
  -serial chardev:terminal \\
  -mon chardev=terminal \\
  -rtc base=2026-02-03T04:05:06,clock=vm \\
  -icount shift=1,sleep=off \\
  -seed 7 \\
  -global virtio-mmio.force-legacy=false \\
  -chardev pty,id=console \\
  -blockdev 'driver=qcow2,node-name=drive0,read-only=off,discard=unmap,file.driver=file,file.filename=my disk,, '\\''old'\\''.qcow2,file.locking=auto' \\
  -device virtio-blk-device,drive=drive0,bus=virtio-mmio-bus.0,serial=a,,b \\
  -drive if=none,id=drive1,format=raw,file.driver=null-co,file.size=67108864,file.read-zeroes=on,snapshot=on,readonly=on \\
  -device virtio-blk-device,drive=drive1,bus=virtio-mmio-bus.1,serial=drive1,num-queues=4 \\
  -blockdev driver=vpc,node-name=drive2,read-only=on,discard=unmap,file.driver=file,file.filename=-x,file.locking=auto \\
  -device virtio-blk-device,drive=drive2,bus=virtio-mmio-bus.2,serial=drive2 \\
  -drive if=none,id=drive3,format=vmdk,file.driver=file,file.filename=kept.vmdk,file.locking=auto,discard=unmap,snapshot=on \\
  -device virtio-blk-pci,drive=drive3,bus=pcie.0,addr=0x1,disable-legacy=on,vectors=0,serial=drive3,num-queues=2 \\
  -blockdev 'driver=raw,node-name=drive4,read-only=on,discard=unmap,file.driver=https,file.url=https://example.org/a,,b?c=d' \\
  -device virtio-blk-pci,drive=drive4,bus=pcie.0,addr=0x2,disable-legacy=on,vectors=0,serial=drive4,num-queues=1 \\
  -device virtio-serial-device,id=console,bus=virtio-mmio-bus.3,max_ports=1 \\
  -device virtconsole,chardev=console,bus=console.0 \\
  -object rng-builtin,id=rng \\
  -device virtio-rng-device,rng=rng,bus=virtio-mmio-bus.4 \\
  -device virtio-keyboard-device,bus=virtio-mmio-bus.5 \\
  -bios fw.bin \\
  -kernel Image \\
  -initrd initrd.gz \\
  -dtb board.dtb \\
  -append 'root=/dev/vda quiet'
`);
  });

  const notesOf = (machine: Partial<MachineDescription>, options = {}): string =>
    exportQemu({ hartware: 1, boot: { kernel: 'Image' }, ...machine }, options).notes.join('\n');

  test.each([
    [
      { clock: { kind: 'virtual', instructionsPerSecond: 300_000_000 } },
      'clock.instructionsPerSecond 300000000',
    ],
    [
      { clock: { kind: 'virtual', startTime: '2025-01-01T00:00:00.5Z' } },
      'clock.startTime "2025-01-01T00:00:00.500Z"',
    ],
    [{ clock: { kind: 'virtual' } }, 'clock.kind "virtual"'],
    [{ isa: { paging: 'sv39' } }, 'isa.paging "sv39"'],
    [{ devices: { rng: { seed: 3 } } }, 'devices.rng.seed 3'],
    [{ devices: { powerButton: true } }, 'devices.powerButton'],
    [{ devices: { console: true } }, 'devices.console'],
    [{ boot: { kernel: 'Image', initrd: ['a', 'b'] } }, 'boot.initrd ["a","b"]'],
    [{ boot: { kernel: 'https://example.org/Image' } }, 'boot.kernel "https://example.org/Image"'],
    [{ drives: [{ file: 'opfs:home' }] }, 'drives[0].file "opfs:home": QEMU opens files alone'],
    [{ drives: [{ file: 'indexeddb:home' }] }, 'drives[0].file "indexeddb:home": QEMU opens files alone'],
    [{ drives: [{ file: 'a' }] }, 'drives[0].file "a": its format is not known, and raw there'],
    [
      { drives: [{ file: 'https://example.org/d', readOnly: true }] },
      'drives[0].file "https://example.org/d": QEMU reads it by its driver curl',
    ],
    [{ drives: [{ file: 'a' }, { file: 'b' }] }, 'drives "drive0", "drive1"'],
    [{}, 'boot.firmware: none'],
    [{}, 'the extensions zicbom, '],
  ] as [Partial<MachineDescription>, string][])('says what is otherwise there: %j', (machine, expected) => {
    expect(notesOf(machine)).toContain(expected);
  });

  test('says nothing of what is the same', () => {
    const { notes } = exportQemu({
      hartware: 1,
      isa: { paging: 'sv57' },
      boot: { kernel: 'Image', firmware: 'fw.bin' },
    });
    expect(notes.map((note) => note.split(' ')[0])).toEqual(['the']);
  });

  test('starts what is no Linux Image in M-mode, as here', () => {
    const { command, notes } = exportQemu(
      { hartware: 1, boot: { kernel: 'program.elf' } },
      { kernelKind: 'elf', isKernelPacked: true },
    );
    expect(command.join(' ')).toContain('-bios none -kernel program.elf');
    expect(notes.join('\n')).toContain('compressed');
    expect(notes.join('\n')).not.toContain('OpenSBI');
  });

  test('names the format that was found out, so that QEMU never does', () => {
    const drives = [
      { file: 'a' },
      { file: 'b' },
      { file: 'c', format: 'raw', temporary: true, readOnly: true },
    ];
    const machine = { hartware: 1, boot: { kernel: 'k' }, drives } as MachineDescription;
    const { command, notes } = exportQemu(machine, {
      images: [{ format: 'qcow2', isOverlay: true }, { format: 'vhdx', isOverlay: true }, undefined],
    });
    expect(
      command.filter((word) => /^(driver=|if=none)/.test(word)).map((word) => word.split(',')[0]),
    ).toEqual(['driver=qcow2', 'driver=vhdx', 'driver=raw']);
    expect(notes.filter((note) => note.startsWith('drives['))).toEqual([
      'drives[1].file "b": it lies on top of another image, and QEMU reads no differencing VHD and VHDX: convert it',
    ]);
  });

  test('has one initrd, the joined one', () => {
    const machine: MachineDescription = { hartware: 1, boot: { kernel: 'Image', initrd: ['a', 'b'] } };
    const { command, notes } = exportQemu(machine, { initrd: 'joined' });
    expect(command.join(' ')).toContain('-initrd joined');
    expect(notes.join('\n')).not.toContain('initrd');
  });

  test('is told nothing of digests, and says so', () => {
    const sha256 = 'a'.repeat(64);
    const named: MachineDescription = {
      hartware: 1,
      boot: { kernel: { file: 'k', sha256 } },
      drives: [{ file: 'd', sha256 }],
    };
    const { script, notes } = exportQemu(named);
    expect(script).not.toContain(sha256);
    expect(notes).toEqual(
      expect.arrayContaining([
        'boot.kernel "k": has a sha256, which QEMU does not check',
        'drives[0].file "d": has a sha256, which QEMU does not check',
      ]),
    );
  });

  test('has the names that a release knows', () => {
    const cpu = (major: number, minor: number): string =>
      exportQemu({ hartware: 1, boot: { kernel: 'k' } }, { qemu: { major, minor } }).command[4];
    expect(cpu(7, 2)).toContain(',Zfhmin=on');
    expect(cpu(8, 1)).toContain(',Zfhmin=on');
    expect(cpu(8, 2)).toContain(',zfhmin=on');
    expect(cpu(10, 1)).toContain(',zfhmin=on');
  });

  test('does not take a file for one of QEMU’s words', () => {
    for (const word of ['none', 'default'])
      expect(exportQemu({ hartware: 1, boot: { firmware: word } }).command.join(' ')).toContain(
        `-bios ./${word}`,
      );
  });
});

test('an entropy device in a slot, without a seed, has nothing said of a seed', () => {
  const { command, notes } = exportQemu({
    hartware: 1,
    boot: { firmware: 'f' },
    devices: { rng: { slot: 3 } },
  });
  expect(command).not.toContain('-seed');
  expect(notes.join('\n')).not.toContain('seed');
});
