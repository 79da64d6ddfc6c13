/**
 * What small programs become: the regions that are compiled while they run, as
 * text of WebAssembly, in golden/. After a change that means it,
 * `npx vitest run test/jit/golden -u` writes the files anew; read what changed.
 */
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { GuestProgram } from '../support/guest-program.ts';
import { replacingModules } from './compiled-modules.ts';

const { readWasm } = await wabt();

/** Locals that every region has (assembly/isa/emit.ts). */
const LOCALS = ['hart', 'pc', 'budget', 'depth', 'exit', 'tlb_read', 'tlb_write'];
/** Where f registers lie in the hart record, and what comes after them. */
const F_BASE = 512;
const F_END = 768;

/** The modules that the host is given while `run` goes on. */
async function modulesOf(run: () => void): Promise<Uint8Array[]> {
  const modules: Uint8Array[] = [];
  await replacingModules((bytes) => {
    modules.push(new Uint8Array(bytes));
    return bytes;
  }, run);
  return modules;
}

/** A function with names for its locals: those of guest registers are known by where they are loaded or stored. */
function withNames(text: string): string {
  const names = new Map(LOCALS.map((name, index) => [index, name]));
  const note = (local: string, offset: string): void => {
    const at = Number(offset);
    if (at < 256) names.set(Number(local), `x${at / 8}`);
    else if (at >= F_BASE && at < F_END) names.set(Number(local), `f${(at - F_BASE) / 8}`);
  };
  for (const [, local, , offset] of text.matchAll(
    /local\.set (\d+)\s+\((i64|f64)\.load offset=(\d+)\s+\(local\.get 0\)\)/g,
  ))
    note(local, offset);
  for (const [, , offset, local] of text.matchAll(
    /\((i64|f64)\.store offset=(\d+)\s+\(local\.get 0\)\s+\(local\.get (\d+)\)\)/g,
  ))
    note(local, offset);
  return text.replace(
    /local\.(get|set|tee) (\d+)/g,
    (_, kind: string, local: string) => `local.${kind} $${names.get(Number(local)) ?? local}`,
  );
}

/** The functions of a module as text. */
function functionsOf(bytes: Uint8Array): string {
  const module = readWasm(bytes, { readDebugNames: false, tail_call: true });
  // No access claims an alignment.
  const text = module.toText({ foldExprs: true, inlineExport: false }).replaceAll(' align=1', '');
  module.destroy();
  const parts = text.split(/\n {2}(?=\()/).filter((part) => part.startsWith('(func (;'));
  return parts
    .map(withNames)
    .join('\n')
    .replace(/\)\s*$/, ')');
}

const PROGRAMS: Readonly<Record<string, string>> = {
  'straight-line': `
    li s0, 20
    again: call compute
    addi s0, s0, -1
    bnez s0, again
    j finish
    .balign 4096
    compute: addi a0, a0, 1
    slli a1, a0, 3
    xor a2, a1, a0
    mulhu a3, a2, a1
    divu a4, a3, a0
    ret`,
  loop: `
    li a0, 0
    li a1, 100
    1: add a0, a0, a1
    addi a1, a1, -1
    bnez a1, 1b`,
  'nested-loop': `
    li a1, 30
    1: li a2, 5
    2: add a0, a0, a2
    addi a2, a2, -1
    bnez a2, 2b
    addi a1, a1, -1
    bnez a1, 1b`,
  'if-else': `
    li a1, 50
    1: andi a2, a1, 1
    beqz a2, 2f
    addi a3, a3, 5
    j 3f
    2: sub a4, a4, a1
    3: add a5, a3, a4
    addi a1, a1, -1
    bnez a1, 1b`,
  irreducible: `
    li a1, 50
    1: andi a2, a1, 3
    beqz a2, 3f
    2: addi a3, a3, 1
    3: addi a4, a4, 1
    addi a1, a1, -1
    andi a5, a1, 7
    bnez a5, 2b
    bgtz a1, 1b`,
  'call-in-batch': `
    li a1, 50
    1: mv a0, a1
    jal ra, square
    add a2, a2, a0
    addi a1, a1, -1
    bnez a1, 1b
    j finish
    square: mul a0, a0, a0
    ret`,
  'indirect-jump': `
    la s0, 1f
    la s1, 2f
    li a1, 50
    1: xor s2, s0, s1
    addi a1, a1, -1
    beqz a1, finish
    jr s1
    .balign 4
    2: addi a2, a2, 1
    jr s0`,
  'load-store': `
    li s0, DATA
    li a1, 50
    1: lw a2, 4(s0)
    add a2, a2, a1
    sw a2, 4(s0)
    lbu a3, 7(s0)
    addi a1, a1, -1
    bnez a1, 1b`,
  'two-pages': `
    li a1, 50
    j 1f
    .balign 4096
    .skip 4096 - 10
    1: addi a2, a2, 1
    addi a3, a3, 1
    # This one lies on both.
    addi a4, a4, 1
    addi a1, a1, -1
    bnez a1, 1b`,
  'floating-point': `
    li t0, 0x6000
    csrs mstatus, t0
    csrwi fflags, 1
    li s0, DATA
    li a1, 50
    fcvt.d.l f0, a1
    fmv.d f1, f0
    1: fld f2, (s0)
    fadd.d f1, f1, f0
    fmul.d f2, f2, f1
    fsd f2, (s0)
    addi a1, a1, -1
    bnez a1, 1b`,
  atomics: `
    li s0, DATA
    li a1, 50
    1: amoadd.d a2, a1, (s0)
    2: lr.w a3, (s0)
    addi a3, a3, 1
    sc.w a4, a3, (s0)
    bnez a4, 2b
    addi a1, a1, -1
    bnez a1, 1b`,
  'early-return': `
    li s0, 60
    1: andi a0, s0, 7
    jal ra, rarely
    addi s0, s0, -1
    bnez s0, 1b
    j finish
    # Most calls need a0 alone.
    rarely: beqz a0, 2f
    ret
    2: add s1, s1, s2
    xor s3, s1, s4
    add s5, s3, s6
    ret`,
};

describe('the WebAssembly of', () => {
  it.each(Object.keys(PROGRAMS))('%s', async (name) => {
    const source = PROGRAMS[name];
    const guest = new GuestProgram(source, { jit: 'on', threshold: 6 });
    const modules = await modulesOf(() => void guest.run());
    expect(modules.length).toBeGreaterThan(0);
    const lines = source.split('\n').filter((line) => line.trim());
    const comment = lines.map((line) => `;;${line.replace(/^ {3}/, '')}`).join('\n');
    const text = modules.map((bytes, index) => `;; Module ${index + 1}\n${functionsOf(bytes)}`).join('\n\n');
    await expect(`${comment}\n\n${text}\n`).toMatchFileSnapshot(`golden/${name}.wat`);
  });
});
