/** The digests of the files in a package. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ImageFile } from '../../../src/disks/image-file.ts';
import { parseManifest } from '../../../src/interchange/ova/manifest.ts';
import { archiveOf, envelope, imagesOfContent, unpackOnlyDisks } from './support.ts';

let vmdk: Buffer;
beforeAll(async () => {
  ({ vmdk } = await imagesOfContent());
});

describe('a manifest', () => {
  const digest = (bytes: Uint8Array | string, algorithm: string): string =>
    createHash(algorithm).update(bytes).digest('hex');
  const text = envelope();
  const archive = (mf: string, disk: Uint8Array = vmdk, more = {}): Promise<ImageFile> =>
    archiveOf({ 'vm.ovf': text, 'vm.mf': mf, 'disk.vmdk': disk, ...more });
  const notesOf = async (file: ImageFile): Promise<readonly string[]> => (await unpackOnlyDisks(file)).notes;

  test('is checked, whatever its digests are', async () => {
    for (const [name, algorithm] of [
      ['SHA1', 'sha1'],
      ['SHA256', 'sha256'],
      ['SHA384', 'sha384'],
      ['SHA-512', 'sha512'],
    ]) {
      const mf = (disk: Uint8Array): string =>
        `${name}(vm.ovf)= ${digest(text, algorithm)}\r\n${name} (disk.vmdk) = ${digest(disk, algorithm).toUpperCase()}\r\n`;
      expect(await notesOf(await archive(mf(vmdk)))).toEqual([]);
      await expect(notesOf(await archive(mf(Buffer.from('other'))))).rejects.toThrow(
        `disk.vmdk is not the file that the manifest means: expected the ${name.replace('-', '')} ${digest('other', algorithm)}, found ${digest(vmdk, algorithm)}`,
      );
    }
  });

  test('is believed before the descriptor is', async () => {
    const mf = `SHA1(vm.ovf)= ${digest('other', 'sha1')}\n`;
    const broken = await archiveOf({ 'vm.ovf': '<', 'vm.mf': mf });
    await expect(notesOf(broken)).rejects.toThrow('vm.ovf is not the file that the manifest means');
  });

  test('says what it does not vouch for', async () => {
    const own = `SHA1(vm.ovf)= ${digest(text, 'sha1')}\n`;
    expect(await notesOf(await archive(own, vmdk, { 'vm.cert': 'x' }))).toEqual([
      'vm.cert: the signature of the package was not checked',
      'disk.vmdk: the manifest has no digest of it: whether it is whole was not checked',
    ]);
    await expect(notesOf(await archive(''))).rejects.toThrow('no digest of the descriptor vm.ovf');
    await expect(notesOf(await archive(`${own}SHA1(gone)= ${digest('', 'sha1')}\n`))).rejects.toThrow(
      'the manifest names "gone", which is not in the package',
    );
  });

  test('has lines of one form', () => {
    const sha1 = 'a'.repeat(40);
    expect([...parseManifest(`SHA1(./a(b)= c)= ${sha1}\n\n`)]).toEqual([
      ['a(b)= c', { algorithm: 'SHA1', digest: sha1 }],
    ]);
    for (const [line, reason] of [
      [`x`, 'line 2 of the manifest: expected "SHA256(FILE)= DIGEST", found "x"'],
      [`MD5(a)= ${'a'.repeat(32)}`, 'expected a digest by SHA1, SHA256, SHA384, SHA512, found MD5'],
      [`SHA256(a)= ${sha1}`, 'expected 64 digits of SHA256, found 40'],
      [`SHA1(z)= ${sha1}`, '"z" again'],
    ])
      expect(() => parseManifest(`SHA1(z)= ${sha1}\n${line}\n`)).toThrow(reason);
  });
});
