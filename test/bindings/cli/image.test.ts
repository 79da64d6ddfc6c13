/** `hartware image` on raw images; what belongs to a format is tested with it. */
import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finish, hartware, problem, start, Workplace } from './hartware.ts';

let place: Workplace;
let content: Buffer;
let source: string;

beforeAll(async () => {
  place = await Workplace.make();
  content = Buffer.concat([
    randomBytes(3 << 20),
    Buffer.alloc(5 << 20),
    randomBytes(1 << 20),
    Buffer.alloc(512),
  ]);
  source = await place.put('source.img', content);
});
afterAll(() => place.remove());

const at = (name: string): string => join(place.directory, name);

async function appears(name: string): Promise<void> {
  while (!(await readdir(place.directory)).includes(name))
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('hartware image', () => {
  test('makes, describes and resizes an image', async () => {
    const file = at('new.img');
    expect(await hartware(['image', 'create', file, '64M'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const { stdout } = await hartware(['image', 'info', file, '--json']);
    expect(JSON.parse(stdout)).toEqual({ file, format: 'raw', virtualSize: 64 << 20, fileSize: 64 << 20 });
    expect((await hartware(['image', 'resize', file, '+1M'])).code).toBe(0);
    expect((await hartware(['image', 'info', file])).stdout).toContain(
      'disk size: 65 MiB (68157440 bytes)\n',
    );
    const refused = await hartware(['image', 'resize', file, '-2M']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toBe(
      `hartware: ${file} has 68157440 bytes: what lies behind 66060288 would be lost; give --shrink if that is wanted\n`,
    );
    expect((await hartware(['image', 'resize', file, '-2M', '--shrink'])).code).toBe(0);
    expect(
      (await open(file).then(async (handle) => [(await handle.stat()).size, await handle.close()]))[0],
    ).toBe(63 << 20);
  });

  test('makes, lists, reads, applies and deletes snapshots', async () => {
    const disk = at('kept.qcow2');
    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await hartware(['image', ...args]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout;
    };
    await run('convert', source, disk);
    expect(await run('snapshot', disk)).toBe(`${disk} has no snapshots\n`);
    await run('snapshot', '--create', 'as it was', disk);
    await run('resize', disk, '+1M');
    await run('snapshot', '-c', 'greater', disk);
    expect(await run('snapshot', '--list', disk)).toMatch(
      /^ID {2}Name {7}Made \(UTC\) .*\n1 {3}as it was {2}20\d\d-\d\d-\d\d \d\d:\d\d:\d\d .*-\n2 {3}greater .*\n$/,
    );
    expect(JSON.parse(await run('snapshot', disk, '--json'))).toMatchObject([
      { id: '1', name: 'as it was', size: content.length, stateSize: 0 },
      { id: '2', name: 'greater', size: content.length + (1 << 20) },
    ]);
    expect(await run('info', disk)).toMatch(/snapshot: +1 as it was\nsnapshot: +2 greater\n/);
    await run('convert', '--snapshot', 'as it was', disk, at('then.img'));
    expect((await readFile(at('then.img'))).equals(content)).toBe(true);
    await run('convert', '-l', '2', disk, at('later.img'));
    expect((await readFile(at('later.img'))).length).toBe(content.length + (1 << 20));
    await run('snapshot', '--apply', '1', disk);
    await run('compare', '--strict', source, disk);
    await run('snapshot', '--delete', 'greater', disk);
    expect(await run('check', disk)).toContain('no errors were found');
    for (const [args, message] of [
      [['snapshot', '-d', 'none', disk], 'there is no snapshot "none"; there are: "as it was"'],
      [['snapshot', '-c', 'as it was', disk], 'there is a snapshot "as it was" already'],
      [['snapshot', source], 'this format has no snapshots'],
      [['convert', '-l', 'x', source, at('no.img')], 'this format has no snapshots'],
    ] as const) {
      const { code, stderr } = await hartware(['image', ...args]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
    }
    const both = await hartware(['image', 'snapshot', '-l', '-d', 'x', disk]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('expected one of --list,') });
  });

  test('copies a disk, without its holes, and compares', async () => {
    const copy = at('copy.img');
    expect((await hartware(['image', 'convert', source, copy])).code).toBe(0);
    expect((await readFile(copy)).equals(content)).toBe(true);
    expect(await hartware(['image', 'compare', source, copy])).toMatchObject({
      code: 0,
      stdout: 'The disks are the same.\n',
    });
    const handle = await open(copy, 'r+');
    await handle.write(Uint8Array.of(1), 0, 1, (4 << 20) + 7);
    expect(await hartware(['image', 'compare', source, copy])).toMatchObject({
      code: 3,
      stdout: `The disks differ at offset ${(4 << 20) + 7}.\n`,
    });
    await handle.write(Uint8Array.of(0), 0, 1, (4 << 20) + 7);
    await handle.truncate(10 << 20);
    await handle.close();
    expect((await hartware(['image', 'compare', source, copy])).code).toBe(0);
    expect((await hartware(['image', 'compare', source, copy, '--strict'])).stdout).toBe(
      `The disks differ in size: ${content.length} and ${10 << 20} bytes.\n`,
    );
    const map = JSON.parse((await hartware(['image', 'map', source, '--json'])).stdout) as object[];
    expect(map).toMatchObject([{ start: 0, length: content.length, depth: 0, data: true, offset: 0 }]);
  });

  test('replaces a file only when told to, and has the former one again when that fails', async () => {
    const target = await place.put('there.img', 'precious');
    const refused = await hartware(['image', 'convert', source, target]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: `hartware: cannot create ${target}: it exists already\n`,
    });
    const onto = await hartware(['image', 'convert', source, source, '--force']);
    expect(onto.code).toBe(1);
    expect((await readFile(source)).equals(content)).toBe(true);
    const link = at('link.img');
    await symlink(source, link);
    expect((await hartware(['image', 'convert', source, link, '--force'])).code).toBe(1);
    expect((await readFile(source)).equals(content)).toBe(true);
    expect((await hartware(['image', 'convert', source, target, '--force'])).code).toBe(0);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect((await readdir(place.directory)).filter((name) => /replaced|lock/.test(name))).toEqual([]);
  });

  test('ends by a signal with nothing left behind', async () => {
    const large = at('large.img');
    await writeFile(large, '');
    const handle = await open(large, 'r+');
    // Holes take time to be read where there is no tar that knows of them, and none to be written.
    await handle.truncate(200 * 2 ** 30);
    await handle.close();
    const target = at('interrupted.img');
    const child = start(['image', 'convert', large, target], { PATH: '' });
    const ended = finish(child);
    await appears('interrupted.img');
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
    const names = await readdir(place.directory);
    expect(names.filter((name) => name.startsWith('interrupted'))).toEqual([]);
  });

  test('takes away what is being made when a signal comes', async () => {
    const child = start(['image', 'create', at('filled.qcow2'), '16G', '-o', 'preallocation=full']);
    const ended = finish(child);
    await appears('filled.qcow2');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 143, stdout: '', stderr: '' });
    expect((await readdir(place.directory)).filter((name) => name.startsWith('filled'))).toEqual([]);
  });

  test('closes what is being changed when a signal comes', async () => {
    const file = at('grows.vhdx');
    await hartware(['image', 'create', file, '1G', '-o', 'block_size=1M']);
    const child = start(['image', 'resize', file, '120G']);
    const ended = finish(child);
    await appears('grows.vhdx.lock');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).toBe('');
    expect(await readdir(place.directory)).not.toContain('grows.vhdx.lock');
    const { stdout } = await hartware(['image', 'info', file]);
    // It was not begun, or done.
    expect([code, /disk size: +(\d+) GiB/.exec(stdout)?.[1]]).toEqual(code === 0 ? [0, '120'] : [130, '1']);
  });

  test('says what is wrong', async () => {
    const none = await hartware(['image', 'info', at('none.img')]);
    expect(none).toMatchObject({
      code: 1,
      stderr: `hartware: cannot read ${at('none.img')}: no such file\n`,
    });
    const folder = await hartware(['image', 'info', place.directory]);
    expect(folder.stderr).toContain('it is a directory');
    expect((await hartware(['image', 'check', source])).stderr).toContain('this format has nothing to check');
    expect(problem('image', 'convrt', 'a', 'b')).toContain('did you mean "convert"?');
    expect(problem('image', 'create', 'a.img')).toBe('image create: expected FILE and SIZE, found "a.img"');
    expect(problem('image', 'create', 'a.img', '10')).toContain('expected a size such as "10G"');
    expect(problem('image', 'convert', 'a', 'b', '-O', 'qcow9')).toMatch(/--to: expected .*"raw"/);
    expect(problem('image', 'create', 'a.img', '1M', '-o', 'x=1')).toContain('raw has no option "x"');
    expect(problem('image', 'rebase', 'a.img')).toContain('expected one of --backing FILE and --flatten');
    expect(problem('image', 'check', 'a.img', '--repair', 'some')).toContain('"leaks" or "all"');
    expect((await hartware(['image', '--help'])).stdout).toContain('hartware image compare FILE FILE');
  });

  test('puts no image beneath itself, by whatever name, and takes no image for its own target', async () => {
    const [base, top] = [at('loop-base.qcow2'), at('loop-top.qcow2')];
    await hartware(['image', 'create', base, '1M']);
    await hartware(['image', 'create', top, '-b', base]);
    const linked = at('loop-link.qcow2');
    await link(base, linked);
    const before = await readFile(base);
    for (const args of [
      ['create', base, '-b', base, '--force'],
      ['create', base, '-b', top, '--force'],
      ['create', linked, '-b', top, '--force'],
      ['rebase', base, '-b', base],
      ['rebase', base, '-b', top, '--unsafe'],
      ['rebase', linked, '-b', top],
    ]) {
      const { code, stderr } = await hartware(['image', ...args]);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `hartware: ${args[3]} cannot lie beneath ${args[1]}: it is the same image, or lies on it\n`,
      });
    }
    const { code, stderr } = await hartware(['image', 'convert', top, linked, '--force']);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('of itself') as string,
    });
    expect((await readFile(base)).equals(before)).toBe(true);
  });
});
