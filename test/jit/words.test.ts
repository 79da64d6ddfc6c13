/**
 * Code as compilers write it for int and unsigned: words in registers, kept
 * sign-extended, shifted, rotated, masked, compared, and widened to addresses.
 * The translator keeps track of what is a word across blocks and loops.
 */
import { describe, it } from 'vitest';
import { DATA, GuestProgram } from '../support/guest-program.ts';
import { Random } from '../support/random.ts';
import { runBeside } from './run-both.ts';

const REGISTERS = ['a0', 'a1', 'a2', 'a3', 'a4', 't0'];
const WORD = ['addw', 'subw', 'sllw', 'srlw', 'sraw', 'mulw', 'rolw', 'rorw', 'divuw', 'remw'];
const BITWISE = ['xor', 'or', 'and', 'xnor', 'orn', 'andn', 'min', 'max', 'minu', 'maxu', 'slt', 'sltu'];
const WIDE = ['add', 'sub', 'sll', 'srl', 'sra', 'mul', 'sh1add', 'add.uw', 'czero.eqz', 'czero.nez'];
const IMMEDIATE = ['addiw', 'addi', 'xori', 'ori', 'andi', 'slti', 'sltiu'];
const SHIFTS = ['slliw', 'srliw', 'sraiw', 'slli', 'srli', 'srai', 'bexti'];
const UNARY = ['sext.b', 'sext.h', 'zext.h', 'mv', 'sext.w', 'clzw', 'cpop', 'not', 'negw'];
const LOADS = ['lb', 'lbu', 'lh', 'lhu', 'lw', 'lwu', 'ld'];
const STORES = ['sb', 'sh', 'sw', 'sd'];
const BRANCHES = ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu'];

/** One statement, of one or two instructions. */
function statement(random: Random): string {
  const x = (): string => (random.oneIn(12) ? 'zero' : random.pick(REGISTERS));
  const rd = random.pick(REGISTERS);
  switch (random.below(12)) {
    case 0:
    case 1:
      return `${random.pick(WORD)} ${rd}, ${x()}, ${x()}`;
    case 2:
    case 3:
      return `${random.pick(BITWISE)} ${rd}, ${x()}, ${x()}`;
    case 4:
      return `${random.pick(WIDE)} ${rd}, ${x()}, ${x()}`;
    case 5:
      return `${random.pick(IMMEDIATE)} ${rd}, ${x()}, ${random.pick([0, 1, -1, 255, -256, -2048])}`;
    case 6:
      return `${random.pick(SHIFTS)} ${rd}, ${x()}, ${random.pick([1, 7, 16, 24, 31])}`;
    case 7:
      return `${random.pick(UNARY)} ${rd}, ${x()}`;
    case 8:
      return `${random.pick(LOADS)} ${rd}, ${8 * random.below(16)}(s0)`;
    case 9:
      return `${random.pick(STORES)} ${x()}, ${8 * random.below(16)}(s0)`;
    case 10: {
      // An extension without Zba and Zbb, sometimes with something in between.
      const source = x();
      const up = random.pick([32, 32, 33, 40, 48, 56]);
      const back = random.pick([up, up, 32, up - 2, 63]);
      const between = random.oneIn(3)
        ? `\nadd ${random.oneIn(2) ? rd : random.pick(REGISTERS)}, ${x()}, ${x()}`
        : '';
      return `slli ${rd}, ${source}, ${up}${between}\n${random.pick(['srli', 'srai'])} ${random.pick(REGISTERS)}, ${rd}, ${back}`;
    }
    default:
      // A rotation as two shifts.
      return `slliw t3, ${rd}, 7\nsrliw t4, ${rd}, 25\nor ${random.pick(REGISTERS)}, t3, t4`;
  }
}

/** A loop of blocks that branch forward over each other, with a loop within. */
function program(random: Random): string {
  const lines = [`li s0, ${DATA}`, 'li s1, 40'];
  for (const register of REGISTERS) {
    lines.push(
      `li ${register}, ${BigInt.asIntN(64, BigInt(random.uint32()) * (random.oneIn(2) ? 1n : 0x1_0000_0001n))}`,
    );
  }
  lines.push('1:', 'li s4, 3', '2:');
  for (let block = 0; block < 6; block++) {
    for (let i = random.below(5); i >= 0; i--) lines.push(statement(random));
    const target = random.pick(['3f', '3f', '4f']);
    lines.push(
      `${random.pick(BRANCHES)} ${random.pick(REGISTERS)}, ${random.oneIn(5) ? 'zero' : random.pick(REGISTERS)}, ${target}`,
    );
    for (let i = random.below(4); i >= 0; i--) lines.push(statement(random));
    lines.push('3:');
    if (block === 2) lines.push('addiw s4, s4, -1', 'bnez s4, 2b');
    if (block === 3) lines.push('4:');
  }
  lines.push('4:', 'addi s1, s1, -1', 'bnez s1, 1b');
  return lines.join('\n');
}

describe('words', () => {
  it.each(Array.from({ length: 150 }, (_, seed) => seed))(
    'are what they are interpreted, seed %i',
    async (seed) => {
      const source = program(new Random(seed));
      await runBeside(
        (options) => new GuestProgram(source, options),
        { jit: 'on', threshold: 3 },
        { chunk: (index) => 50 + (index % 7) * 31, budget: 100_000 },
      );
    },
  );
});
