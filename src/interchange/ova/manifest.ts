/** Manifests of OVF packages (DSP0243): a line with a digest for each file. */
import type { WorkOptions } from '../../disks/disk-image.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import type { ContentHash } from '../../sha256.ts';
import { InterchangeError } from '../error.ts';
import { forPieces } from './pieces.ts';

/** OVF 1 names SHA-1, OVF 2 SHA-256; the others are met, too. In the order of their names, with their length in hexadecimal digits. */
const DIGITS = { SHA1: 40, SHA256: 64, SHA384: 96, SHA512: 128 } as const;

/** An algorithm, as manifests name it. */
export type DigestAlgorithm = keyof typeof DIGITS;

/** What the manifest says of a file. */
export interface FileDigest {
  readonly algorithm: DigestAlgorithm;
  /** Hexadecimal digits in lower case. */
  readonly digest: string;
}

/** How digests are made. */
export type CreateHash = (algorithm: DigestAlgorithm) => ContentHash;

/** As the specification has it; some versions of ovftool write blanks on both sides of the parentheses. */
const LINE = /^([A-Z]+-?\d+) ?\((.+)\) ?= ?([0-9A-Fa-f]+)\s*$/;

/** @throws InterchangeError that names the line which is wrong. */
export function parseManifest(text: string): ReadonlyMap<string, FileDigest> {
  const digests = new Map<string, FileDigest>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const wrong = (reason: string): InterchangeError =>
      new InterchangeError(`line ${index + 1} of the manifest: ${reason}`);
    const [, written, name, digest] = LINE.exec(line) ?? [];
    if (name === undefined)
      throw wrong(`expected "SHA256(FILE)= DIGEST", found ${JSON.stringify(line.slice(0, 80))}`);
    const algorithm = written.replace('-', '');
    if (!isAlgorithm(algorithm))
      throw wrong(`expected a digest by ${Object.keys(DIGITS).join(', ')}, found ${written}`);
    if (digest.length !== DIGITS[algorithm])
      throw wrong(`expected ${DIGITS[algorithm]} digits of ${algorithm}, found ${digest.length}`);
    const plain = name.replace(/^\.\//, '');
    if (digests.has(plain)) throw wrong(`${JSON.stringify(plain)} again`);
    digests.set(plain, { algorithm, digest: digest.toLowerCase() });
  }
  return digests;
}

function isAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(DIGITS, name);
}

/** The text of a manifest. */
export function formatManifest(digests: Iterable<readonly [name: string, FileDigest]>): string {
  return Array.from(digests, ([name, { algorithm, digest }]) => `${algorithm}(${name})= ${digest}\n`).join(
    '',
  );
}

/** The digest of a file's content. */
export async function digestOf(
  file: ImageFile,
  algorithm: DigestAlgorithm,
  createHash: CreateHash,
  work: WorkOptions = {},
): Promise<string> {
  const hash = createHash(algorithm);
  await forPieces(file, work, async (piece) => hash.update(piece));
  return hash.digest();
}

/** @throws InterchangeError when the file has another digest. */
export async function checkDigest(
  file: ImageFile,
  { algorithm, digest }: FileDigest,
  createHash: CreateHash,
  work: WorkOptions,
): Promise<void> {
  const found = await digestOf(file, algorithm, createHash, work);
  if (found !== digest)
    throw new InterchangeError(
      `${file.name} is not the file that the manifest means: expected the ${algorithm} ${digest}, found ${found}`,
    );
}
