/** The bundle for browsers is also imported where pages are rendered on a server: it must do nothing then. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BUNDLE = new URL('../../dist/browser.js', import.meta.url);

/** Runs `script`, as a module, in a Node of its own. */
function runNode(script: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { status, stdout, stderr };
}

test('importing it in Node touches no global of browsers', () => {
  const script = `
    const touched = [];
    const names = [
      'window', 'self', 'document', 'navigator', 'location', 'fetch', 'Response', 'Request', 'WebAssembly',
      'Worker', 'MessageChannel', 'crypto', 'performance', 'setTimeout', 'setInterval', 'SharedArrayBuffer',
      'ReadableStream', 'WritableStream', 'DecompressionStream', 'process', 'Buffer', 'localStorage',
    ];
    const before = Reflect.ownKeys(globalThis).length;
    const undo = names.map((name) => {
      const original = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get() { touched.push(name); return undefined; },
        set() { touched.push(name); },
      });
      return () => original ? Object.defineProperty(globalThis, name, original) : delete globalThis[name];
    });
    const hartware = await import(${JSON.stringify(BUNDLE.href)});
    undo.forEach((restore) => restore());
    const after = Reflect.ownKeys(globalThis).length;
    const { hartware: version } = hartware.validateDescription({ hartware: 1, boot: { kernel: 'Image' } });
    console.log(JSON.stringify({ touched, added: after - before, version, type: typeof hartware.createMachine }));
  `;
  const { status, stdout, stderr } = runNode(script);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ touched: [], added: 0, version: 1, type: 'function' });
});

test('it runs in Node when it is given core.wasm', () => {
  const core = fileURLToPath(new URL('core.wasm', BUNDLE));
  const script = `
    import { readFileSync } from 'node:fs';
    import { createMachine } from ${JSON.stringify(BUNDLE.href)};
    const machine = await createMachine(
      { hartware: 1, memory: '16M', boot: { firmware: 'program' } },
      { files: { program: new Uint8Array([0x73, 0x00, 0x50, 0x10]) }, wasm: readFileSync(${JSON.stringify(core)}) },
    );
    await machine.step(100);
    console.log(machine.state, (await machine.stop()).reason);
  `;
  expect(runNode(script)).toEqual({ status: 0, stdout: 'paused stopped\n', stderr: '' });
});
