import { describe, expect, it } from 'vitest';
import { AssemblyError, assemble } from '../../src/assembler/assembler.ts';
import { decode } from '../../src/isa/instructions.ts';
import { randomWords } from '../support/instruction-samples.ts';

const SEED = Number(process.env['SEED'] ?? 1);

function bytesOf(source: string, origin?: bigint): number[] {
  return [...assemble(source, { origin }).bytes];
}

/** The program as instruction words, 16-bit ones as they are. */
function wordsOf(source: string): number[] {
  const { bytes } = assemble(source);
  const words: number[] = [];
  for (let i = 0; i < bytes.length;) {
    const half = bytes[i]! | (bytes[i + 1]! << 8);
    const isWide = (half & 3) === 3;
    words.push(isWide ? (half | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)) >>> 0 : half);
    i += isWide ? 4 : 2;
  }
  return words;
}

const names = (source: string) =>
  wordsOf(source).map((word) => {
    const { instruction, compressed } = decode(word)!;
    return (compressed ?? instruction).name;
  });

describe('assemble', () => {
  it('gives the image, its symbols and its entry', () => {
    const program = assemble('nop\n_start: ret\n .equ SIZE, 12\nend:', { origin: 0x1000n });
    expect([...program.bytes]).toEqual([0x13, 0, 0, 0, 0x67, 0x80, 0, 0]);
    expect(program.origin).toBe(0x1000n);
    expect(program.entry).toBe(0x1004n);
    expect([...program.symbols]).toEqual([
      ['_start', 0x1004n],
      ['SIZE', 12n],
      ['end', 0x1008n],
    ]);
    expect(assemble('nop').entry).toBe(0x80000000n);
  });

  it('takes an empty source', () => {
    expect(bytesOf('')).toEqual([]);
    expect(bytesOf('# nothing\n/* at\n all */ // here\n;;\n')).toEqual([]);
  });

  it('resolves labels in both directions, numeric ones to the nearest', () => {
    expect(wordsOf('1: j 1f\n1: j 1b\n1: j 1b')).toEqual([0x0040006f, 0x0000006f, 0x0000006f]);
    expect(wordsOf('j end\nstart: nop\nend: j start')).toEqual([0x0080006f, 0x13, 0xffdff06f]);
    expect(wordsOf('a: b: j a')).toEqual([0x0000006f]);
  });

  it('knows all names of registers', () => {
    expect(wordsOf('add x8, x2, x10')).toEqual(wordsOf('add fp, sp, a0'));
    expect(wordsOf('fadd.d f10, f0, f8')).toEqual(wordsOf('fadd.d fa0, ft0, fs0'));
  });

  it('pads code with nops and data with zeros', () => {
    expect(wordsOf('.option rvc\nc.nop\n.align 3\nret')).toEqual([1, 1, 0x13, 0x8082]);
    expect(bytesOf('.data\n.byte 1\n.align 2\n.byte 2')).toEqual([1, 0, 0, 0, 2]);
    expect(bytesOf('.data\n.byte 1\n.balign 4, 9\n.byte 2')).toEqual([1, 9, 9, 9, 2]);
  });

  it('puts sections after each other, at their alignment', () => {
    const program = assemble(
      '.data\nd: .byte 1\n.align 4\ne:\n.text\nnop\n.section .rodata\nr: .byte 2\n.data\n.byte 3',
    );
    expect(program.symbols.get('d')).toBe(0x80000010n);
    expect(program.symbols.get('e')).toBe(0x80000020n);
    expect(program.symbols.get('r')).toBe(0x80000024n);
    expect(program.bytes[0x20]).toBe(3);
    expect(program.bytes.length).toBe(0x25);
  });

  it('lets sizes depend on what comes later', () => {
    expect(assemble('li a0, end - start\nstart: .zero 4096\nend:').bytes.length).toBe(4096 + 4);
    expect(assemble('li a0, end - start\nstart: .zero 4095\nend:').bytes.length).toBe(4095 + 8);
    expect(bytesOf('.skip end - here\nhere: .word 1\nend:').length).toBe(8);
    expect(assemble('.equ a, b\n.equ b, c\n.equ c, 5').symbols.get('a')).toBe(5n);
  });

  it('lets .set change a symbol', () => {
    expect(bytesOf('.set x, 1\n.byte x\n.set x, x + 1\n.byte x\nx = 7\n.byte x')).toEqual([1, 2, 7]);
  });

  it('evaluates expressions with the precedence of GNU as', () => {
    const value = (text: string) => Number(BigInt.asIntN(64, assemble(`.equ v, ${text}`).symbols.get('v')!));
    expect(value('1 + 2 * 3')).toBe(7);
    expect(value('(1 + 2) * 3')).toBe(9);
    expect(value('1 + 2 | 4')).toBe(7);
    expect(value('1 + 4 & 6')).toBe(5);
    expect(value('1 << 4 - 1')).toBe(15);
    expect(value('-~5 + - 2')).toBe(4);
    expect(value("'a' + '\\n' + ' '")).toBe(97 + 10 + 32);
    expect(value('0x10 + 010 + 0b11 + 9')).toBe(16 + 8 + 3 + 9);
    expect(value('%hi(0x12345fff) + %lo(0xfff)')).toBe(0x12346 - 1);
  });

  it('writes strings and data', () => {
    expect(bytesOf('.asciz "a;#\\"\\x41\\101\\\\"')).toEqual([97, 59, 35, 34, 65, 65, 92, 0]);
    expect(bytesOf('.ascii "é€", "x"')).toEqual([0xc3, 0xa9, 0xe2, 0x82, 0xac, 120]);
    expect(bytesOf('.byte -1, 255\n.half -2\n.dword -1')).toEqual([
      255,
      255,
      254,
      255,
      ...Array(8).fill(255),
    ]);
  });

  it('has every extension, whatever .option arch says', () => {
    expect(wordsOf('.option arch, +zba, +zicboz\nsh1add a0, a1, a2')).toEqual([0x20c5a533]);
  });

  it('compresses after .option rvc only, and keeps the meaning', () => {
    const source =
      'addi a0,a0,1; mv a0,a1; add a0,a0,a1; lw a0,4(a1); sd ra,8(sp); jr ra; lui a0,1; slli a0,a0,3';
    const wide = wordsOf(source).map((word) => decode(word)!);
    const narrow = wordsOf(`.option rvc\n${source}`).map((word) => decode(word)!);
    expect(narrow.every((each) => each.length === 2)).toBe(true);
    expect(names(`.option push\n.option rvc\n.option pop\n${source}`)).toEqual(names(source));
    narrow.forEach((each, i) => {
      // c.mv is add with x0, which mv written in full is not.
      if (each.compressed!.name === 'c.mv') return;
      expect([each.instruction.name, each.operands]).toEqual([wide[i]!.instruction.name, wide[i]!.operands]);
    });
  });

  it('leaves wide what has no 16-bit form', () => {
    expect(names('.option rvc\naddi a0,a1,1; lw t0,4(t1); addi x0,x0,5; and a0,a1,a2; beqz a0,.')).toEqual([
      'addi',
      'lw',
      'addi',
      'and',
      'beq',
    ]);
  });

  it('loads any constant with li', () => {
    const random = randomWords(SEED);
    const values = [0n, -1n, (1n << 63n) - 1n, -(1n << 63n), 0xfffffffffffffffen];
    for (let bit = 0n; bit < 64n; bit++) {
      for (const near of [-2049n, -2048n, -1n, 0n, 1n, 2047n, 2048n]) values.push((1n << bit) + near);
      values.push(BigInt.asIntN(64, (BigInt(random()) << 32n) | BigInt(random())) >> bit);
    }
    for (const value of values) {
      const words = wordsOf(`li a0, ${value}`);
      expect(words.length).toBeLessThanOrEqual(8);
      expect(run(words), `li a0, ${value}`).toBe(BigInt.asIntN(64, value));
    }
  });

  it('reaches any address with la, call and %pcrel', () => {
    for (const distance of [0x10, 0x7fc, 0x800, 0xffc, 0x12344]) {
      const program = assemble(`la a0, there\n.skip ${distance}\nthere:`);
      const words = [...new Uint32Array(program.bytes.buffer.slice(0, 8))];
      expect(run(words, 0x80000000n)).toBe(program.symbols.get('there'));
      const spelled = assemble(
        `1: auipc a0, %pcrel_hi(there)\naddi a0, a0, %pcrel_lo(1b)\n.skip ${distance}\nthere:`,
      );
      expect(spelled.bytes).toEqual(program.bytes);
    }
  });
});

/** Runs what li and la become; the value of a0. */
function run(words: readonly number[], pc = 0n): bigint {
  let a0 = 0n;
  words.forEach((word, i) => {
    const { instruction, operands } = decode(word)!;
    const imm = BigInt(operands['imm']!);
    const source = operands['rs1'] === 0 ? 0n : a0;
    expect(operands['rd']).toBe(10);
    if (instruction.name === 'lui') a0 = imm;
    else if (instruction.name === 'auipc') a0 = pc + BigInt(4 * i) + imm;
    else if (instruction.name === 'addi') a0 = BigInt.asIntN(64, source + imm);
    else if (instruction.name === 'addiw') a0 = BigInt.asIntN(32, source + imm);
    else if (instruction.name === 'slli') a0 = BigInt.asIntN(64, source << imm);
    else throw new Error(`unexpected ${instruction.name}`);
  });
  return a0;
}

describe('assemble refuses', () => {
  it.each([
    ['addi a0,a0,2048', 'from -2048 to 2047, found 2048'],
    ['addi a0,a0', 'expected "addi rd,rs1,imm", found 2 operands'],
    ['frobnicate a0', 'expected an instruction, found "frobnicate"'],
    ['beq a0,a1,.+1', 'a multiple of 2, found 1'],
    ['beq a0,a1,.+4096', 'from -4096 to 4094'],
    ['lw a0,8(b)', 'expected offset(register), found "8(b)"'],
    ['slli a0,a0,64', 'from 0 to 63'],
    ['lui a0,0x100000', 'from 0 to 0xfffff'],
    ['csrwi mscratch,32', 'from 0 to 31'],
    ['fadd.s ft0,ft1,a0', 'expected a floating-point register, found "a0"'],
    ['fadd.s ft0,ft1,ft2,odd', 'expected a rounding mode'],
    ['add a0,a1,fa0', 'found the register fa0'],
    ['.word 1 << 32', 'expected a value of 32 bits'],
    ['.byte 256', 'expected a value of 8 bits'],
    ['.dword nowhere', 'expected a symbol that is defined, found "nowhere"'],
    ['j 1f', 'found "1f"'],
    ['x: nop; x: nop', 'found "x" a second time'],
    ['.align 1, 2, 3', 'expected 1 to 2 operands of .align, found 3'],
    ['.balign 3', 'expected a power of two'],
    ['.space -1', 'expected a size'],
    ['.space 1 << 30', 'expected at most'],
    ['.bogus', 'expected a directive, found ".bogus"'],
    ['.option pop', 'expected .option push'],
    ['.option fast', 'expected rvc, norvc, push or pop, found "fast"'],
    ['.asciz hello', 'expected a string in quotes, found hello'],
    ['.asciz "hello', 'expected a closing "'],
    ['.ascii "\\q"', 'expected an escape'],
    ['/* open', 'expected */'],
    ['li a0, (1 + 2', 'expected ), found ""'],
    ['li a0, 1 / 0', 'division by zero'],
    ['li a0, 1 << 64', 'expected 64 bits'],
    ['li a0, %what(1)', 'expected %hi, %lo'],
    ['li a0, ' + '('.repeat(5000) + '1', 'levels in an expression'],
    ['c.addi4spn a0,sp,0', 'reserved encoding'],
    ['c.lui sp,1', 'is c.addi16sp'],
    ['c.mv a0,zero', 'is c.jr'],
    ['c.lw t0,0(a0)', 'registers 8 to 15 only'],
    ['c.addiw zero,1', 'reserved encoding'],
    ['amocas.q a1,a2,(a0)', 'reserved'],
    ['add.aq a0,a0,a0', 'expected an instruction'],
    ['1x: nop', 'expected an instruction or a directive'],
  ])('%s', (line, reason) => {
    const attempt = () => assemble(`nop\n\n${line}\n`);
    expect(attempt).toThrow(AssemblyError);
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow(/^line 3: /);
  });

  it('sizes that never settle', () => {
    // The gap is one byte if it is none, and none if it is one.
    expect(() => assemble('a: .skip 1 - (b - a)\nb:')).toThrow(AssemblyError);
  });
});

describe('macros', () => {
  const same = (source: string, expanded: string) => expect(bytesOf(source)).toEqual(bytesOf(expanded));

  it('take arguments by place and by name, with defaults', () => {
    same(
      `.macro put register:req, value=7, more = "1 + 1"
       li \\register, \\value
       addi \\register, \\register, \\more
       .endm
       put a0; put a1, 5; put a2, more=9; PUT a3, , 4`,
      `li a0, 7; addi a0, a0, 2; li a1, 5; addi a1, a1, 2; li a2, 7; addi a2, a2, 9
       li a3, 7; addi a3, a3, 4`,
    );
  });

  it('use macros, count their uses, and keep labels apart', () => {
    same(
      `.macro wait count
       li t0, \\count
       .Lagain\\@: addi t0, t0, -1
       bnez t0, .Lagain\\@
       .endm
       .macro twice first second:vararg
       wait \\first
       \\second
       .endm
       start: twice 3, addi a0, a0, 1
       twice 4, j start`,
      `start: li t0, 3; 1: addi t0, t0, -1; bnez t0, 1b; addi a0, a0, 1
       li t0, 4; 1: addi t0, t0, -1; bnez t0, 1b; j start`,
    );
  });

  it('put arguments into strings and names', () => {
    same(
      `.macro named text, name
       x\\name\\()_0: .asciz "\\text, \\name\\n"
       .endm
       named "a, b", y
       .dword xy_0`,
      `xy: .asciz "a, b, y\\n"
       .dword xy`,
    );
  });

  it('repetitions', () => {
    same('.rept 3\n .rept 0x2\n nop\n .endr\n ret\n .endr', 'nop;nop;ret;nop;nop;ret;nop;nop;ret');
    same('.irp r, a0, a1, "a2"\n mv \\r, sp\n .endr', 'mv a0, sp; mv a1, sp; mv a2, sp');
  });

  it.each([
    ['.macro a\n nop', 1, 'expected .endm to end .macro'],
    ['nop\n .endm', 2, 'expected .macro before .endm'],
    ['.rept\n .endr', 1, 'expected a number of repetitions, found ""'],
    ['.rept a\n .endr', 1, 'expected a number of repetitions, found "a"'],
    ['.macro 5\n .endm', 1, 'expected the name of a macro, found "5"'],
    ['.macro a\n .endm\n .macro a\n .endm', 3, 'expected a new macro, found "a" a second time'],
    ['.macro a b:req\n .endm\n a', 3, 'expected the argument b of a'],
    ['.macro a b\n .endm\n nop; a 1, 2', 3, 'expected at most 1 arguments of a, found 2'],
    ['.macro a b:some\n .endm', 1, 'expected parameters such as'],
    ['.macro a\n a\n .endm\n a', 4, 'expected at most 100 nested macros'],
    ['.rept 1000000000\n .endr', 1, 'expected at most 1000000 statements'],
    ['.macro a b\n addi a0, \\b\n .endm\n nop\n a 1', 5, 'addi'],
  ])('%j is refused', (source, line, reason) => {
    expect(() => assemble(source)).toThrowError(
      expect.objectContaining({ line, message: expect.stringContaining(reason) as string }) as Error,
    );
  });
});
