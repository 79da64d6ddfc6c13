import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { executorName, replaceRegions } from '../../../tools/generate/dispatch.ts';
import { findStale, generate } from '../../../tools/generate/generate.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('generate', () => {
  it('finds every generated file up to date', async () => {
    const outputs = await generate(root);
    expect(outputs.size).toBeGreaterThanOrEqual(7);
    expect(findStale(root, outputs)).toEqual([]);
  });

  it('notices a file that differs or is missing', () => {
    const outputs = new Map([
      ['package.json', 'something else'],
      ['no/such/file.ts', ''],
    ]);
    expect(findStale(root, outputs)).toEqual(['package.json', 'no/such/file.ts']);
  });
});

describe('replaceRegions', () => {
  const text = 'a\n  // <generated:x>\n  old\n  // </generated:x>\nb\n';

  it('replaces what stands between the markers, in their indentation', () => {
    const expected = 'a\n  // <generated:x>\n  one\n  $1\n  // </generated:x>\nb\n';
    expect(replaceRegions(text, new Map([['x', ['one', '$1']]]))).toBe(expected);
    expect(replaceRegions(expected, new Map([['x', ['one', '$1']]]))).toBe(expected);
  });

  it('leaves a text without the region alone', () => {
    expect(replaceRegions(text, new Map([['y', ['one']]]))).toBe(text);
  });
});

describe('executorName', () => {
  it('joins the parts of a name', () => {
    expect(executorName('add')).toBe('executeAdd');
    expect(executorName('fcvt.w.s')).toBe('executeFcvtWS');
    expect(executorName('sfence.inval.ir')).toBe('executeSfenceInvalIr');
  });
});
