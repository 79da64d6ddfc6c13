import { describe, expect, it } from 'vitest';
import { CAUSE_LOAD_ACCESS, CAUSE_STORE_ACCESS } from '../../src/generated/csr.ts';
import {
  DATA,
  expectImmediateForms,
  expectRegisterForms,
  INTEGERS,
  s32,
  s64,
  TestHart,
  u32,
  u64,
} from './test-hart.ts';

const NOWHERE = 0x7000000000n;

describe('RV64I', () => {
  const hart = new TestHart();

  it('computes with registers', () => {
    expectRegisterForms(hart, {
      add: (a, b) => a + b,
      sub: (a, b) => a - b,
      sll: (a, b) => a << (b & 63n),
      slt: (a, b) => (s64(a) < s64(b) ? 1n : 0n),
      sltu: (a, b) => (a < b ? 1n : 0n),
      xor: (a, b) => a ^ b,
      srl: (a, b) => a >> (b & 63n),
      sra: (a, b) => s64(a) >> (b & 63n),
      or: (a, b) => a | b,
      and: (a, b) => a & b,
      addw: (a, b) => s32(a + b),
      subw: (a, b) => s32(a - b),
      sllw: (a, b) => s32(a << (b & 31n)),
      srlw: (a, b) => s32(u32(a) >> (b & 31n)),
      sraw: (a, b) => s32(a) >> (b & 31n),
    });
  });

  it('computes with immediates', () => {
    expectImmediateForms(hart, [0, 1, -1, 5, 2047, -2048], {
      addi: (a, b) => a + b,
      slti: (a, b) => (s64(a) < b ? 1n : 0n),
      sltiu: (a, b) => (a < u64(b) ? 1n : 0n),
      xori: (a, b) => a ^ u64(b),
      ori: (a, b) => a | u64(b),
      andi: (a, b) => a & u64(b),
      addiw: (a, b) => s32(a + b),
    });
  });

  it('shifts by immediates', () => {
    expectImmediateForms(hart, [0, 1, 31, 32, 33, 63], {
      slli: (a, b) => a << b,
      srli: (a, b) => a >> b,
      srai: (a, b) => s64(a) >> b,
    });
    expectImmediateForms(hart, [0, 1, 15, 31], {
      slliw: (a, b) => s32(a << b),
      srliw: (a, b) => s32(u32(a) >> b),
      sraiw: (a, b) => s32(a) >> b,
    });
  });

  it('builds upper immediates', () => {
    hart.execute('lui', { rd: 10, imm: 0x7ffff000 });
    expect(hart.core.readX(0, 10)).toBe(0x7ffff000n);
    hart.execute('lui', { rd: 10, imm: -0x80000000 });
    expect(hart.core.readX(0, 10)).toBe(0xffffffff80000000n);
    hart.execute('auipc', { rd: 10, imm: 0x1000 });
    expect(hart.core.readX(0, 10)).toBe(0x80001000n);
  });

  it('branches on its condition alone', () => {
    const conditions: Record<string, (a: bigint, b: bigint) => boolean> = {
      beq: (a, b) => a === b,
      bne: (a, b) => a !== b,
      blt: (a, b) => s64(a) < s64(b),
      bge: (a, b) => s64(a) >= s64(b),
      bltu: (a, b) => a < b,
      bgeu: (a, b) => a >= b,
    };
    for (const [name, condition] of Object.entries(conditions)) {
      for (const a of INTEGERS) {
        for (const b of INTEGERS) {
          hart.core.writeX(0, 11, a);
          hart.core.writeX(0, 12, b);
          const next = hart.execute(name, { rs1: 11, rs2: 12, imm: 0x40 });
          expect(next, `${name} ${a}, ${b}`).toBe(condition(a, b) ? 0x40n : 4n);
        }
      }
    }
  });

  it('jumps and links', () => {
    expect(hart.execute('jal', { rd: 1, imm: 0x7fe })).toBe(0x7fen);
    expect(hart.core.readX(0, 1)).toBe(0x80000004n);
    hart.core.writeX(0, 1, 0x80000101n);
    expect(hart.execute('jalr', { rd: 1, rs1: 1, imm: -1 })).toBe(0x100n);
    expect(hart.core.readX(0, 1)).toBe(0x80000004n);
  });

  it('leaves x0 zero', () => {
    hart.core.writeX(0, 11, 5n);
    hart.execute('addi', { rd: 0, rs1: 11, imm: 1 });
    hart.execute('add', { rd: 10, rs1: 0, rs2: 0 });
    expect(hart.core.readX(0, 10)).toBe(0n);
  });

  // The pattern has the top bit of every size set at some offset, and clear at another.
  const PATTERN = 0x8091a2b3c4d5e6f7n;
  const SPAN = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n];

  it('loads and extends, aligned or not', () => {
    hart.poke(DATA, PATTERN, 8);
    hart.poke(DATA + 8n, 0x0718293a4b5c6d7en, 8);
    const loads: [string, number, boolean][] = [
      ['lb', 1, true],
      ['lh', 2, true],
      ['lw', 4, true],
      ['ld', 8, true],
      ['lbu', 1, false],
      ['lhu', 2, false],
      ['lwu', 4, false],
    ];
    for (const [name, size, isSigned] of loads) {
      for (const offset of SPAN) {
        const raw = hart.peek(DATA + offset, size);
        const expected = isSigned ? u64(BigInt.asIntN(8 * size, raw)) : raw;
        expect(hart.compute(name, DATA + offset + 100n, 0n, -100), `${name} +${offset}`).toBe(expected);
      }
    }
  });

  it('stores its bytes and no others, aligned or not', () => {
    const stores: [string, number][] = [
      ['sb', 1],
      ['sh', 2],
      ['sw', 4],
      ['sd', 8],
    ];
    for (const [name, size] of stores) {
      for (const offset of SPAN) {
        hart.poke(DATA, 0n, 24);
        hart.core.writeX(0, 11, DATA + offset - 7n);
        hart.core.writeX(0, 12, PATTERN);
        hart.execute(name, { rs1: 11, rs2: 12, imm: 7 });
        expect(hart.peek(DATA, 24), `${name} +${offset}`).toBe(
          BigInt.asUintN(8 * size, PATTERN) << (8n * offset),
        );
      }
    }
  });

  it('crosses pages', () => {
    const edge = DATA + 0x1000n;
    hart.poke(edge - 8n, PATTERN, 8);
    hart.poke(edge, PATTERN, 8);
    for (const back of [1n, 3n, 7n]) {
      expect(hart.compute('ld', edge - back, 0n)).toBe(hart.peek(edge - back, 8));
    }
    hart.core.writeX(0, 11, edge - 3n);
    hart.core.writeX(0, 12, 0x1122334455667788n);
    hart.execute('sd', { rs1: 11, rs2: 12, imm: 0 });
    expect(hart.peek(edge - 3n, 8)).toBe(0x1122334455667788n);
  });

  it('faults where nothing is, and leaves rd alone', () => {
    hart.core.writeX(0, 10, 77n);
    hart.core.writeX(0, 11, NOWHERE);
    const operands = { rd: 10, rs1: 11, rs2: 12, imm: 4 };
    expect(hart.attempt('lw', operands)).toEqual({ cause: BigInt(CAUSE_LOAD_ACCESS), value: NOWHERE + 4n });
    expect(hart.attempt('sd', operands)).toEqual({ cause: BigInt(CAUSE_STORE_ACCESS), value: NOWHERE + 4n });
    expect(hart.core.readX(0, 10)).toBe(77n);
  });
});
