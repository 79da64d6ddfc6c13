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
