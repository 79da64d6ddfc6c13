/** Where a machine's virtio devices lie, as a guest finds them. */
import { expect, test } from 'vitest';
import { VirtioEntropy } from '../../src/virtio/entropy.ts';
import { firmwareMachine } from '../support/firmware-machine.ts';

/** Collects the DeviceIDs of the eight slots in s0, four bits each, the first one lowest. */
const PROGRAM = `
        li   a0, 0x10008008
        li   a1, 0x10000008
        li   s0, 0
1:      lw   a2, (a0)
        slli s0, s0, 4
        or   s0, s0, a2
        li   a3, 0x1000
        sub  a0, a0, a3
        bne  a0, a1, 1b
        li   t6, 0x100000
        li   t5, 0x5555
        sw   t5, (t6)
2:      j    2b`;
const BLOCK = 2;
const CONSOLE = 3;
const ENTROPY = 4;

test('devices lie where the description says, and those of the embedder in what is free', async () => {
  const machine = await firmwareMachine(
    PROGRAM,
    {
      drives: [{ memory: 512, slot: 7 }, { memory: 512 }],
      devices: { rng: { slot: 1 }, console: { slot: 3 } },
    },
    {
      devices: [
        { kind: 'virtio', name: 'mine', create: ({ random }) => new VirtioEntropy(random) },
        { kind: 'virtio', name: 'mine too', create: ({ random }) => new VirtioEntropy(random) },
      ],
    },
  );
  await machine.run();
  const found = machine.harts[0].getX(8);
  const slots = Array.from({ length: 8 }, (_, slot) => Number((found >> BigInt(4 * slot)) & 15n));
  expect(slots).toEqual([BLOCK, ENTROPY, ENTROPY, CONSOLE, ENTROPY, 0, 0, BLOCK]);
  await machine.dispose();
});

/** Collects the DeviceIDs on PCI in s0 to s3: of devices 1 to 8 in s0 and so on, eight bits each, the first one lowest. */
const PCI_PROGRAM = `
        li   a0, 0x30000002
        li   t0, 0x8000
        li   a5, 0
        li   a4, 31
        la   a6, found
1:      add  a0, a0, t0
        lhu  a2, (a0)
        addi a2, a2, -0x40
        sb   a2, (a6)
        addi a6, a6, 1
        addi a5, a5, 1
        bne  a5, a4, 1b
        la   a6, found
        ld   s0, 0(a6)
        ld   s1, 8(a6)
        ld   s2, 16(a6)
        ld   s3, 24(a6)
        li   t6, 0x100000
        li   t5, 0x5555
        sw   t5, (t6)
2:      j    2b
        .balign 8
found:  .space 32`;
/** What is left of the 0xffff of a device that is not there. */
const ABSENT = 0xbf;

test('devices on PCI have the numbers that the description says, and the embedder’s what is free', async () => {
  const machine = await firmwareMachine(
    PCI_PROGRAM,
    {
      drives: [...Array(24)].map((_, index) => ({
        memory: 512,
        bus: 'pci',
        ...(index === 0 && { slot: 31 }),
      })),
      devices: { rng: false, console: { bus: 'pci', slot: 1 }, powerButton: true },
    },
    {
      devices: [
        { kind: 'virtio', bus: 'pci', name: 'mine', create: ({ random }) => new VirtioEntropy(random) },
        { kind: 'virtio', name: 'elsewhere', create: ({ random }) => new VirtioEntropy(random) },
      ],
    },
  );
  await machine.run();
  const found = [8, 9, 18, 19].flatMap((register) =>
    Array.from({ length: 8 }, (_, index) =>
      Number((machine.harts[0].getX(register) >> BigInt(8 * index)) & 255n),
    ),
  );
  const expected = Array(31).fill(ABSENT);
  expected[0] = CONSOLE;
  expected.fill(BLOCK, 1, 24);
  expected[24] = ENTROPY;
  expected[30] = BLOCK;
  expect(found.slice(0, 31)).toEqual(expected);
  await machine.dispose();
});

test('more devices than a bus has places are refused, and a bus that there is not', async () => {
  const device = { kind: 'virtio', name: 'mine', create: () => new VirtioEntropy(() => {}) } as const;
  const machine = (devices: readonly object[]) =>
    firmwareMachine(
      PROGRAM,
      { drives: Array(31).fill({ memory: 512, bus: 'pci' }) },
      { devices: devices as [] },
    );
  await expect(machine([{ ...device, bus: 'pci' }])).rejects.toThrow(
    'expected at most 31 virtio devices on PCI, found 32',
  );
  await expect(machine(Array(8).fill(device))).rejects.toThrow('expected at most 8 virtio devices, found 9');
  await expect(machine([{ ...device, bus: 'isa' }])).rejects.toThrow(
    'device mine: expected the bus mmio or pci, found isa',
  );
});
