/**
 * Takes files out of a Debian binary package (deb(5)): an `ar` archive with
 * `debian-binary` and a tar archive `data.tar`, as a rule compressed with xz.
 * Left out on purpose: zstd (Ubuntu's choice, which Node 20 cannot unpack), lzma, bzip2.
 */
import { messageOf } from '../../../errors.ts';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ArFormatError, readAr } from './ar.ts';
import { TarFormatError, extractTar, type TarFile, type TarSelection } from './tar.ts';
import { unxz } from './xz.ts';

/** A file that is no Debian package, or a damaged one. */
export class DebFormatError extends Error {
  override readonly name = 'DebFormatError';
}

/**
 * @param what names the package in errors.
 * @throws DebFormatError
 */
export async function extractDeb(
  deb: Uint8Array,
  selection: TarSelection,
  what = 'package',
): Promise<TarFile[]> {
  try {
    const members = readAr(deb);
    const version = members.find(({ name }) => name === 'debian-binary');
    const data = members.find(({ name }) => name.startsWith('data.tar'));
    if (!version || !String.fromCharCode(...version.bytes.subarray(0, 4)).startsWith('2.') || !data) {
      const found = members.map(({ name }) => name).join(', ') || 'nothing';
      throw new DebFormatError(`expected debian-binary (version 2) and data.tar in ${what}, found ${found}`);
    }
    return await extractTar(unpack(data.name, data.bytes, what), selection);
  } catch (error) {
    if (error instanceof DebFormatError) throw error;
    const reason = messageOf(error);
    const isOurs = error instanceof ArFormatError || error instanceof TarFormatError;
    throw new DebFormatError(
      isOurs ? `${what}: ${reason}` : `expected whole compressed data in ${what}, found damage (${reason})`,
      { cause: error },
    );
  }
}

function unpack(name: string, bytes: Uint8Array, what: string): AsyncIterable<Uint8Array> {
  switch (name) {
    case 'data.tar':
      return Readable.from([bytes]);
    case 'data.tar.xz':
      return unxz(bytes);
    case 'data.tar.gz': {
      const gunzip = createGunzip();
      gunzip.end(bytes);
      return gunzip;
    }
    default:
      throw new DebFormatError(`expected data.tar, data.tar.gz or data.tar.xz in ${what}, found ${name}`);
  }
}
