/** What is made of the output of a conformance program. */
import { describe, expect, it } from 'vitest';
import { assembleConformance, endLines, pressesWanted } from '../../src/conformance/program.ts';
import { formatTap, isConforming, parseReport } from '../../src/conformance/report.ts';

const PROGRAM = { name: 'p', machine: {}, ids: ['a.one', 'a.two', 'b.three', 'b.four'] };

describe('a report', () => {
  it('has each check once, with what was found', () => {
    const text =
      'OpenSBI v1\r\nok a.one\nnot ok a.two expected 0x1 found 0xff\nok c.unknown\nok a.two\ngarbage';
    expect(parseReport(PROGRAM, text, { 'b.four': 'never had it', 'a.one': 'had not' })).toEqual([
      { id: 'a.one', program: 'p', outcome: 'passed' },
      { id: 'a.two', program: 'p', outcome: 'failed', expected: '0x1', found: '0xff' },
      { id: 'b.three', program: 'p', outcome: 'missing' },
      { id: 'b.four', program: 'p', outcome: 'missing', deviation: 'never had it' },
    ]);
  });

  it('allows all checks of a clause that is known to fail, for the reason of the longest name', () => {
    const results = parseReport(PROGRAM, 'ok a.one\nnot ok a.two expected 0x1 found 0x2', {
      a: 'why',
      b: 'never had it',
      'b.four': 'nor this',
    });
    expect(results.map(({ deviation }) => deviation)).toEqual([undefined, 'why', 'never had it', 'nor this']);
  });

  it('is TAP', () => {
    const results = parseReport(PROGRAM, 'ok a.one\nnot ok a.two expected 0x1 found 0x2', {
      'b.four': 'why',
    });
    expect(results.map(isConforming)).toEqual([true, false, false, true]);
    expect(formatTap(results)).toBe(
      [
        'TAP version 14',
        '1..4',
        'ok 1 - a.one',
        'not ok 2 - a.two',
        '  ---',
        '  program: p',
        '  expected: 0x1',
        '  found: 0x2',
        '  ...',
        'not ok 3 - b.three',
        '  ---',
        '  program: p',
        '  message: the program did not come to this check',
        '  ...',
        'not ok 4 - b.four # TODO why',
        '  ---',
        '  program: p',
        '  message: the program did not come to this check',
        '  ...',
        '',
      ].join('\n'),
    );
  });
});

describe('what is optional', () => {
  const optional = (...clauses: string[]) => ({ ...PROGRAM, machine: { optional: clauses } });

  it('may be absent, with all its checks, and is marked so', () => {
    const results = parseReport(optional('a'), 'absent a\nok b.three\nok b.four');
    expect(results.map(({ outcome }) => outcome)).toEqual(['absent', 'absent', 'passed', 'passed']);
    expect(results.every(isConforming)).toBe(true);
    expect(formatTap(results)).toContain(
      '\nok 2 - a.two # SKIP the machine does not have this optional feature\nok 3',
    );
  });

  it('is what the program names as such, by whole clauses, and what it does not check', () => {
    const outcomes = (program: typeof PROGRAM, text: string) =>
      parseReport(program, text).map(({ outcome }) => outcome);
    const missing = ['missing', 'missing', 'missing', 'missing'];
    expect(outcomes(PROGRAM, 'absent a')).toEqual(missing);
    expect(outcomes(optional('b.th'), 'absent b.th')).toEqual(missing);
    expect(outcomes(optional('b.three'), 'absent b.three')).toEqual(missing.with(2, 'absent'));
    expect(outcomes(optional('a'), 'absent a\nnot ok a.two expected 0x1 found 0x2')[1]).toBe('failed');
  });
});

describe('a program', () => {
  const RUNTIME = {
    board: '',
    macros: '.macro check id\n check.\\id: nop\n .endm',
    machine: '',
    supervisor: '.4byte 0x73',
    report: '',
    virtio: '',
    fdt: '',
    vectors: '',
    paging: '',
    harts: '',
    sbi: '',
    block: '',
    packed: '',
    pci: '',
  };

  it('names its checks and its machine', () => {
    const program = assembleConformance(RUNTIME, {
      name: 'p',
      text: '#: {"harts": 2}\n check b.two\n check a.one\n check.ed = 5\n',
    });
    expect(program).toMatchObject({ machine: { harts: 2 }, ids: ['b.two', 'a.one', 'ed'] });
  });

  it('says how the machine ends, which is a check of its own', () => {
    const text = '#: {"end": {"id": "a.end", "code": 3}}\n check a.one\n';
    const program = assembleConformance(RUNTIME, { name: 'p', text });
    expect(program.ids).toEqual(['a.one', 'a.end']);
    const outcome = (code?: number) =>
      parseReport({ ...PROGRAM, ids: ['a.end'] }, endLines(program, { code, console: '' }))[0];
    expect(outcome(3)).toMatchObject({ outcome: 'passed' });
    expect(outcome(0)).toMatchObject({ outcome: 'failed', expected: '0x3', found: '0x0' });
    expect(outcome()).toMatchObject({ outcome: 'missing' });
    const other = assembleConformance(RUNTIME, { name: 'p', text: '#: {}\n' });
    expect(endLines(other, { code: 3, console: '' })).toBe('');
  });

  it('says what its console prints, which is a check of its own', () => {
    const text = '#: {"console": {"input": "", "id": "a.text", "output": "hi"}}\n check a.one\n';
    const program = assembleConformance(RUNTIME, { name: 'p', text });
    expect(program.ids).toEqual(['a.one', 'a.text']);
    const lines = (console: string) => endLines(program, { code: 0, console });
    expect(lines('hi')).toBe('ok a.text\n');
    expect(lines('')).toBe('not ok a.text expected 0x6869 found 0x0\n');
  });

  it('asks for presses of the power button', () => {
    expect(pressesWanted('ok a.press\npress\nok b\npress\npr')).toBe(2);
    expect(pressesWanted('')).toBe(0);
  });

  it('that cannot be assembled is named, with its line', () => {
    expect(() => assembleConformance(RUNTIME, { name: 'p', text: '#: {}\n nop\n addi a0, a0\n' })).toThrow(
      /^p, line 3: /,
    );
    expect(() => assembleConformance(RUNTIME, { name: 'p', text: 'nop' })).toThrow(
      /p: expected a first line/,
    );
  });
});
