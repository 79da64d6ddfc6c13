import { describe, expect, it } from 'vitest';
import * as plicRegisters from '../../src/devices/plic.ts';
import { Plic, PLIC_SOURCES } from '../../src/devices/plic.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const { CONTEXT_BASE, CONTEXT_STRIDE, CONTEXT_CLAIM, ENABLE_BASE, ENABLE_STRIDE, PENDING_BASE } =
  plicRegisters;

const makePlic = (contexts = 4) => {
  const lines = Array.from({ length: contexts }, () => new RecordedLine());
  const plic = new Plic(lines);
  return {
    plic,
    lines,
    setPriority: (source: number, priority: number) => plic.write(source * 4, 4, priority),
    enable: (context: number, ...sources: number[]) => {
      for (let word = 0; word < 4; word++) {
        const bits = sources
          .filter((source) => source >> 5 === word)
          .reduce((all, source) => all | (1 << source), 0);
        plic.write(ENABLE_BASE + context * ENABLE_STRIDE + word * 4, 4, bits >>> 0);
      }
    },
    setThreshold: (context: number, threshold: number) =>
      plic.write(CONTEXT_BASE + context * CONTEXT_STRIDE, 4, threshold),
    claim: (context: number) => plic.read(CONTEXT_BASE + context * CONTEXT_STRIDE + CONTEXT_CLAIM),
    complete: (context: number, source: number) =>
      plic.write(CONTEXT_BASE + context * CONTEXT_STRIDE + CONTEXT_CLAIM, 4, source),
    pending: (source: number) => ((plic.read(PENDING_BASE + (source >> 5) * 4) >>> (source & 31)) & 1) !== 0,
  };
};

describe('Plic', () => {
  it.each([1, 10, 31, 32, 63, 64, 95, 96])('delivers source %i from wire to completion', (source) => {
    const { plic, lines, setPriority, enable, claim, complete, pending } = makePlic();
    setPriority(source, 1);
    enable(1, source);
    plic.source(source).set(true);
    expect(lines.map((line) => line.level)).toEqual([false, true, false, false]);
    expect(pending(source)).toBe(true);
    expect(claim(1)).toBe(source);
    expect(lines[1].level).toBe(false);
    expect(pending(source)).toBe(false);
    expect(claim(1)).toBe(0);
    plic.source(source).set(false);
    complete(1, source);
    expect(lines[1].level).toBe(false);
    expect(claim(1)).toBe(0);
  });

  it('makes a new request at completion while the wire is high', () => {
    const { plic, lines, setPriority, enable, claim, complete } = makePlic();
    setPriority(5, 1);
    enable(0, 5);
    plic.source(5).set(true);
    expect(claim(0)).toBe(5);
    expect(lines[0].level).toBe(false);
    complete(0, 5);
    expect(lines[0].level).toBe(true);
    expect(claim(0)).toBe(5);
  });

  it('keeps the gateway closed until completion', () => {
    const { plic, setPriority, enable, claim, complete, pending } = makePlic();
    setPriority(5, 1);
    enable(0, 5);
    plic.source(5).set(true);
    claim(0);
    plic.source(5).set(false);
    plic.source(5).set(true);
    expect(pending(5)).toBe(false);
    plic.source(5).set(false);
    complete(0, 5);
    expect(pending(5)).toBe(false);
  });

  it('keeps a request whose wire fell before the claim', () => {
    const { plic, setPriority, enable, claim } = makePlic();
    setPriority(5, 1);
    enable(0, 5);
    plic.source(5).set(true);
    plic.source(5).set(false);
    expect(claim(0)).toBe(5);
  });

  it('claims by priority, then by the lowest number', () => {
    const { plic, setPriority, enable, claim } = makePlic();
    const priorities = new Map([
      [3, 2],
      [40, 7],
      [41, 7],
      [90, 3],
    ]);
    for (const [source, priority] of priorities) setPriority(source, priority);
    enable(2, ...priorities.keys());
    for (const source of [41, 90, 3, 40]) plic.source(source).set(true);
    expect([claim(2), claim(2), claim(2), claim(2), claim(2)]).toEqual([40, 41, 90, 3, 0]);
  });

  it('masks by threshold what is delivered and not what is claimed', () => {
    const { plic, lines, setPriority, enable, setThreshold, claim } = makePlic();
    setPriority(7, 3);
    enable(0, 7);
    setThreshold(0, 3);
    plic.source(7).set(true);
    expect(lines[0].level).toBe(false);
    setThreshold(0, 2);
    expect(lines[0].level).toBe(true);
    setThreshold(0, 7);
    expect(lines[0].level).toBe(false);
    expect(claim(0)).toBe(7);
  });

  it('never delivers priority 0', () => {
    const { plic, lines, setPriority, enable, claim, pending } = makePlic();
    enable(0, 7);
    plic.source(7).set(true);
    expect(pending(7)).toBe(true);
    expect(lines[0].level).toBe(false);
    expect(claim(0)).toBe(0);
    setPriority(7, 1);
    expect(lines[0].level).toBe(true);
  });

  it('lets one of several contexts claim', () => {
    const { plic, lines, setPriority, enable, claim, complete } = makePlic();
    setPriority(9, 1);
    enable(0, 9);
    enable(3, 9);
    plic.source(9).set(true);
    expect(lines.map((line) => line.level)).toEqual([true, false, false, true]);
    expect(claim(3)).toBe(9);
    expect(lines.map((line) => line.level)).toEqual([false, false, false, false]);
    expect(claim(0)).toBe(0);
    complete(1, 9); // Not enabled there: ignored.
    expect(claim(0)).toBe(0);
    complete(0, 9);
    expect(claim(0)).toBe(9);
  });

  it('ignores completions of what was not claimed or does not exist', () => {
    const { plic, setPriority, enable, claim, complete, pending } = makePlic();
    setPriority(9, 1);
    enable(0, 9);
    plic.source(9).set(true);
    complete(0, 9);
    for (const source of [0, 97, 1023, 0xffff_ffff]) complete(0, source);
    expect(pending(9)).toBe(true);
    expect(claim(0)).toBe(9);
  });

  it('keeps three bits of priority and threshold, and no enable bit without a source', () => {
    const { plic, setPriority, setThreshold } = makePlic();
    setPriority(96, 0xffff_ffff);
    setPriority(0, 7);
    setPriority(97, 7);
    expect([plic.read(96 * 4), plic.read(0), plic.read(97 * 4)]).toEqual([7, 0, 0]);
    setThreshold(1, 0x18);
    expect(plic.read(CONTEXT_BASE + CONTEXT_STRIDE)).toBe(0);
    const words = [0, 4, 8, 12, 16].map((offset) => {
      plic.write(ENABLE_BASE + offset, 4, 0xffff_ffff);
      return plic.read(ENABLE_BASE + offset);
    });
    expect(words).toEqual([0xffff_fffe, 0xffff_ffff, 0xffff_ffff, 1, 0]);
  });

  it('does not let software write pending bits, nor contexts that are not there', () => {
    const { plic } = makePlic(2);
    plic.write(PENDING_BASE, 4, 0xffff_ffff);
    expect(plic.read(PENDING_BASE)).toBe(0);
    plic.write(ENABLE_BASE + 2 * ENABLE_STRIDE, 4, 2);
    plic.write(CONTEXT_BASE + 2 * CONTEXT_STRIDE, 4, 2);
    expect(plic.read(ENABLE_BASE + 2 * ENABLE_STRIDE)).toBe(0);
    expect(plic.read(CONTEXT_BASE + 2 * CONTEXT_STRIDE)).toBe(0);
    expect(plic.read(CONTEXT_BASE + 2 * CONTEXT_STRIDE + CONTEXT_CLAIM)).toBe(0);
  });

  it('drives a line only when its level changes, and every line at reset', () => {
    const driven: string[] = [];
    const plic = new Plic(
      ['M', 'S'].map((name) => ({ set: (level) => void driven.push(`${name} ${level}`) })),
    );
    plic.reset();
    expect(driven.splice(0)).toEqual(['M false', 'S false']);
    plic.write(5 * 4, 4, 1);
    plic.write(6 * 4, 4, 1);
    plic.write(ENABLE_BASE, 4, 0x60);
    plic.source(5).set(true);
    plic.source(6).set(true);
    expect(driven.splice(0)).toEqual(['M true']);
    plic.reset();
    expect(driven).toEqual(['M false', 'S false']);
  });

  it('forgets everything but the wires at reset', () => {
    const { plic, lines, setPriority, enable, claim, pending } = makePlic();
    setPriority(9, 1);
    enable(0, 9);
    plic.source(9).set(true);
    claim(0);
    plic.reset();
    expect(lines[0].level).toBe(false);
    expect(plic.read(9 * 4)).toBe(0);
    expect(pending(9)).toBe(true);
  });

  it('has 96 sources and says so', () => {
    const { plic } = makePlic();
    for (const source of [0, PLIC_SOURCES + 1, 1.5, -1])
      expect(() => plic.source(source)).toThrow(RangeError);
    expect(plic.fdtNode().properties).toEqual({
      compatible: ['sifive,plic-1.0.0', 'riscv,plic0'],
      'interrupt-controller': true,
      '#interrupt-cells': 1,
      '#address-cells': 0,
      'riscv,ndev': 0x60,
    });
  });
});
