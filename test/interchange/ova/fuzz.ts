/** Damaged packages: whatever comes of them is an error of ours, or a package. */
import { expect } from 'vitest';
import { createImageHost } from '../../../src/bindings/node/image-host.ts';
import { diskFormat } from '../../../src/disks/formats.ts';
import { MemoryImageFile, type ImageFile } from '../../../src/disks/image-file.ts';
import { HartwareError } from '../../../src/errors.ts';
import { archiveFiles } from '../../../src/interchange/ova/index.ts';
import { parseManifest } from '../../../src/interchange/ova/manifest.ts';
import { readTar } from '../../../src/interchange/ova/tar.ts';
import type { Random } from '../../support/random.ts';
import { archiveOf, bytesOf, diskItem, envelope, pack, unpack, unpackOnlyDisks } from './support.ts';

export interface Samples {
  /** A package of ours, and one of others. */
  readonly archives: readonly Buffer[];
  readonly disk: Buffer;
  readonly own: string;
  readonly manifest: string;
}

export async function makeSamples(random: Random): Promise<Samples> {
  const file = new MemoryImageFile('disk.qcow2');
  const image = await diskFormat('qcow2').create(file, { size: 1 << 20 }, createImageHost());
  await image.write(4096, random.bytes(9000));
  await image.flush();
  const disk = await bytesOf(file);
  const machine = {
    hartware: 1 as const,
    boot: { kernel: 'k', flash: { code: 'code', variables: 'v' } },
    drives: [{ file: 'd', format: 'qcow2' as const }, { memory: '1M' }],
    network: [{}],
  };
  const sources = { k: random.bytes(700), code: random.bytes(3), v: random.bytes(512), d: disk };
  const own = await pack(machine, sources);
  const members = await readTar(own);
  const text = async (name: string): Promise<string> => (await bytesOf(members.get(name)!)).toString();
  return {
    archives: [
      await bytesOf(own),
      await bytesOf(await archiveOf({ 'vm.ovf': envelope({ type: 'riscv64' }), 'disk.vmdk': disk })),
    ],
    disk,
    own: await text('machine.ovf'),
    manifest: await text('machine.mf'),
  };
}

const WORDS = [
  ...[
    'ovf:',
    'rasd:',
    '<',
    '>',
    '/>',
    '"',
    "'",
    '&amp;',
    '&#34;',
    '&x;',
    '',
    '-1',
    '0',
    '99999999999999999999',
  ],
  ...[
    '../',
    '/',
    'file:',
    '%00',
    '%',
    '\0',
    '\u{1f600}',
    'disk1',
    'file1',
    'ovf:/disk/',
    'byte * 2^99',
    'gzip',
  ],
  ...[
    'ovf:chunkSize="1"',
    'ovf:required="true"',
    'xmlns="urn:x"',
    '__proto__',
    '{',
    '}',
    'null',
    '[]',
    'SHA1',
    ')= ',
  ],
];

/** The text with a few places changed. */
export function damageText(text: string, random: Random): string {
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const length = random.oneIn(2) ? 0 : random.below(random.oneIn(4) ? 400 : 12);
    const other = random.below(text.length + 1);
    const piece = random.oneIn(3) ? text.slice(other, other + random.below(300)) : random.pick(WORDS);
    text = text.slice(0, at) + piece + text.slice(at + length);
  }
  return text;
}

/** Sums made right again, so that what is behind the check is reached. */
function fixSums(bytes: Buffer): void {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    bytes.fill(0x20, at + 148, at + 156);
    const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  }
}

/** Damage in a header, where the structure of an archive is. */
export function damageArchive(bytes: Buffer, random: Random): ImageFile {
  const damaged = Buffer.from(bytes);
  const headers: number[] = [];
  for (let at = 0; at + 512 <= bytes.length; at += 512)
    if (bytes.toString('latin1', at + 257, at + 262) === 'ustar') headers.push(at);
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.pick(headers) + random.pick([0, 100, 124, 124, 125, 135, 156, 156, 257, 263, 345]);
    damaged[at + random.below(3)] = random.pick([
      0,
      0x30,
      0x31,
      0x37,
      0x4c,
      0x78,
      0x80,
      0xff,
      random.below(256),
    ]);
  }
  if (!random.oneIn(4)) fixSums(damaged);
  const end = random.oneIn(4) ? random.below(damaged.length) : damaged.length;
  return new MemoryImageFile('fuzz.ova', damaged.subarray(0, end));
}

/** Errors of other kinds fail the test. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HartwareError)) throw error;
    expect(error.message).not.toBe('');
  }
}

const boot = async () => ({ flash: { code: 'loader' } });

export async function fuzzOnce(samples: Samples, random: Random): Promise<void> {
  const archive = damageArchive(random.pick(samples.archives), random);
  await attempt(() => archiveFiles(archive));
  await attempt(() => unpack(archive, { boot }));
  const text = damageText(
    random.pick([samples.own, envelope({ type: 'riscv64', items: diskItem('vmdisk1') })]),
    random,
  );
  const damaged = await archiveOf({
    'vm.ovf': text,
    'disk.vmdk': samples.disk,
    'machine-disk1.vmdk': samples.disk,
    ...{ k: 'k', code: 'c', v: 'v' },
  });
  await attempt(() => unpack(damaged, { boot }));
  await attempt(() => unpackOnlyDisks(damaged));
  await attempt(async () => parseManifest(damageText(samples.manifest, random)));
}
