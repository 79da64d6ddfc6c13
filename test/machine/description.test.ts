import { describe, expect, test } from 'vitest';
import {
  DescriptionError,
  resolveDescription,
  validateDescription,
  type MachineDescription,
} from '../../src/machine/description.ts';

const boot = { kernel: 'Image' };
const smallest = { hartware: 1, boot };
const full: MachineDescription = {
  hartware: 1,
  harts: 8,
  memory: '1.5G',
  clock: {
    kind: 'virtual',
    instructionsPerSecond: 500_000_000,
    idle: 'skip',
    startTime: '2030-06-01T12:00:00Z',
  },
  isa: { paging: 'sv57' },
  boot: {
    kernel: 'Image',
    initrd: ['a.cpio', 'b.cpio'],
    append: 'quiet',
    firmware: 'fw.bin',
    fdt: 'board.dtb',
  },
  drives: [{ file: 'disk.img', readOnly: true, id: 'root' }, { memory: '64M' }, { memory: 1024 }],
  devices: { rng: { seed: 7 }, console: true },
};

function errorOf(value: unknown): DescriptionError {
  try {
    validateDescription(value);
  } catch (error) {
    if (error instanceof DescriptionError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

test('takes the smallest and the fullest description, and keeps no reference to them', () => {
  expect(validateDescription(smallest)).toEqual(smallest);
  const copy = validateDescription(full);
  expect(copy).toEqual(full);
  expect(copy.boot).not.toBe(full.boot);
  expect(copy.drives![0]).not.toBe(full.drives![0]);
  expect(JSON.parse(JSON.stringify(copy))).toEqual(full);
});

test('a key that is undefined is absent', () => {
  expect(Object.keys(validateDescription({ ...smallest, harts: undefined }))).toEqual(['hartware', 'boot']);
});

test('defaults', () => {
  expect(resolveDescription(validateDescription(smallest))).toEqual({
    harts: 1,
    memory: 256 * 2 ** 20,
    clock: { kind: 'host' },
    isa: { paging: 'sv48' },
    boot: { kernel: { file: 'Image' }, initrd: [], append: '' },
    drives: [],
    devices: { rng: true, console: false, powerButton: false },
    network: [],
    shares: [],
    virtio: [{ kind: 'rng', bus: 'mmio', slot: 0 }],
  });
  expect(resolveDescription(validateDescription({ ...smallest, clock: { kind: 'virtual' } })).clock).toEqual({
    kind: 'virtual',
    instructionsPerSecond: 1_000_000_000,
    idle: 'sleep',
    startTime: 1_735_689_600_000_000_000n,
  });
});

test('resolves sizes, drives and a single initrd', () => {
  const resolved = resolveDescription(validateDescription(full));
  expect(resolved.memory).toBe(1.5 * 2 ** 30);
  expect(resolved.drives).toEqual([
    { file: 'disk.img', readOnly: true, id: 'root' },
    { memory: 64 * 2 ** 20, readOnly: false, id: 'drive1' },
    { memory: 1024, readOnly: false, id: 'drive2' },
  ]);
  const single = validateDescription({ hartware: 1, boot: { kernel: 'Image', initrd: 'a.cpio' } });
  expect(resolveDescription(single).boot.initrd).toEqual([{ file: 'a.cpio' }]);
});

test.each([16 * 2 ** 20, '16M', 3 * 2 ** 30, '4048M'])('memory %s', (memory) => {
  expect(validateDescription({ ...smallest, memory }).memory).toBe(memory);
});

test.each<[unknown, string]>([
  [null, 'expected a machine description, found null'],
  [[], 'expected a machine description, found an empty list'],
  ['{}', 'expected a machine description, found "{}"'],
  [{}, 'hartware: expected 1, the version of this format, found nothing'],
  [{ hartware: 2, boot }, 'hartware: expected 1, the version of this format, found 2'],
  [{ hartware: '1', boot }, 'hartware: expected 1, the version of this format, found "1"'],
  [{ hartware: 1 }, 'boot: expected an object with a kernel, firmware or flash, found nothing'],
  [
    { hartware: 1, boot: {} },
    'boot: expected an object with a kernel, firmware or flash, found an empty object',
  ],
  [
    { hartware: 1, boot: { append: 'x' } },
    'boot: expected an object with a kernel, firmware or flash, found an object with "append"',
  ],
  [
    { hartware: 1, boot: { firmware: 'f', initrd: 'i' } },
    'boot.initrd: expected none without a kernel, found "i"',
  ],
  [{ hartware: 1, boot: { kernel: '' } }, 'boot.kernel: expected a file path or URL, found ""'],
  [
    { hartware: 1, boot: { kernel: 5 } },
    'boot.kernel: expected a file path or URL, or { "file": path, "sha256": digest }, found 5',
  ],
  [
    { hartware: 1, boot: { kernel: 'k', initrd: ['a', 1] } },
    'boot.initrd[1]: expected a file path or URL, or { "file": path, "sha256": digest }, found 1',
  ],
  [
    { hartware: 1, boot: { kernel: 'k', append: 'a\0' } },
    'boot.append: expected a command line without NUL characters',
  ],
  [
    { ...smallest, clock: { kind: 'virtual', startTime: '2025-02-29T00:00:00Z' } },
    'clock.startTime: expected a day that the month has, found "2025-02-29T00:00:00Z"',
  ],
  [
    { hartware: 1, boot: { kernel: { file: 'k', sha256: 'ABC' } } },
    'boot.kernel.sha256: expected a SHA-256 in 64 hexadecimal digits, in lower case, found "ABC"',
  ],
  [{ hartware: 1, boot: { kernel: {} } }, 'boot.kernel.file: expected a file path or URL, found nothing'],
  [
    { hartware: 1, boot: { kernel: 'a\ud800' } },
    'boot.kernel: expected a file path or URL, found "a\\ud800"',
  ],
  [{ hartware: 1, boot: { kernel: 'a\0b' } }, 'boot.kernel: expected a file path or URL'],
  [
    { ...smallest, drives: [{ memory: '1M', sha256: 'a'.repeat(64) }] },
    'drives[0].sha256: expected none without a file, found "aaa',
  ],
  [
    { ...smallest, drives: Array(40).fill({ memory: 512 }) },
    'drives: expected a list of at most 39 drives, found a list of 40',
  ],
  [{ ...smallest, $schema: 1 }, '$schema: expected a string, found 1'],
  [{ ...smallest, harts: 0 }, 'harts: expected a whole number from 1 to 8, found 0'],
  [{ ...smallest, harts: 9 }, 'harts: expected a whole number from 1 to 8, found 9'],
  [{ ...smallest, harts: 1.5 }, 'harts: expected a whole number from 1 to 8, found 1.5'],
  [{ ...smallest, harts: '2' }, 'harts: expected a whole number from 1 to 8, found "2"'],
  [{ ...smallest, harts: null }, 'harts: expected a whole number from 1 to 8, found null'],
  [
    { ...smallest, memory: '15M' },
    'memory: expected a size from 16M to 4048M in whole MiB, such as "256M", found "15M"',
  ],
  [
    { ...smallest, memory: '4G' },
    'memory: expected a size from 16M to 4048M in whole MiB, such as "256M", found "4G"',
  ],
  [
    { ...smallest, memory: 256 },
    'memory: expected a size from 16M to 4048M in whole MiB, such as "256M", found 256',
  ],
  [
    { ...smallest, memory: 2 ** 25 + 4096 },
    'memory: expected a size from 16M to 4048M in whole MiB, such as "256M", found 33558528',
  ],
  [
    { ...smallest, memory: '256' },
    'memory: expected a size from 16M to 4048M in whole MiB, such as "256M", found "256"',
  ],
  [
    { ...smallest, memory: -1 },
    'memory: expected a size from 16M to 4048M in whole MiB, such as "256M", found -1',
  ],
  [
    { ...smallest, memory: true },
    'memory: expected a size from 16M to 4048M in whole MiB, such as "256M", found true',
  ],
  [{ ...smallest, clock: 'host' }, 'clock: expected an object, found "host"'],
  [{ ...smallest, clock: {} }, 'clock.kind: expected "host" or "virtual", found nothing'],
  [{ ...smallest, clock: { kind: 'host', idle: 'skip' } }, 'clock.idle: unknown key; known are "kind"'],
  [
    { ...smallest, clock: { kind: 'virtual', instructionsPerSecond: 15_000_000 } },
    'clock.instructionsPerSecond: expected a multiple of 10000000 from 10000000 to 10000000000, found 15000000',
  ],
  [
    { ...smallest, clock: { kind: 'virtual', instructionsPerSecond: 1 } },
    'clock.instructionsPerSecond: expected a multiple of 10000000 from 10000000 to 10000000000, found 1',
  ],
  [
    { ...smallest, clock: { kind: 'virtual', idle: 'wait' } },
    'clock.idle: expected "sleep" or "skip", found "wait"',
  ],
  [
    { ...smallest, clock: { kind: 'virtual', startTime: 'now' } },
    'clock.startTime: expected a UTC time such as',
  ],
  [
    { ...smallest, clock: { kind: 'virtual', startTime: '2025-13-01T00:00:00Z' } },
    'clock.startTime: expected a UTC time such as "2025-01-01T00:00:00Z", found',
  ],
  [{ ...smallest, isa: { paging: 'sv64' } }, 'isa.paging: expected "sv39" or "sv48" or "sv57", found "sv64"'],
  [{ ...smallest, drives: {} }, 'drives: expected a list of at most 39 drives, found an empty object'],
  [
    { ...smallest, drives: ['disk.img'] },
    'drives[0]: expected an object with either a file or memory, found "disk.img"',
  ],
  [
    { ...smallest, drives: [{}] },
    'drives[0]: expected an object with either a file or memory, found an empty object',
  ],
  [
    { ...smallest, drives: [{ file: 'a', memory: '1M' }] },
    'drives[0]: expected an object with either a file or memory, found an object with "file", "memory"',
  ],
  [
    { ...smallest, drives: [{ memory: 100 }] },
    'drives[0].memory: expected a size in whole sectors of 512 bytes, such as "64M", found 100',
  ],
  [
    { ...smallest, drives: [{ memory: 0 }] },
    'drives[0].memory: expected a size in whole sectors of 512 bytes, such as "64M", found 0',
  ],
  [
    { ...smallest, drives: [{ file: 'a', queues: 9 }] },
    'drives[0].queues: expected a whole number from 1 to 8, found 9',
  ],
  [
    { ...smallest, drives: [{ file: 'a', readOnly: 1 }] },
    'drives[0].readOnly: expected true or false, found 1',
  ],
  [
    { ...smallest, drives: [{ file: 'a', id: 'x'.repeat(21) }] },
    'drives[0].id: expected at most 20 printable ASCII',
  ],
  [
    {
      ...smallest,
      drives: [
        { file: 'a', id: 'x' },
        { file: 'b', id: 'x' },
      ],
    },
    'drives[1].id: expected an id of its own, found "x"',
  ],
  [
    { ...smallest, drives: [{ file: 'a', id: 'drive1' }, { file: 'b' }] },
    'drives[1].id: expected an id of its own',
  ],
  [
    { ...smallest, drives: Array(8).fill({ memory: 512 }) },
    'drives: expected at most 8 virtio devices, found 9',
  ],
  [
    { ...smallest, devices: { rng: 'yes' } },
    'devices.rng: expected true, false or { "seed": number, "bus": "pci", "slot": number }, found "yes"',
  ],
  [
    { ...smallest, devices: { rng: { seed: -1 } } },
    'devices.rng.seed: expected a whole number from 0 to 4294967295',
  ],
  [
    { ...smallest, devices: { console: 'tty' } },
    'devices.console: expected true, false or { "bus": "pci", "slot": number }, found "tty"',
  ],
  [
    { ...smallest, network: [{ mac: '52:54:00:12:34:57' }, {}] },
    'network[1].mac: expected an address of its own',
  ],
  [
    { ...smallest, network: [{ mac: '53:54:00:12:34:57' }] },
    'network[0].mac: expected an address of one card',
  ],
  [
    { ...smallest, network: {} },
    'network: expected a list of at most 39 network cards, found an empty object',
  ],
  [{ ...smallest, network: [{ slot: 1 }, { slot: 1 }] }, 'network[1].slot: expected a slot of its own'],
  [{ ...smallest, network: Array(8).fill({}) }, 'drives: expected at most 8 virtio devices, found 9'],
  [
    { ...smallest, shares: [{ tag: 'a' }, { tag: 'a' }] },
    'shares[1].tag: expected a tag of its own, found "a" again',
  ],
  [{ ...smallest, shares: [{}] }, 'shares[0].tag: expected at most 31 printable ASCII characters'],
  [
    { ...smallest, shares: [{ tag: 'x'.repeat(32) }] },
    'shares[0].tag: expected at most 31 printable ASCII characters',
  ],
  [
    { ...smallest, shares: ['host'] },
    'shares[0]: expected a shared folder, as { "tag": "host" }, found "host"',
  ],
  [
    { ...smallest, shares: [{ tag: 'a', readonly: true }] },
    'shares[0].readonly: unknown key; did you mean "readOnly"?',
  ],
  [
    { ...smallest, shares: [{ tag: 'a', slot: 1 }], network: [{ slot: 1 }] },
    'shares[0].slot: expected a slot of its own, found 1, where network[0] is',
  ],
  [
    { ...smallest, shares: Array.from({ length: 8 }, (_, index) => ({ tag: `${index}` })) },
    'drives: expected at most 8 virtio devices, found 9',
  ],
  [{ ...smallest, virtfs: [] }, 'virtfs: unknown key; did you mean "shares"?'],
  [{ ...smallest, nic: [] }, 'nic: unknown key; did you mean "network"?'],
  [
    { ...smallest, devices: { rng: {} } },
    'devices.rng: expected an object with a seed, bus or slot, found an empty object',
  ],
  [
    { ...smallest, devices: { powerButton: {} } },
    'devices.powerButton: expected an object with a bus or slot, found an empty object',
  ],
  [
    { ...smallest, drives: [{ memory: 512, slot: 8 }] },
    'drives[0].slot: expected a whole number from 0 to 7, found 8',
  ],
  [
    { ...smallest, drives: [{ memory: 512, bus: 'pci', slot: 0 }] },
    'drives[0].slot: expected a whole number from 1 to 31 on PCI, found 0',
  ],
  [
    { ...smallest, drives: [{ memory: 512, bus: 'pci', slot: 32 }] },
    'drives[0].slot: expected a slot from 0 to 7, or from 1 to 31 on the bus "pci", found 32',
  ],
  [
    { ...smallest, drives: [{ memory: 512, bus: 'pcie' }] },
    'drives[0].bus: expected "mmio" or "pci", found "pcie"',
  ],
  [
    {
      ...smallest,
      drives: [{ memory: 512, slot: 3 }],
      network: [{ bus: 'pci', slot: 3 }],
      devices: { console: { bus: 'pci', slot: 3 } },
    },
    'network[0].slot: expected a slot of its own, found 3, where devices.console is',
  ],
  [
    { ...smallest, drives: Array(32).fill({ memory: 512, bus: 'pci' }) },
    'drives: expected at most 31 virtio devices on PCI, found 32',
  ],
  [
    { ...smallest, drives: [{ memory: 512, slot: 3 }, { memory: 512 }, { memory: 512, slot: 3 }] },
    'drives[2].slot: expected a slot of its own, found 3, where drives[0] is',
  ],
  [
    { ...smallest, drives: [{ memory: 512, slot: 0 }], devices: { rng: { slot: 0 }, console: { slot: 0 } } },
    'devices.rng.slot: expected a slot of its own, found 0, where drives[0] is',
  ],
])('refuses %j', (value, message) => {
  expect(() => validateDescription(value)).toThrow(DescriptionError);
  expect(() => validateDescription(value)).toThrow(message);
});

test('devices lie in the slots that they name, the others in the first that are free', () => {
  const resolved = resolveDescription(
    validateDescription({
      ...smallest,
      drives: [{ memory: 512 }, { memory: 512, slot: 0 }, { memory: 512 }],
      devices: { rng: { seed: 1, slot: 2 }, console: true, powerButton: { slot: 7 } },
    }),
  );
  expect(resolved.virtio).toEqual([
    { kind: 'drive', index: 0, bus: 'mmio', slot: 1 },
    { kind: 'drive', index: 1, bus: 'mmio', slot: 0 },
    { kind: 'drive', index: 2, bus: 'mmio', slot: 3 },
    { kind: 'console', bus: 'mmio', slot: 4 },
    { kind: 'rng', bus: 'mmio', slot: 2 },
    { kind: 'powerButton', bus: 'mmio', slot: 7 },
  ]);
});

test('devices on PCI have numbers of their own, from 1', () => {
  const description = validateDescription({
    ...smallest,
    drives: [{ memory: 512, bus: 'pci' }, { memory: 512 }, { memory: 512, bus: 'pci', slot: 1 }],
    network: [{ bus: 'pci' }, { bus: 'mmio' }],
    devices: { rng: { bus: 'pci', slot: 31 }, console: true },
  });
  expect(resolveDescription(description).virtio).toEqual([
    { kind: 'drive', index: 0, bus: 'pci', slot: 2 },
    { kind: 'drive', index: 1, bus: 'mmio', slot: 0 },
    { kind: 'drive', index: 2, bus: 'pci', slot: 1 },
    { kind: 'console', bus: 'mmio', slot: 1 },
    { kind: 'rng', bus: 'pci', slot: 31 },
    { kind: 'network', index: 0, bus: 'pci', slot: 3 },
    { kind: 'network', index: 1, bus: 'mmio', slot: 2 },
  ]);
});

test('31 drives fit on PCI, and eight devices beside them', () => {
  const drives = [
    ...Array(31).fill({ memory: 512, bus: 'pci' }),
    ...Array(7).fill({ memory: 512 }),
  ] as object[];
  expect(validateDescription({ ...smallest, drives }).drives).toHaveLength(38);
});

test('eight virtio devices fit', () => {
  const drives = Array.from({ length: 8 }, () => ({ memory: 512 }));
  expect(validateDescription({ ...smallest, drives, devices: { rng: false } }).drives).toHaveLength(8);
});

test.each<[object, string]>([
  [{ memry: 1 }, 'memry: unknown key; did you mean "memory"?'],
  [{ Harts: 1 }, 'Harts: unknown key; did you mean "harts"?'],
  [{ cpus: 1 }, 'cpus: unknown key; did you mean "harts"?'],
  [{ disks: 1 }, 'disks: unknown key; did you mean "drives"?'],
  [{ boot: { ...boot, bios: 'x' } }, 'boot.bios: unknown key; did you mean "firmware"?'],
  [{ boot: { ...boot, 'command-line': 'x' } }, 'boot.command-line: unknown key; did you mean "append"?'],
  [{ boot: { ...boot, initrds: [] } }, 'boot.initrds: unknown key; did you mean "initrd"?'],
  [{ drives: [{ file: 'a', readonly: true }] }, 'drives[0].readonly: unknown key; did you mean "readOnly"?'],
  [{ sound: 1 }, 'sound: unknown key; known are "hartware", "harts", "memory"'],
  [JSON.parse('{ "__proto__": 1 }'), '__proto__: unknown key'],
  [{ constructor: 1 }, 'constructor: unknown key'],
])('unknown key %j', (extra, message) => {
  const value = Object.defineProperties({ ...smallest }, Object.getOwnPropertyDescriptors(extra));
  expect(() => validateDescription(value)).toThrow(message);
});

test('an error carries its path', () => {
  expect(errorOf({ ...smallest, drives: [{ memory: '1M' }, { file: 3 }] }).path).toBe('drives[1].file');
});

test('every problem is found at once, each with its place, what was expected and what was found', () => {
  const wrong = {
    hartware: 2,
    cpus: 2,
    memory: '1M',
    clock: { kind: 'host', rate: 1 },
    boot: { kernel: '', initrd: [1], append: '\0' },
    drives: [
      { file: 'a', id: 'x' },
      { file: 'b', id: 'x' },
      { file: 3, readonly: true },
    ],
    devices: { rng: { seed: -1 } },
  };
  const error = errorOf(wrong);
  expect(error.errors.map(({ path, expected, found }) => [path, expected, found])).toEqual([
    ['cpus', '"harts"', 'an unknown key'],
    ['hartware', '1, the version of this format', '2'],
    ['memory', 'a size from 16M to 4048M in whole MiB, such as "256M"', '"1M"'],
    ['clock.rate', '"kind"', 'an unknown key'],
    ['boot.kernel', 'a file path or URL', '""'],
    ['boot.initrd[0]', 'a file path or URL, or { "file": path, "sha256": digest }', '1'],
    ['boot.append', 'a command line without NUL characters', '"\\u0000"'],
    ['drives[2].readonly', '"readOnly"', 'an unknown key'],
    ['drives[2].file', 'a file path or URL', '3'],
    ['devices.rng.seed', 'a whole number from 0 to 4294967295', '-1'],
    ['drives[1].id', 'an id of its own', '"x" again'],
  ]);
  expect(error.path).toBe('cpus');
  expect(error.message.split('\n')).toEqual(error.errors.map(({ message }) => message));
});

describe('a document that is out to do harm', () => {
  test('has a hundred problems at most, and each is short', () => {
    const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, 1]));
    const error = errorOf({ ...smallest, ...keys });
    expect(error.errors).toHaveLength(100);
    expect(error.message).toMatch(/\nand 900 more$/);
    const long = 'x'.repeat(1 << 20);
    for (const value of [{ [long]: 1 }, { memory: long }, { boot: { kernel: { [long]: long } } }])
      expect(errorOf({ ...smallest, ...value }).message.length).toBeLessThan(1000);
  });

  test('may be deep, or have keys that are no names', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(errorOf({ ...smallest, memory: deep }).message).toContain('memory: expected a size');
    expect(errorOf({ ...smallest, drives: deep }).path).toBe('drives[0]');
    expect(errorOf({ ...smallest, 'a\n"b': 1 }).path).toBe('["a\\n\\"b"]');
    expect(errorOf(JSON.parse('{"hartware":1,"boot":{"__proto__":{"kernel":"x"}}}')).path).toBe(
      'boot.__proto__',
    );
  });

  test.each([NaN, Infinity, -Infinity, 1e300, 1e-300, -0.5, 2 ** 53, 10n, Symbol('x'), () => 1])(
    'or strange numbers and values: %s',
    (value) => {
      const places = ['hartware', 'harts', 'memory', 'clock', 'isa', 'boot', 'drives', 'devices'];
      const error = errorOf(Object.fromEntries(places.map((key) => [key, value])));
      expect(error.errors.map(({ path }) => path)).toEqual(places);
    },
  );

  test('or values that change when they are looked at', () => {
    let looks = 0;
    const copy = validateDescription({
      ...smallest,
      get harts() {
        return looks++ === 0 ? 2 : 'many';
      },
    });
    expect({ harts: copy.harts, looks }).toEqual({ harts: 2, looks: 1 });
  });
});

test('what is inherited does not count', () => {
  expect(() => validateDescription(Object.create(smallest))).toThrow('hartware: expected 1');
});
