import { describe, expect, test } from 'vitest';
import type { BootImage } from '../../src/images/boot-image.ts';
import { BootPlacementError, planBoot, writeBoot, type BootRequest } from '../../src/machine/boot.ts';
import type { GuestMemory } from '../../src/memory.ts';

const MiB = 1024 * 1024;
const ramBase = 0x80000000;

function image(memorySize: number, address?: bigint, entry = address ?? 0n): BootImage {
  return {
    kind: address === undefined ? 'linux' : 'elf',
    isRelative: address === undefined,
    entry,
    segments: [{ address: address ?? 0n, bytes: new Uint8Array([1, 2, 3]), memorySize }],
    symbols: [],
  };
}

const plan = (ramMiB: number, request: Partial<BootRequest>) =>
  planBoot({ ramBase, ramSize: ramMiB * MiB, fdtSize: 8000, ...request });

describe('places as QEMU virt does', () => {
  // Observed with QEMU 7.2: `-m <MiB> -kernel -initrd -bios`, linux,initrd-start and the FDT in the reset vector.
  test.each([
    [16, 0x80a00000, 0x80e00000],
    [100, 0x83400000, 0x86200000],
    [256, 0x88200000, 0x8fe00000],
    [2048, 0x88200000, 0xbfe00000],
    [4048, 0x88200000, 0xbfe00000],
  ])('%i MiB', (ramMiB, initrd, fdt) => {
    const placed = plan(ramMiB, { firmware: image(300_000), kernel: image(5 * MiB), initrdSize: 1000 });
    expect(placed).toMatchObject({
      start: ramBase,
      privilege: 'machine',
      kernelEntry: 0x80200000,
      initrd: { start: initrd, end: initrd + 1000 },
      fdt: { start: fdt, end: fdt + 8000 },
    });
    expect(placed.segments.map(({ address }) => address)).toEqual([0x80000000, 0x80200000]);
  });

  test('with the own SBI the kernel has the same address', () => {
    expect(plan(256, { kernel: image(MiB) })).toMatchObject({
      start: 0x80200000,
      kernelEntry: 0x80200000,
      privilege: 'supervisor',
      initrd: undefined,
    });
  });

  test('in M-mode the kernel is at the RAM base', () => {
    expect(plan(256, { kernel: image(MiB), kernelPrivilege: 'machine' })).toMatchObject({
      start: 0x80000000,
      privilege: 'machine',
    });
  });

  test('a large firmware moves the kernel', () => {
    expect(plan(256, { firmware: image(3 * MiB), kernel: image(MiB) }).kernelEntry).toBe(0x80400000);
  });

  test('firmware alone', () => {
    expect(plan(256, { firmware: image(MiB) })).toMatchObject({ start: ramBase, kernelEntry: undefined });
  });

  test('file headers in front of a program may lie below RAM', () => {
    const program = image(0x1100, 0x7ffff000n, 0x80000000n);
    const [segment] = program.segments;
    const bytes = new Uint8Array(0x1004).fill(7, 0x1000);
    const withHeaders = { ...program, segments: [{ ...segment, bytes, headerSize: 0x1000 }] };
    expect(plan(256, { kernel: withHeaders }).segments).toEqual([
      { address: ramBase, bytes: new Uint8Array([7, 7, 7, 7]), memorySize: 0x100 },
    ]);
    expect(() => plan(256, { kernel: program })).toThrow('outside RAM');
  });

  test('an ELF program stays where it was linked', () => {
    const placed = plan(256, {
      kernel: image(MiB, 0x81000000n, 0x81000010n),
      firmware: image(MiB, 0x80000000n),
    });
    expect(placed.kernelEntry).toBe(0x81000010);
    expect(placed.segments.map(({ address }) => address)).toEqual([0x80000000, 0x81000000]);
  });
});

describe('an initrd that does not fit at its usual place', () => {
  test('because it is large goes right below the FDT', () => {
    const { initrd, fdt } = plan(64, { kernel: image(8 * MiB), initrdSize: 40 * MiB });
    expect(initrd).toEqual({ start: fdt.start - 40 * MiB, end: fdt.start });
  });
  test('because the kernel is large goes after it', () => {
    const { initrd } = plan(64, { kernel: image(40 * MiB), initrdSize: 10 * MiB });
    expect(initrd!.start).toBeGreaterThanOrEqual(0x80200000 + 40 * MiB);
  });
  test('goes above an FDT that lies low', () => {
    const { initrd, fdt } = plan(3000, { kernel: image(900 * MiB), initrdSize: 1200 * MiB });
    expect(initrd!.start).toBeGreaterThanOrEqual(fdt.end);
  });
  test('goes below a kernel that lies high', () => {
    const kernel = image(20 * MiB, BigInt(ramBase + 40 * MiB));
    const { initrd } = plan(64, { kernel, initrdSize: 30 * MiB });
    expect(initrd).toEqual({ start: ramBase + 10 * MiB, end: ramBase + 40 * MiB });
  });
});

test.each<[string, () => unknown, string]>([
  ['nothing', () => plan(64, {}), 'expected a kernel, firmware or flash to start, found none'],
  ['initrd alone', () => plan(64, { firmware: image(1), initrdSize: 1 }), 'an initrd needs a kernel'],
  [
    'too little RAM for the kernel',
    () => plan(16, { kernel: image(20 * MiB) }),
    'the kernel needs 20 MiB at 0x80200000 to 0x81600000, which is outside RAM (16 MiB from 0x80000000)',
  ],
  [
    'too little RAM for the initrd',
    () => plan(64, { kernel: image(20 * MiB), initrdSize: 60.5 * MiB }),
    'no room for an initrd of 60.5 MiB beside FDT 7.8 KiB, kernel 20 MiB in RAM (64 MiB from 0x80000000)',
  ],
  [
    'no room for the FDT',
    () => planBoot({ ramBase, ramSize: MiB, kernel: image(1, 0x80000000n), fdtSize: 4 * MiB }),
    'FDT of 4 MiB',
  ],
  [
    'kernel over FDT',
    () => plan(16, { kernel: image(13 * MiB) }),
    'FDT (7.8 KiB at 0x80e00000) and kernel (13 MiB at 0x80200000) overlap',
  ],
  [
    'kernel over firmware',
    () => plan(64, { firmware: image(2 * MiB), kernel: image(100, 0x80100000n) }),
    'firmware (2 MiB at 0x80000000) and kernel (100 bytes at 0x80100000) overlap',
  ],
  [
    'ELF below RAM',
    () => plan(64, { kernel: image(1, 0n) }),
    'the kernel needs 1 bytes at 0x0 to 0x1, which is outside RAM',
  ],
  ['ELF far above RAM', () => plan(64, { kernel: image(1, 2n ** 64n - 1n) }), 'at 0xffffffffffffffff'],
  [
    'entry outside',
    () => plan(64, { kernel: image(1, 0x80000000n, 4n) }),
    'the kernel starts at 0x4, which is outside RAM',
  ],
])('refuses: %s', (_, run, message) => {
  expect(run).toThrow(BootPlacementError);
  expect(run).toThrow(message);
});

test('writes segments with zeros behind them, initrd and FDT', () => {
  const ram = new Uint8Array(16 * MiB).fill(0xee);
  const memory = {
    write: (address: number, bytes: Uint8Array) => ram.set(bytes, address - ramBase),
  } as unknown as GuestMemory;
  const placed = plan(16, { kernel: image(2 * MiB + 5), initrdSize: 4 });
  writeBoot(memory, placed, {
    initrd: [new Uint8Array([4]), new Uint8Array([5, 6, 7])],
    fdt: new Uint8Array([8, 9]),
  });
  const at = (address: number, length: number) => [
    ...ram.subarray(address - ramBase, address - ramBase + length),
  ];
  expect(at(0x80200000 - 1, 5)).toEqual([0xee, 1, 2, 3, 0]);
  expect(at(0x80400000, 7)).toEqual([0, 0, 0, 0, 0, 0xee, 0xee]);
  expect(ram.subarray(0x200003, 0x400005).every((byte) => byte === 0)).toBe(true);
  expect(at(placed.initrd!.start, 5)).toEqual([4, 5, 6, 7, 0xee]);
  expect(at(placed.fdt.start, 3)).toEqual([8, 9, 0xee]);
});
