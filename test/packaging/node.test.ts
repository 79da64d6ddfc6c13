/** The tarball: what is in it, and that Node and TypeScript take it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Application, commandOf, DESCRIPTION, HELLO, helloSource, PROGRAM } from './package.ts';

let application: Application;
beforeAll(async () => {
  application = await Application.create();
});
afterAll(() => application?.remove());

const inPackage = (path: string): string => application.path(join('node_modules/hartware', path));

describe('the tarball', () => {
  test('has every target of its exports, and no dependencies', async () => {
    const { exports, bin, dependencies } = (await application.manifest) as Record<string, object>;
    const targets: string[] = Object.values(bin as Record<string, string>);
    const collect = (value: unknown): void => {
      if (typeof value === 'string') targets.push(value);
      else Object.values(value as object).forEach(collect);
    };
    collect(exports);
    expect(targets.length).toBeGreaterThan(6);
    expect(targets.filter((target) => !existsSync(inPackage(target)))).toEqual([]);
    expect(dependencies).toBeUndefined();
  });

  test('source maps hold their sources, and sources are named by nothing of the computer', async () => {
    for (const name of [
      'node.js',
      'browser.js',
      'worker.js',
      'local-machine.js',
      'disks.js',
      'image-drive.js',
      'cli.js',
      'conformance-page.js',
    ]) {
      const map = JSON.parse(await readFile(inPackage(`dist/${name}.map`), 'utf8')) as { sources: string[] };
      expect(map.sources.filter((source) => !/^\.\.\/(src|node_modules)\//.test(source))).toEqual([]);
    }
  });

  test.each([
    ['in a worker', 'worker.js'],
    ["on the page's thread", 'local-machine.js'],
  ])('what a page loads for a machine %s is small', async (_where, machine) => {
    for (const [method, compress, limit] of [
      ['gzip', (bytes: Uint8Array) => gzipSync(bytes, { level: 9 }), 143],
      ['brotli', (bytes: Uint8Array) => brotliCompressSync(bytes), 123],
    ] as const) {
      const sizes: Record<string, number> = {};
      for (const name of ['browser.js', machine, 'core.wasm'])
        sizes[name] = compress(await readFile(inPackage(`dist/${name}`))).length / 1024;
      const sum = Object.values(sizes).reduce((all, size) => all + size, 0);
      const list = Object.entries({ ...sizes, together: sum }).map(
        ([name, size]) => `${name} ${size.toFixed(1)} KiB`,
      );
      console.log(`compressed by ${method}: ${list.join(', ')}`);
      expect(sum).toBeLessThan(limit);
    }
  });

  test('publint finds nothing', async () => {
    const output = await application.run(
      process.execPath,
      commandOf('publint'),
      'node_modules/hartware',
      '--strict',
    );
    expect(output).toContain('All good!');
  });

  test('its types are right for every way to resolve them', async () => {
    const attw = commandOf('attw');
    const output = await application.run(
      process.execPath,
      attw,
      await application.tarball,
      '--profile',
      'esm-only',
      '--no-color',
      '--no-emoji',
      '--exclude-entrypoints',
      './core.wasm',
      './worker.js',
      './local-machine.js',
      './image-drive.js',
      './machine.schema.json',
    );
    expect(output).toMatch(/node16 \(from ESM\) +│ OK \(ESM\)/);
    expect(output).toMatch(/bundler +│ OK/);
  });
});

describe('Node', () => {
  test('imports it', async () => {
    await application.write(
      'import.js',
      `import { createMachine } from 'hartware';${helloSource()}\nprocess.stdout.write(await hello());`,
    );
    expect(await application.run(process.execPath, 'import.js')).toBe(HELLO);
  });

  test('requires it', async () => {
    await application.write(
      'require.cjs',
      `const { createMachine, HartwareError } = require('hartware');
      (async () => {
        const machine = await createMachine(${DESCRIPTION}, { files: { program: ${PROGRAM} } });
        await machine.start();
        for await (const bytes of machine.serial.output) process.stdout.write(bytes);
        const error = await machine.start().catch((error) => error);
        process.stdout.write(String(error instanceof HartwareError && error.code));
      })();`,
    );
    expect(await application.run(process.execPath, '--no-warnings', 'require.cjs')).toBe(`${HELLO}STATE`);
  });

  test('runs it in a worker thread', async () => {
    await application.write(
      'worker.js',
      `import { createMachine } from 'hartware';${helloSource('worker: true,')}\nprocess.stdout.write(await hello());`,
    );
    expect(await application.run(process.execPath, 'worker.js')).toBe(HELLO);
  });

  test('has the command', async () => {
    expect(await application.run('npx', '--no-install', 'hartware', '--version')).toMatch(
      /^hartware \d+\.\d+\.\d+\n$/,
    );
  });

  test('has the schema of machine descriptions', async () => {
    await application.write(
      'schema.cjs',
      `process.stdout.write(require('hartware/machine.schema.json').$id);`,
    );
    expect(await application.run(process.execPath, 'schema.cjs')).toBe('urn:hartware:machine:1');
  });

  test('finds core.wasm and worker.js by name', async () => {
    await application.write(
      'resolve.js',
      `for (const name of ['core.wasm', 'worker.js']) console.log(import.meta.resolve('hartware/' + name).split('/').slice(-2).join('/'));`,
    );
    expect(await application.run(process.execPath, 'resolve.js')).toBe('dist/core.wasm\ndist/worker.js\n');
  });
});

describe('TypeScript', () => {
  test.each([
    ['nodenext', 'nodenext', ['ES2022'], true],
    ['esnext', 'bundler', ['ES2022', 'DOM'], false],
  ])('checks an application against it (%s, %s)', async (module, moduleResolution, lib, isNode) => {
    if (isNode) await application.borrow('@types/node');
    await application.write(
      'app.ts',
      `import { createMachine, StateError, type Machine, type MachineStop, type BlockBackend } from 'hartware';
      const machine: Machine = await createMachine({ hartware: 1, boot: { kernel: 'Image' } }, { limits: { instructions: 5 } });
      const stop: MachineStop = await machine.run();
      if (stop.reason === 'watchpoint') stop.address satisfies bigint;
      using subscription = machine.on('stop', ({ reason }) => void (reason satisfies string));
      const x: bigint = await machine.harts[0].read('a0');
      // @ts-expect-error: there is no such option
      await createMachine({ hartware: 1, boot: { kernel: 'Image' } }, { limit: 5 });
      // @ts-expect-error: a description needs to say what boots
      await createMachine({ hartware: 1 });
      export const backend: BlockBackend | undefined = undefined;
      export { StateError, x, subscription };`,
    );
    await application.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          ...{
            module,
            moduleResolution,
            lib: [...lib, 'ESNext.Disposable'],
            target: 'ES2022',
            strict: true,
            noEmit: true,
          },
          types: isNode ? ['node'] : [],
        },
        files: ['app.ts'],
      }),
    );
    expect(
      await application
        .run(process.execPath, commandOf('tsc'), '-p', 'tsconfig.json')
        .catch((error: { stdout: string }) => error.stdout),
    ).toBe('');
  });
});
