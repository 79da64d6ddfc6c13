/** Random JSON documents that are machine descriptions, or nearly. */
import type { Random } from '../support/random.ts';

type Make = (random: Random) => unknown;
type Table = Record<string, unknown>;

const DIGEST = '0123456789abcdef'.repeat(4);

/** What may be anywhere, and is right almost nowhere. */
const STRANGE: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    1.5,
    2 ** 53,
    1e300,
    1e-300,
    '',
    'x',
    ' ',
    '\0',
    '\ud800',
    '\u{1f600}',
  ],
  ...[[], [[]], {}, { kind: 'host' }, { file: 'x' }, { length: 1 }, 'host', 'sv48', DIGEST, '256M', 'null'],
];

const pick =
  (...values: readonly unknown[]): Make =>
  (random) =>
    random.pick(values);

/** One of `right`, or now and then one of `wrong`. */
const mostly =
  (right: readonly unknown[], wrong: readonly unknown[]): Make =>
  (random) =>
    random.pick(random.oneIn(20) ? wrong : right);

const listOf =
  (make: Make, most: number): Make =>
  (random) =>
    Array.from({ length: random.below(most + 1) }, () => make(random));

/** An object with each key, or all but once in a while the ones that must be there. */
const record =
  (keys: Readonly<Record<string, Make>>, required: readonly string[] = []): Make =>
  (random) => {
    const result: Table = {};
    for (const [key, make] of Object.entries(keys)) {
      const isThere = required.includes(key) ? !random.oneIn(25) : random.oneIn(2);
      if (isThere) result[key] = make(random);
    }
    return result;
  };

const oneOf =
  (...makes: readonly Make[]): Make =>
  (random) =>
    random.pick(makes)(random);

const file = mostly(['Image', 'disk.img', 'https://example.org/a', '\u{1f600}'], ['', 'a\0b', 'a\ud800']);
const digest = mostly([DIGEST], [DIGEST.toUpperCase(), DIGEST.slice(1), `${DIGEST}0`]);
const memory = mostly(
  ['256M', '16M', '4048M', '1.5G', '16384KiB', ' 1g ', 16 * 2 ** 20, 2 ** 30, 4048 * 2 ** 20],
  [
    ...['15M', '4G', '2T', '17.5M', '1e3M', '99999999T', '256', 'M', '', `${'9'.repeat(400)}M`],
    ...[2 ** 25 + 4096, 4049 * 2 ** 20, 512, 0, -512, 1e18, 2 ** 53],
  ],
);
const driveSize = mostly(
  ['64M', '0.5K', '1KiB', '8191T', 512, 1024, 2 ** 40],
  ['0.3K', '0.25K', '9000T', '64', 0, 100, -512, 1e18, 2 ** 53],
);
const startTime = mostly(
  ['2025-01-01T00:00:00Z', '1970-01-01T00:00:00.001Z', '9999-12-31T23:59:59Z', '2024-02-29T12:00:00Z'],
  [
    ...['2025-02-29T00:00:00Z', '2025-06-31T00:00:00Z', '1969-12-31T23:59:59Z', '2025-13-01T00:00:00Z'],
    ...['2025-01-01T24:00:00Z', '2025-01-01', '2025-01-01T00:00:00', '2025-01-01T00:00:00.1234Z', 'now'],
  ],
);
const id = (name: string): Make =>
  mostly([name, `${name}~`], ['root', 'drive1', 'x'.repeat(21), 'ä', 'a b', '']);
const boolean = pick(true, false);
const slot = mostly([0, 1, 2, 3, 4, 5, 6, 7], [8, 31, 32, -1, 1.5, '1']);
const bus = mostly(['mmio', 'pci'], ['pcie', '']);
const mac = mostly(
  ['52:54:00:12:34:56', '02:00:00:00:00:01', 'fe:ff:ff:ff:ff:ff'],
  ['53:54:00:12:34:56', '52:54:00:12:34', '52:54:00:12:34:5G', '52-54-00-12-34-56', '52:54:00:AB:34:56', ''],
);
const format = mostly(['raw', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'], ['img', '']);
const queues = mostly([1, 2, 8], [0, 9, 1.5]);
const tag = mostly(['host', 'data', 'x', '~'.repeat(31)], ['', 'a b', 'ä', 'x'.repeat(32)]);
const device = oneOf(boolean, record({ slot, bus }, ['slot']), record({ slot, bus }, ['bus']));
const bootFile = oneOf(file, record({ file, sha256: digest }, ['file']));
const flash = record(
  { code: bootFile, variables: oneOf(file, record({ file, sha256: digest, readOnly: boolean }, ['file'])) },
  ['code'],
);
const privilege = mostly(['supervisor', 'machine'], ['user', '']);
/** Of what goes with some documents only, so that most are right. */
const rarely =
  (make: Make): Make =>
  (random) =>
    random.oneIn(4) ? make(random) : undefined;

const drive = (name: string): Make =>
  oneOf(
    record(
      {
        file,
        sha256: digest,
        readOnly: boolean,
        temporary: boolean,
        format,
        queues,
        id: id(name),
        bus,
        slot,
      },
      ['file'],
    ),
    record({ memory: driveSize, readOnly: boolean, queues, id: id(name), bus, slot }, ['memory']),
  );
const drives: Make = (random) =>
  Array.from({ length: random.below(random.oneIn(40) ? 45 : random.oneIn(6) ? 10 : 3) }, (_, index) =>
    drive(`disk${index}`)(random),
  );

/** Right more often than not. */
const description = record(
  {
    $schema: pick('machine.schema.json', '../schema.json'),
    hartware: mostly([1], [2, '1']),
    harts: mostly([1, 2, 8], [0, 9, 1.5]),
    memory,
    clock: oneOf(
      record({ kind: pick('host') }, ['kind']),
      record(
        {
          kind: mostly(['virtual'], ['host', 'real']),
          instructionsPerSecond: mostly([10_000_000, 1_000_000_000, 10_000_000_000], [15_000_000, 1, 2e10]),
          idle: mostly(['sleep', 'skip'], ['wait']),
          startTime,
        },
        ['kind'],
      ),
    ),
    isa: record({ paging: mostly(['sv39', 'sv48', 'sv57'], ['sv32']) }),
    boot: record(
      {
        kernel: bootFile,
        initrd: oneOf(bootFile, listOf(bootFile, 3)),
        append: mostly(['', 'console=ttyS0'], ['a\0', 'a\ud800']),
        firmware: rarely(bootFile),
        flash: rarely(flash),
        privilege: rarely(privilege),
        fdt: bootFile,
      },
      ['kernel'],
    ),
    drives,
    network: listOf(record({ mac, bus, slot }), 2),
    shares: listOf(record({ tag, readOnly: boolean, bus, slot }, ['tag']), 2),
    devices: record({
      rng: oneOf(boolean, record({ seed: mostly([0, 7, 2 ** 32 - 1], [2 ** 32, -1, 0.5]), bus, slot })),
      console: device,
      powerButton: device,
    }),
  },
  ['hartware', 'boot'],
);

/** A document, now and then with one or two places where there is something else, or more, or less. */
export function randomDescription(random: Random): unknown {
  const document = description(random);
  for (let count = random.below(3) * random.below(2); count > 0; count--) mutate(random, document as Table);
  return JSON.parse(JSON.stringify(document)) as unknown;
}

function mutate(random: Random, value: Table): void {
  const keys = Object.keys(value);
  if (keys.length === 0 || random.oneIn(6)) {
    // Not by assignment, because of __proto__.
    const key = random.pick(['extra', '__proto__', 'constructor', 'Harts', 'file', 'kind', 'sha256', '0']);
    Object.defineProperty(value, key, {
      value: structuredClone(random.pick(STRANGE)),
      enumerable: true,
      configurable: true,
    });
    return;
  }
  const key = random.pick(keys);
  const inner = value[key];
  if (typeof inner === 'object' && inner !== null && !random.oneIn(3)) mutate(random, inner as Table);
  else if (random.oneIn(4) && !Array.isArray(value)) delete value[key];
  else
    Object.defineProperty(value, key, {
      value: structuredClone(random.pick(STRANGE)),
      enumerable: true,
      configurable: true,
      writable: true,
    });
}
