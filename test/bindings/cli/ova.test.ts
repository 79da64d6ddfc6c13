/** `hartware export --to ova` and `hartware import` of packages, beside GNU tar, sha256sum and qemu-img. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasQemuImg, qemuImg } from '../../disks/qemu-img.ts';
import { diskItem, envelope, RAW_DISK } from '../../interchange/ova/support.ts';
import { requireFile } from '../../support/tools.ts';
import { finish, greeter, hartware, problem, start, Workplace } from './hartware.ts';

const U_BOOT = '/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin';
const hasUBoot = requireFile(U_BOOT, 'u-boot-qemu');

let place: Workplace;
let content: Buffer;
/** Not zeros, and hard to compress. */
let vmdk: Buffer;

const at = (name: string): string => join(place.directory, name);

/** Runs a program in a folder of the workplace. @throws what it says when it fails. */
function run(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: at(folder), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}${stdout}`);
  return stdout;
}

/** A folder with these files. */
async function folderOf(name: string, files: Record<string, Uint8Array | string>): Promise<void> {
  await mkdir(at(name));
  for (const [each, bytes] of Object.entries(files)) await writeFile(at(join(name, each)), bytes);
}

beforeAll(async () => {
  place = await Workplace.make();
  content = Buffer.concat([randomBytes(3 << 20), Buffer.alloc(4 << 20), randomBytes(1 << 20)]);
  await place.put('root.img', content);
  await hartware(['image', 'convert', at('root.img'), at('root.vmdk'), '-o', 'subformat=streamOptimized']);
  vmdk = await readFile(at('root.vmdk'));
  await place.put('Image', greeter('from a package'));
  await place.put('code.fd', randomBytes(4096));
  await place.put('variables.fd', randomBytes(1 << 18));
  await place.put(
    'machine.json',
    JSON.stringify({
      hartware: 1,
      memory: '64M',
      boot: { kernel: 'Image', append: 'quiet' },
      drives: [{ file: 'root.img', id: 'root' }],
      network: [{ mac: '52:54:00:0a:0b:0c' }],
    }),
  );
});
afterAll(() => place.remove());

describe('a package of our own', () => {
  beforeAll(async () => {
    expect(await hartware(['export', at('machine.json'), '--to', 'ova', '-o', at('out.ova')])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('is an archive that tar unpacks, as its manifest says', async () => {
    await mkdir(at('tarred'));
    expect(run('.', 'tar', '--list', '--file', 'out.ova').split('\n')).toEqual([
      ...['out.ovf', 'out.mf', 'Image', 'out-disk1.vmdk', ''],
    ]);
    run('tarred', 'tar', '--extract', '--file', '../out.ova');
    const manifest = await readFile(at('tarred/out.mf'), 'utf8');
    // As coreutils write it with --tag.
    await place.put('tarred/sums', manifest.replaceAll(/\((.*)\)= /g, ' ($1) = '));
    expect(run('tarred', 'sha256sum', '--check', '--strict', 'sums').match(/: OK/g)).toHaveLength(3);
  });

  test.skipIf(!hasQemuImg)('has disks that qemu-img reads', () => {
    qemuImg('convert', '-f', 'vmdk', '-O', 'raw', at('tarred/out-disk1.vmdk'), at('tarred/disk.img'));
    expect(run('.', 'cmp', 'root.img', 'tarred/disk.img')).toBe('');
  });

  test('comes back, and runs', async () => {
    expect(await hartware(['import', at('out.ova'), '-o', at('back')])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect((await readdir(at('back'))).sort()).toEqual(['Image', 'machine.json', 'root.img']);
    expect(JSON.parse(await readFile(at('back/machine.json'), 'utf8'))).toEqual(
      JSON.parse(await readFile(at('machine.json'), 'utf8')),
    );
    expect((await readFile(at('back/root.img'))).equals(content)).toBe(true);
    const ran = await hartware(['run', at('back/machine.json')]);
    expect(ran).toMatchObject({ code: 0, stdout: 'from a package' });
  });

  test('comes back after GNU tar has packed it again, in its own format and that of pax', async () => {
    const names = (await readdir(at('tarred'))).filter((name) => /^(out|Image)/.test(name));
    for (const format of ['gnu', 'pax', 'v7']) {
      run(
        'tarred',
        'tar',
        '--create',
        '--format',
        format,
        '--file',
        `../${format}.ova`,
        ...names.map((name) => `./${name}`),
      );
      const { code } = await hartware(['import', at(`${format}.ova`), '-o', at(`back-${format}`)]);
      expect(code, format).toBe(0);
      expect((await readFile(at(`back-${format}/root.img`))).equals(content)).toBe(true);
    }
  });

  test('is files beside each other when its descriptor is named', async () => {
    await mkdir(at('folder'));
    const { code } = await hartware(['export', at('machine.json'), '--to', 'ova', '-o', at('folder/it.ovf')]);
    expect(code).toBe(0);
    expect((await readdir(at('folder'))).sort()).toEqual(['Image', 'it-disk1.vmdk', 'it.mf', 'it.ovf']);
    expect((await hartware(['import', at('folder/it.ovf'), '-o', at('back-folder')])).code).toBe(0);
    expect((await readFile(at('back-folder/root.img'))).equals(content)).toBe(true);
    // Nothing outside of its folder.
    await rm(at('folder/Image'));
    await symlink(at('Image'), at('folder/Image'));
    const { code: other, stderr } = await hartware(['import', at('folder/it.ovf'), '-o', at('back-link')]);
    expect(other).toBe(1);
    expect(stderr).toContain('which lies outside its folder');
    expect(existsSync(at('back-link'))).toBe(false);
  });

  test('replaces nothing', async () => {
    const again = await hartware(['export', at('machine.json'), '--to', 'ova', '-o', at('out.ova')]);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toBe(`hartware: cannot create ${at('out.ova')}: it exists already\n`);
    const before = await readdir(at('back'));
    const onto = await hartware(['import', at('out.ova'), '-o', at('back')]);
    expect(onto.stderr).toBe(`hartware: cannot create ${at('back/Image')}: it exists already\n`);
    expect(await readdir(at('back'))).toEqual(before);
  });

  test('is not there when something in it cannot be read', async () => {
    const lost = await place.put('lost.json', JSON.stringify({ hartware: 1, boot: { kernel: 'no-such' } }));
    const { code, stderr } = await hartware(['export', lost, '--to', 'ova', '-o', at('lost.ova')]);
    expect([code, stderr]).toEqual([1, 'hartware: cannot read no-such: no such file\n']);
    expect(existsSync(at('lost.ova'))).toBe(false);
  });

  test('leaves nothing when it is damaged', async () => {
    const bytes = await readFile(at('out.ova'));
    const byte = bytes.lastIndexOf('from a package');
    bytes[byte] ^= 1;
    await place.put('damaged.ova', bytes);
    const { code, stderr } = await hartware(['import', at('damaged.ova'), '-o', at('damaged')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^hartware: .*damaged\.ova: Image is not the file that the manifest means: expected the SHA256 [0-9a-f]{64}, found [0-9a-f]{64}\n$/,
    );
    await place.put('short.ova', bytes.subarray(0, bytes.length / 2));
    const short = await hartware(['import', at('short.ova'), '-o', at('damaged')]);
    expect(short.stderr).toMatch(/^hartware: .*short\.ova: the archive is cut off: .*\n$/);
    expect(existsSync(at('damaged'))).toBe(false);
  });
});

describe('work that is interrupted', () => {
  /** Ends the command as soon as it has made `file`. */
  async function interrupt(args: string[], file: string): Promise<number | undefined> {
    const child = start(args);
    const ended = finish(child);
    while (!existsSync(file) && child.exitCode === null) await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGINT');
    return (await ended).code;
  }

  test('leaves nothing', async () => {
    // Long enough that nobody is done with it at once.
    const big = randomBytes(32 << 20);
    await place.put('big.img', big);
    const machine = { hartware: 1, boot: { kernel: 'Image' }, drives: [{ file: 'big.img' }] };
    await place.put('big.json', JSON.stringify(machine));
    const packing = ['export', at('big.json'), '--to', 'ova', '-o', at('big.ova')];
    expect(await interrupt(packing, at('big.ova'))).toBe(130);
    expect(existsSync(at('big.ova'))).toBe(false);
    await folderOf('big', {
      'a.ovf': envelope({
        files: '<File ovf:id="file1" ovf:href="big.gz" ovf:compression="gzip"/>',
        disks: RAW_DISK,
      }),
      'big.gz': gzipSync(big, { level: 1 }),
    });
    const unpacking = ['import', at('big/a.ovf'), '--disks-only', '-o', at('big-out')];
    expect(await interrupt(unpacking, at('big-out/big.qcow2.unpacked0'))).toBe(130);
    expect(existsSync(at('big-out'))).toBe(false);
  });
});

describe('a package of another program', () => {
  /** As VirtualBox writes it: elements of its own, sizes in megabytes, a manifest by SHA-1, and ustar by GNU tar. */
  async function virtualBox(): Promise<void> {
    const ovf = envelope({
      os: '<OperatingSystemSection ovf:id="96"><Info>The kind</Info><Description>Debian_64</Description><vbox:OSType xmlns:vbox="http://www.virtualbox.org/ovf/machine" ovf:required="false">Debian_64</vbox:OSType></OperatingSystemSection>',
      type: 'virtualbox-2.2',
      sections:
        '<vbox:Machine xmlns:vbox="http://www.virtualbox.org/ovf/machine" ovf:required="false"><ovf:Info>It</ovf:Info></vbox:Machine>',
      files: '<File ovf:id="file1" ovf:href="a disk.vmdk"/>',
      disks: `<Disk ovf:capacity="${content.length}" ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>`,
    }).replace('byte * 2^20', 'MegaBytes');
    await folderOf('vbox', { 'vm.ovf': ovf, 'a disk.vmdk': vmdk });
    const sums = run('vbox', 'sha1sum', '--tag', 'vm.ovf', 'a disk.vmdk');
    await place.put('vbox/vm.mf', sums);
    run('vbox', 'tar', '-cf', '../vbox.ova', '--format=ustar', 'vm.ovf', 'a disk.vmdk', 'vm.mf');
  }

  test('for another processor is refused, and its disks are converted', async () => {
    await virtualBox();
    const refused = await hartware(['import', at('vbox.ova'), '-o', at('vbox-out')]);
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `hartware: ${at('vbox.ova')}: this machine is for another processor than riscv64: it names operating system "Debian_64", VirtualSystemType "virtualbox-2.2"; it cannot run here, but its disks can be had all the same: give --disks-only\n`,
    });
    expect(existsSync(at('vbox-out'))).toBe(false);
    const disks = await hartware(['import', at('vbox.ova'), '--disks-only', '-o', at('vbox-out')]);
    expect(disks).toEqual({ code: 0, stdout: `${at('vbox-out/a_disk.qcow2')}\n`, stderr: '' });
    const compared = await hartware(['image', 'compare', at('vbox-out/a_disk.qcow2'), at('root.img'), '-s']);
    expect(compared.stdout).toBe('The disks are the same.\n');
  });

  test('for riscv64 is unpacked, and says what is not there', async () => {
    const ovf = envelope({ type: 'riscv64-vendor', os: '', items: diskItem('vmdisk1') })
      .replace('disk.vmdk"', 'disk.vmdk.gz" ovf:compression="gzip"')
      .replace('ovf:capacity="1"', 'ovf:capacity="8"');
    await folderOf('riscv', { 'vm.ovf': ovf, 'disk.vmdk.gz': gzipSync(vmdk) });
    run('riscv', 'tar', '-cf', '../riscv.ova', 'vm.ovf', 'disk.vmdk.gz');
    const none = await hartware(['import', at('riscv.ova'), '-o', at('riscv-out')]);
    expect(none.stderr).toContain('does not say what starts its machine: give --loader edk2');
    const { code, stderr } = await hartware([
      ...['import', at('riscv.ova'), '-o', at('riscv-out'), '--loader', at('code.fd')],
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^(hartware: note: .+\n)+$/);
    expect(stderr).toContain('the package has no manifest');
    expect((await readdir(at('riscv-out'))).sort()).toEqual(['disk.qcow2', 'machine.json']);
    expect(JSON.parse(await readFile(at('riscv-out/machine.json'), 'utf8'))).toMatchObject({
      harts: 4,
      memory: '1024M',
      boot: { flash: { code: '../code.fd' } },
      drives: [{ file: 'disk.qcow2' }],
    });
    const described = await hartware(['describe', at('riscv-out/machine.json'), '--files']);
    expect(described).toMatchObject({ code: 0, stderr: '' });
  });

  test.skipIf(!hasUBoot)('for riscv64 is started by U-Boot when that is wanted', async () => {
    await folderOf('u-boot', {
      'vm.ovf': envelope({ type: 'riscv64', os: '', items: '' }),
      'disk.vmdk': vmdk,
    });
    const { code } = await hartware([
      'import',
      at('u-boot/vm.ovf'),
      '-o',
      at('u-boot-out'),
      '--loader',
      'u-boot',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(at('u-boot-out/machine.json'), 'utf8'))).toMatchObject({
      boot: { kernel: 'u-boot.bin', privilege: 'supervisor' },
    });
    expect((await readFile(at('u-boot-out/u-boot.bin'))).equals(await readFile(U_BOOT))).toBe(true);
  });

  test('has plain files in it', async () => {
    await folderOf('links', { 'vm.ovf': envelope({ files: '<File ovf:id="file1" ovf:href="disk.vmdk"/>' }) });
    await symlink('/etc/passwd', at('links/disk.vmdk'));
    run('links', 'tar', '-cf', '../links.ova', 'vm.ovf', 'disk.vmdk');
    const { stderr } = await hartware(['import', at('links.ova'), '--disks-only', '-o', at('links-out')]);
    expect(stderr).toContain('expected files in the archive, found "disk.vmdk", which is a symbolic link');
  });

  test('has XML without a document type', async () => {
    const bomb = envelope().replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>');
    await folderOf('bomb', { 'vm.ovf': bomb });
    const { stderr } = await hartware(['import', at('bomb/vm.ovf'), '--disks-only', '-o', at('bomb-out')]);
    expect(stderr).toContain('expected XML without <!DOCTYPE>, found one');
  });
});

describe('the command line', () => {
  test('says what belongs to packages', () => {
    expect(problem('export', 'm.json', '--to', 'ova')).toContain('--to ova needs --output FILE.ova');
    expect(problem('export', 'm.json', '--to', 'ova', '-o', 'x.ova', '--share', 't=f')).toContain(
      '--share does not belong to --to ova',
    );
    expect(problem('import', 'x.ova')).toContain('unpacked to a folder: give it as --output FOLDER');
    expect(problem('import', 'x.xml', '--disks-only')).toContain('--disks-only belongs to packages');
    expect(problem('import', 'x.ova', '-o', 'd', '--disk-format', 'zip')).toContain(
      '--disk-format: expected "qcow2"',
    );
  });

  test('says so where a package is taken for a disk', async () => {
    expect(problem('run', 'x.ova')).toContain('is a package: unpack it with "hartware import"');
    const { code, stderr } = await hartware(['image', 'info', at('out.ova')]);
    expect([code, stderr]).toEqual([
      1,
      `hartware: ${at('out.ova')} is a package, and no disk image: "hartware import ${at('out.ova')} --disks-only --output FOLDER" unpacks its disks\n`,
    ]);
    const tar = await hartware(['image', 'info', at('out.ova'), '--format', 'raw']);
    expect(tar.code).toBe(0);
  });

  test('has names of files that go together', async () => {
    const { code, stderr } = await hartware([
      ...['export', at('machine.json'), '--to', 'ova', '-o', at('a b.ovf')],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--output: expected a name of letters');
  });
});
