/** Random machine descriptions with names that are hard on every syntax. */
import type { DriveDescription, MachineDescription } from '../../src/machine/description.ts';
import type { Random } from '../support/random.ts';

const PIECES = [
  ...[
    'a',
    'disk',
    '.img',
    '/',
    ' ',
    '  ',
    ',',
    ',,',
    "'",
    '"',
    '`',
    '$',
    '$HOME',
    '$(id)',
    '\\',
    '\\n',
    '\n',
    '\t',
  ],
  ...[
    '-',
    '--',
    '=',
    'file=',
    ';',
    '|',
    '&',
    '<',
    '>',
    '*',
    '?',
    '[',
    ']',
    '{',
    '}',
    '~',
    '#',
    '!',
    '%s',
    'é',
    '𝔸',
  ],
  ...['&amp;', ']]>', '<!--', '\r', 'none', 'default', 'nbd:', 'json:{}'],
];

const FORMATS = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhd', 'vhdx'] as const;

/** Text that is not empty. */
export function nastyText(random: Random): string {
  return Array.from({ length: 1 + random.below(6) }, () => random.pick(PIECES)).join('');
}

/** Printable ASCII, at most 20 characters. */
function serial(random: Random): string {
  return Array.from({ length: 1 + random.below(20) }, () => String.fromCharCode(33 + random.below(94))).join(
    '',
  );
}

/** What a drive has, and whether that is kept: formats are named, because what is found out is named afterwards. */
function content(random: Random): DriveDescription {
  const readOnly = random.oneIn(3) && { readOnly: true };
  if (random.oneIn(4)) return { memory: 512 * (1 + random.below(1000)), ...readOnly };
  // What is behind a URL is not written to; what is only read is temporary without being said to be.
  const isUrl = random.oneIn(5);
  return {
    file: isUrl ? `${random.pick(['http', 'https'])}://example.org/${nastyText(random)}` : nastyText(random),
    format: random.pick(FORMATS),
    ...(readOnly || ((isUrl || random.oneIn(3)) && { temporary: true })),
  };
}

/** A description that QEMU can represent: no paging of its own, rates that are powers of two, whole seconds, and privileges that are named. */
export function representableMachine(random: Random): MachineDescription {
  const count = random.below(6);
  const ids = new Set<string>();
  while (ids.size < count) ids.add(serial(random));
  // With slots named, numbers on PCI are like those of virtio-mmio, which all differ.
  const hasSlots = random.oneIn(3);
  const onPci = (): { readonly bus?: 'pci' } => (random.oneIn(3) ? { bus: 'pci' } : {});
  const drives = [...ids].map((id): DriveDescription => ({
    ...content(random),
    ...(random.oneIn(4) && { queues: 2 + random.below(7) }),
    id,
    ...onPci(),
  }));
  const slots = [0, 1, 2, 3, 4, 5, 6, 7].sort(() => random.below(3) - 1);
  /** A slot of its own; on PCI one from the other end. */
  const inSlot = ({ bus }: { readonly bus?: 'pci' }): { readonly slot?: number } =>
    hasSlots ? { slot: bus === 'pci' ? 31 - slots.pop()! : slots.pop()! } : {};
  const place = (): { readonly bus?: 'pci'; readonly slot?: number } => {
    const bus = onPci();
    return { ...bus, ...inSlot(bus) };
  };
  const there = (): true | { readonly bus?: 'pci'; readonly slot?: number } => {
    const said = place();
    return Object.keys(said).length === 0 || said;
  };
  const cards = Array.from({ length: random.below(Math.max(1, 6 - count)) }, (_, index) => ({
    mac: `02:00:00:00:0${index}:${random.below(256).toString(16).padStart(2, '0')}`,
    ...place(),
  }));
  const hasKernel = !random.oneIn(5);
  const hasFirmware = !hasKernel || random.oneIn(3);
  return {
    hartware: 1,
    harts: 1 + random.below(8),
    memory: `${16 + random.below(4033)}M`,
    ...(random.oneIn(3) && {
      clock: {
        kind: 'virtual',
        instructionsPerSecond: random.pick([1e9, 5e8, 2.5e8]),
        idle: random.pick(['sleep', 'skip'] as const),
        startTime: new Date(random.uint32() * 1000).toISOString().replace('.000', ''),
      },
    }),
    boot: {
      ...(hasKernel && { kernel: nastyText(random) }),
      ...(hasKernel && random.oneIn(2) && { initrd: nastyText(random) }),
      ...(random.oneIn(2) && { append: nastyText(random) }),
      // Otherwise the kind of the kernel's file decides, which a command line does not tell.
      ...(hasFirmware
        ? { firmware: `firmware${nastyText(random)}` }
        : { privilege: random.pick(['supervisor', 'machine'] as const) }),
      ...(random.oneIn(5) && { fdt: nastyText(random) }),
    },
    drives: drives.map((drive) => ({ ...drive, ...inSlot(drive as { bus?: 'pci' }) })),
    network: cards,
    devices: {
      rng: random.pick([true, false, { seed: random.uint32(), ...place() }]),
      console: random.oneIn(2) && there(),
      powerButton: count + cards.length < 6 && random.oneIn(2) && there(),
    },
  };
}
