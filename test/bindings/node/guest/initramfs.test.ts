import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { SHELL_INIT, shellInitramfs } from '../../../../src/bindings/node/guest/initramfs.ts';
import { readCpio, type CpioEntry } from '../../../../src/images/cpio.ts';

const text = (entries: readonly CpioEntry[], path: string) => {
  const entry = entries.find((candidate) => candidate.path === path);
  return entry?.kind === 'file' ? Buffer.from(entry.bytes).toString() : undefined;
};

describe('shell initramfs', () => {
  test('has an executable init where the kernel is told to look', () => {
    const init = readCpio(shellInitramfs()).find(({ path }) => `/${path}` === SHELL_INIT);
    expect(init).toMatchObject({ kind: 'file', permissions: 0o755 });
  });

  test('every script parses', () => {
    const entries = readCpio(
      shellInitramfs({ hostName: "o'neil", columns: 80, rows: 25, interactive: false, terminal: 'vt100' }),
    );
    const others = readCpio(shellInitramfs({ devices: ['hvc0', 'ttyS0'] }));
    for (const entry of [...entries, ...others]) {
      if (entry.kind === 'file' && entry.permissions === 0o755) {
        execFileSync('sh', ['-n'], { input: Buffer.from(entry.bytes) });
      }
    }
    expect(text(entries, 'hartware/init')).toContain(`hostname 'o'\\''neil'`);
    expect(text(others, 'hartware/init')).toContain('for name in hvc0 ttyS0;');
    expect(text(entries, 'hartware/session')).toContain('stty columns 80 rows 25');
    expect(text(entries, 'hartware/session')).toContain('stty -echo');
  });

  test('greets, and loads modules in their order', () => {
    const modules = ['b', 'a'].map((name) => ({ name, bytes: new Uint8Array([1, 2]) }));
    const entries = readCpio(shellInitramfs({ greeting: 'Hello', modules }));
    expect(text(entries, 'hartware/greeting')).toBe('\nHello\n\n');
    expect(text(entries, 'hartware/init')).toContain(
      'for module in /hartware/modules/b.ko /hartware/modules/a.ko;',
    );
    expect(text(entries, 'hartware/modules/a.ko')).toBe('\x01\x02');
  });

  test('refuses names and sizes that are none', () => {
    expect(() => shellInitramfs({ modules: [{ name: '../x', bytes: new Uint8Array() }] })).toThrow(
      /name of a module/,
    );
    expect(() => shellInitramfs({ devices: ['hvc0; reboot'] })).toThrow(/name of a terminal/);
    expect(() => shellInitramfs({ columns: 0.5, rows: 1 })).toThrow(/size of a terminal/);
  });
});
