import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canonicalDescription, descriptionDigest } from '../../src/machine/canonical.ts';
import {
  DescriptionError,
  validateDescription,
  type MachineDescription,
} from '../../src/machine/description.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { randomDescription } from '../spec/random-description.ts';

const { examples } = JSON.parse(
  readFileSync(new URL('../../spec/schema/machine.schema.json', import.meta.url), 'utf8'),
) as { readonly examples: readonly MachineDescription[] };

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const smallest: MachineDescription = { hartware: 1, boot: { kernel: 'Image' } };

/** Names that others keep: a digest that changes here is a breach of the format. */
const GOLDEN = [
  '72dbb9abf719c9b86bf3a83d9dc8f107c98060b783125236c3bc1407dbd3614d',
  'eae5b5e1f22b74b9b1df3a78e1461ed327b2bf7935a135e2d379312767a0a808',
  '9e2f47d6943e64b1258ae534e98079e0fff9340f3341bc693a966a05866a861c',
  '0c752be20407ec37c5be91cb6a64908d2cc555677a8a961cfaa9d01c7950ca50',
  '415f007c1711f28943b94706a2900f26cb5326e5b2aa67b140ae8d7f46a5b951',
];

test('the canonical form, to the byte', () => {
  expect(canonicalDescription(smallest)).toBe(
    '{"boot":{"append":"","kernel":{"file":"Image"}},"clock":{"kind":"host"},' +
      '"devices":{"console":false,"powerButton":false,"rng":true},"drives":[],"harts":1,"hartware":1,' +
      '"isa":{"paging":"sv48"},"memory":268435456}',
  );
  expect(canonicalDescription(examples[1])).toBe(
    '{"boot":{"append":"console=ttyS0 root=/dev/vda","initrd":[{"file":"initrd.gz"},{"file":"extra.cpio"}],' +
      `"kernel":{"sha256":"${DIGEST}"}},` +
      '"clock":{"idle":"skip","instructionsPerSecond":1000000000,"kind":"virtual","startTime":"2025-06-01T12:00:00.000Z"},' +
      '"devices":{"console":true,"powerButton":true,"rng":{"seed":7}},' +
      '"drives":[{"id":"root","readOnly":true,"sha256":"60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"},' +
      '{"id":"drive1","memory":67108864,"readOnly":false}],"harts":4,"hartware":1,"isa":{"paging":"sv57"},"memory":1073741824}',
  );
});

test('queues where there are several', () => {
  const withQueues = (queues?: number): string =>
    canonicalDescription({ ...smallest, drives: [{ memory: 512, ...(queues && { queues }) }] });
  expect(withQueues(3)).toContain('"drives":[{"id":"drive0","memory":512,"queues":3,"readOnly":false}]');
  expect(withQueues(1)).toBe(withQueues());
});

test('the slots of all devices, where one is not in the slot that it would have anyway', () => {
  expect(canonicalDescription(examples[2])).toContain(
    '"devices":{"console":false,"powerButton":{"slot":1},"rng":{"slot":6}},' +
      '"drives":[{"id":"drive1","memory":67108864,"readOnly":false,"slot":0},' +
      '{"file":"root.img","id":"drive0","readOnly":false,"slot":7}]',
  );
});

test('devices on PCI stand behind the others, and their slots are named by themselves', () => {
  const description: MachineDescription = {
    ...smallest,
    drives: [
      { memory: 512, bus: 'pci' },
      { memory: 512, slot: 1, bus: 'mmio' },
    ],
    devices: { rng: { slot: 2, bus: 'pci' }, console: { bus: 'mmio' } },
  };
  expect(canonicalDescription(description)).toContain(
    '"devices":{"console":{"slot":0},"powerButton":false,"rng":{"bus":"pci"}},' +
      '"drives":[{"id":"drive1","memory":512,"readOnly":false,"slot":1},' +
      '{"bus":"pci","id":"drive0","memory":512,"readOnly":false}]',
  );
  expect(descriptionDigest({ ...smallest, drives: [{ memory: 512, bus: 'mmio' }] })).toBe(
    descriptionDigest({ ...smallest, drives: [{ memory: 512 }] }),
  );
});

test('digests of the examples of the schema', () => {
  expect(examples.map((example) => descriptionDigest(example))).toEqual(GOLDEN);
});

test('the digest is SHA-256 of the canonical form in UTF-8', () => {
  const description = { ...smallest, boot: { kernel: 'Kärnel\u{1f600}\n"' } };
  const text = canonicalDescription(description);
  expect(descriptionDigest(description)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
});

describe('what does not change it', () => {
  const same: readonly (readonly [string, unknown, unknown])[] = [
    ['the order of keys', { boot: { kernel: 'Image' }, hartware: 1 }, smallest],
    [
      'the way a number is written',
      JSON.parse('{"hartware":1.0e0,"memory":2.68435456E8,"boot":{"kernel":"Image"}}'),
      smallest,
    ],
    ['the way a size is written', { ...smallest, memory: '1G' }, { ...smallest, memory: ' 1024MiB ' }],
    [
      'the way a time is written',
      { ...smallest, clock: { kind: 'virtual', startTime: '2025-01-01T00:00:00.0Z' } },
      { ...smallest, clock: { kind: 'virtual' } },
    ],
    ['-0', { ...smallest, devices: { rng: { seed: -0 } } }, { ...smallest, devices: { rng: { seed: 0 } } }],
    [
      'slots that devices would have anyway',
      {
        ...smallest,
        drives: [{ memory: 512, slot: 0 }, { memory: 512 }],
        devices: { console: { slot: 2 }, rng: { slot: 3, seed: 1 }, powerButton: { slot: 4 } },
      },
      {
        ...smallest,
        drives: [{ memory: 512 }, { memory: 512, slot: 1 }],
        devices: { console: true, rng: { seed: 1 }, powerButton: true },
      },
    ],
    [
      'a drive that is not temporary',
      { ...smallest, drives: [{ file: 'a', temporary: false, queues: 1, bus: 'mmio' }] },
      { ...smallest, drives: [{ file: 'a' }] },
    ],
    [
      'the privilege that flash is entered in anyway',
      { hartware: 1, boot: { flash: { code: 'a', variables: 'b' }, privilege: 'supervisor' } },
      { hartware: 1, boot: { flash: { code: { file: 'a' }, variables: { file: 'b', readOnly: false } } } },
    ],
    ['no network cards', { ...smallest, network: [] }, smallest],
    ['no shared folders', { ...smallest, shares: [] }, smallest],
    [
      'the order of shared folders that name their slots, and a default',
      {
        ...smallest,
        shares: [
          { tag: 'b', slot: 2 },
          { tag: 'a', slot: 1, readOnly: false },
        ],
      },
      { ...smallest, shares: [{ tag: 'a' }, { tag: 'b' }] },
    ],
    [
      'addresses that cards would have anyway, and the order of those that name their slots',
      {
        ...smallest,
        network: [
          { mac: '52:54:00:12:34:57', slot: 2 },
          { mac: '52:54:00:12:34:56', slot: 1 },
        ],
      },
      { ...smallest, network: [{}, {}] },
    ],
    [
      'the order of drives that name their slots and ids',
      {
        ...smallest,
        drives: [
          { memory: 512, id: 'b', slot: 1 },
          { memory: 1024, id: 'a', slot: 0 },
        ],
      },
      {
        ...smallest,
        drives: [
          { memory: 1024, id: 'a' },
          { memory: 512, id: 'b' },
        ],
      },
    ],
    [
      'slots that are named or follow',
      { ...smallest, drives: [{ memory: 512 }, { memory: 512, slot: 0 }] },
      {
        ...smallest,
        drives: [
          { memory: 512, slot: 1 },
          { memory: 512, slot: 0 },
        ],
        devices: { rng: { slot: 2 } },
      },
    ],
    [
      'defaults that are written out',
      {
        ...smallest,
        harts: 1,
        memory: '256M',
        clock: { kind: 'host' },
        isa: {},
        boot: { kernel: { file: 'Image' }, initrd: [], append: '' },
        drives: [],
        devices: { rng: true, console: false },
      },
      smallest,
    ],
    [
      'the id that a drive has anyway',
      { ...smallest, drives: [{ memory: 512, id: 'drive0' }] },
      { ...smallest, drives: [{ memory: '0.5K' }] },
    ],
    [
      'an initrd on its own',
      { ...smallest, boot: { kernel: 'Image', initrd: 'a' } },
      { ...smallest, boot: { kernel: 'Image', initrd: [{ file: 'a' }] } },
    ],
    [
      'where a file lies whose digest is given',
      { ...smallest, boot: { kernel: { file: 'a', sha256: DIGEST } } },
      { ...smallest, boot: { kernel: { file: 'b', sha256: DIGEST } } },
    ],
    [
      'where a drive lies whose digest is given',
      { ...smallest, drives: [{ file: 'a', sha256: DIGEST }] },
      { ...smallest, drives: [{ file: 'b', sha256: DIGEST }] },
    ],
    ['where the schema lies', { ...smallest, $schema: 'machine.schema.json' }, smallest],
  ];

  test.each(same)('%s', (_, a, b) => {
    expect(canonicalDescription(a as MachineDescription)).toBe(canonicalDescription(b as MachineDescription));
    expect(descriptionDigest(a as MachineDescription)).toBe(descriptionDigest(b as MachineDescription));
  });
});

test('what a guest could notice changes it', () => {
  const others: readonly MachineDescription[] = [
    smallest,
    { ...smallest, harts: 2 },
    { ...smallest, memory: '257M' },
    { ...smallest, clock: { kind: 'virtual' } },
    { ...smallest, clock: { kind: 'virtual', startTime: '2025-01-01T00:00:00.001Z' } },
    { ...smallest, isa: { paging: 'sv39' } },
    { ...smallest, boot: { kernel: 'image' } },
    { ...smallest, boot: { firmware: 'Image' } },
    { ...smallest, boot: { kernel: { file: 'Image', sha256: DIGEST } } },
    { ...smallest, boot: { kernel: 'Image', append: ' ' } },
    { ...smallest, boot: { kernel: 'Image', initrd: ['a', 'b'] } },
    { ...smallest, boot: { kernel: 'Image', initrd: ['b', 'a'] } },
    { ...smallest, drives: [{ file: 'a' }] },
    { ...smallest, drives: [{ file: 'a', readOnly: true }] },
    { ...smallest, drives: [{ file: 'a', temporary: true }] },
    { ...smallest, boot: { kernel: 'Image', privilege: 'supervisor' } },
    { ...smallest, boot: { flash: { code: 'a' } } },
    { ...smallest, boot: { flash: { code: 'a' }, privilege: 'machine' } },
    { ...smallest, drives: [{ file: 'a', sha256: DIGEST }] },
    { ...smallest, devices: { rng: { seed: 0 } } },
    { ...smallest, devices: { console: true } },
  ];
  expect(new Set(others.map(descriptionDigest)).size).toBe(others.length);
});

/** The same document with its keys in another order. */
function shuffled(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => shuffled(random, item));
  const entries = Object.entries(value).map(
    ([key, item]) => [key, shuffled(random, item), random.uint32()] as const,
  );
  return Object.fromEntries(entries.sort((a, b) => a[2] - b[2]).map(([key, item]) => [key, item]));
}

test.each(fuzzSeeds(20))('it has sorted keys, and is JSON, of random descriptions (seed %i)', (seed) => {
  const random = new Random(seed);
  for (let count = 0; count < 100; count++) {
    let description: MachineDescription;
    try {
      description = validateDescription(randomDescription(random));
    } catch {
      continue;
    }
    const text = canonicalDescription(description);
    expect(canonicalDescription(shuffled(random, description) as MachineDescription)).toBe(text);
    const keys = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Array.isArray(value)) expect(Object.keys(value)).toEqual(Object.keys(value).sort());
      Object.values(value).forEach(keys);
    };
    keys(JSON.parse(text));
    // No blanks between tokens, and numbers and strings as ECMAScript writes them.
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
  }
});

test('a wrong description has neither', () => {
  expect(() => canonicalDescription({ ...smallest, harts: 9 })).toThrow(DescriptionError);
  expect(() => descriptionDigest({ hartware: 1, boot: {} })).toThrow(DescriptionError);
});
