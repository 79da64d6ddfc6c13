/** Flash as harts see it: memory that they read and execute, until a command makes it a device. */
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import { createMachine } from '../../src/bindings/node/index.ts';
import { FLASH_BASE, FLASH_SIZE, FW_CFG_BASE } from '../../src/generated/memory-map.ts';
import type { BootDescription } from '../../src/machine/description.ts';
import { buildLinuxImage } from '../images/linux-image-builder.ts';
import { JIT } from '../support/jit-mode.ts';

const SECTOR = 256 * 1024;
const FINISH = 'finish: li t0, 0x100000\n li t1, 0x5555\n sw t1, (t0)\n j .\n';

interface Options {
  readonly variables?: MemoryBlockBackend;
  readonly boot?: Partial<BootDescription>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly harts?: number;
}

/** Runs a program from flash until it powers the machine off. */
async function run(source: string, { variables, boot, files, harts }: Options = {}) {
  const machine = await createMachine(
    {
      hartware: 1,
      memory: '16M',
      harts,
      boot: { flash: { code: 'code', ...(variables && { variables: 'variables' }) }, ...boot },
    },
    {
      files: { code: assemble(`${source}\n${FINISH}`, { origin: BigInt(FLASH_BASE) }).bytes, ...files },
      drives: variables ? { variables } : {},
      jit: JIT,
      limits: { instructions: 20_000_000 },
    },
  );
  try {
    expect((await machine.run()).reason).toBe('ended');
    const x = (name: string): bigint => machine.harts[0].getX(NAMES.indexOf(name));
    return { x, statistics: machine.figures };
  } finally {
    await machine.dispose();
  }
}
const NAMES = 'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11'.split(
  ' ',
);

/** Counts the traps in s10, leaves the cause of the last one in s11, and goes on where \`ra\` says or behind the instruction. */
const TRAPS = (m: 's' | 'm'): string => `
  la t0, trap
  csrw ${m}tvec, t0
  j past
  .balign 4
trap:
  addi s10, s10, 1
  csrr s11, ${m}cause
  csrr t0, ${m}epc
  li t1, 1
  bne s11, t1, 1f
  mv t0, ra
  j 2f
1: addi t0, t0, 4
2: csrw ${m}epc, t0
  ${m}ret
past:
  li s0, ${FLASH_BASE}
  li s1, ${FLASH_BASE + FLASH_SIZE}
`;

describe('how flash is entered', () => {
  it('in S-mode above SBI', async () => {
    const { x } = await run(
      `mv s2, a0\n mv s3, a1\n csrr s4, sstatus\n li a7, 0x10\n li a6, 0\n ecall\n mv s5, a1`,
    );
    expect([x('s2'), x('s5') >> 24n]).toEqual([0n, 3n]);
    expect(x('s3')).toBeGreaterThanOrEqual(0x8000_0000n);
  });

  it('in M-mode from reset', async () => {
    const { x } = await run('csrr s2, mhartid\n mv s3, a1\n mv s4, a2', { boot: { privilege: 'machine' } });
    expect([x('s2'), x('s4')]).toEqual([0n, 0x1028n]);
    expect(x('s3')).toBeGreaterThanOrEqual(0x8000_0000n);
  });

  it('by firmware, which learns its address', async () => {
    // As fw_dynamic firmware does: the next stage stands in the third doubleword.
    const firmware = assemble('ld t0, 16(a2)\n li s2, 77\n jr t0').bytes;
    const { x } = await run('csrr s3, mhartid', { boot: { firmware: 'fw' }, files: { fw: firmware } });
    expect([x('s2'), x('s3')]).toEqual([77n, 0n]);
  });

  it('a raw kernel in S-mode, where that is wanted', async () => {
    const program = assemble(`auipc s2, 0\n csrr s3, sstatus\n ${FINISH}`, { origin: 0x8020_0000n }).bytes;
    const machine = await createMachine(
      { hartware: 1, memory: '16M', boot: { kernel: 'k', privilege: 'supervisor' } },
      { files: { k: program }, jit: JIT },
    );
    await machine.run();
    expect(machine.harts[0].getX(18)).toBe(0x8020_0000n);
    await machine.dispose();
  });
});

describe('content', () => {
  it('is read in every size and alignment, and fast', async () => {
    const { x, statistics } = await run(`
      ${TRAPS('s')}
      la s2, data
      ld a2, (s2)
      ld a3, 1(s2)
      lbu a4, 7(s2)
      # A loop over flash, as hot as one over RAM.
      li a5, 100000
      1: lwu a6, 4(s2)
      add a7, a7, a6
      addi a5, a5, -1
      bnez a5, 1b
      j finish
      .balign 8
      data: .dword 0x8877665544332211
      .dword 0x99`);
    expect([x('a2'), x('a3'), x('a4'), x('s10')]).toEqual([
      0x8877665544332211n,
      0x9988776655443322n,
      0x88n,
      0n,
    ]);
    expect(x('a7')).toBe(100000n * 0x88776655n);
    // Not by leaving translated code for each load.
    expect(statistics.jit.sideExits).toBeLessThan(1000);
  });

  it('is no place for atomics, translated or not', async () => {
    const { x } = await run(`
      ${TRAPS('s')}
      li a5, 2000
      1: lr.w a2, (s0)
      addi a5, a5, -1
      bnez a5, 1b
      mv s2, s10
      mv s3, s11
      lw a2, (s0)
      lr.d a2, (s0)
      mv s4, s11
      li a2, 0
      amoadd.w a2, a2, (s0)
      mv s5, s11
      sc.w a2, a2, (s0)
      mv s6, s11`);
    expect([x('s2'), x('s3'), x('s4'), x('s5'), x('s6'), x('s10')]).toEqual([2000n, 5n, 5n, 7n, 7n, 2003n]);
  });

  it('is status while a command is under way, and content again after it', async () => {
    const { x } = await run(`
      ${TRAPS('s')}
      lwu s2, (s1)
      li a2, 0x700070
      sw a2, (s1)
      lwu s3, (s1)
      lwu s4, 64(s1)
      li a2, 0xff00ff
      sw a2, (s1)
      lwu s5, (s1)`);
    expect([x('s2'), x('s3'), x('s4'), x('s5')]).toEqual([
      0xffff_ffffn,
      0x80_0080n,
      0x80_0080n,
      0xffff_ffffn,
    ]);
  });

  it('is what the image has, and what is programmed goes there', async () => {
    const image = new Uint8Array(2 * SECTOR).fill(0xff);
    image.set([1, 2, 3, 4], SECTOR);
    const { x } = await run(
      `li s1, ${FLASH_BASE + FLASH_SIZE + SECTOR}
       lwu s2, (s1)
       li a2, 0x400040
       sw a2, (s1)
       li a2, 0x00ff0000
       sw a2, (s1)
       1: lwu s3, (s1)
       andi a2, s3, 0x80
       beqz a2, 1b
       li a2, 0xff00ff
       sw a2, (s1)
       lwu s4, (s1)
       li s1, ${FLASH_BASE + FLASH_SIZE}
       li a2, 0x200020
       sw a2, (s1)
       li a2, 0xd000d0
       sw a2, (s1)
       1: lwu s5, (s1)
       andi a2, s5, 0x80
       beqz a2, 1b`,
      { variables: new MemoryBlockBackend(image) },
    );
    expect([x('s2'), x('s3'), x('s4'), x('s5')]).toEqual([
      0x0403_0201n,
      0x80_0080n,
      0x0003_0000n,
      0x80_0080n,
    ]);
    expect([...image.subarray(SECTOR, SECTOR + 5)]).toEqual([0, 0, 3, 0, 0xff]);
  });
});

describe('code', () => {
  /** Copies what lies between the labels to RAM and jumps there: from there the banks can be commanded. */
  const fromRam = (body: string): string => `
    la t0, start
    la t1, stop
    li t2, 0x80000000
    1: lw a2, (t0)
    sw a2, (t2)
    addi t0, t0, 4
    addi t2, t2, 4
    bltu t0, t1, 1b
    fence.i
    li t2, 0x80000000
    jr t2
    .balign 4
    start:
    ${TRAPS('m')}
    ${body}
    li a6, 0x100000
    li a7, 0x5555
    sw a7, (a6)
    j .
    .balign 4
    stop:`;
  const IN_M: Options = { boot: { privilege: 'machine' } };

  it('is not fetched while its bank is no memory, and is again after that', async () => {
    const { x } = await run(
      fromRam(`
        li a3, ${FLASH_BASE + 0x1000}
        jalr a3
        mv s2, a2
        li a4, 0x700070
        sw a4, (s0)
        li a2, 0
        jalr a3
        mv s3, a2
        mv s4, s11
        li a4, 0xff00ff
        sw a4, (s0)
        jalr a3
        mv s5, a2`).concat(`
        .balign 4096
        li a2, 42
        ret`),
      IN_M,
    );
    expect([x('s2'), x('s3'), x('s4'), x('s5'), x('s10')]).toEqual([42n, 0n, 1n, 42n, 1n]);
  });

  it('that is programmed anew is executed anew, also when it was translated', async () => {
    const image = new Uint8Array(SECTOR).fill(0xff);
    // li a2, 0x7f; ret
    new DataView(image.buffer).setUint32(0, 0x07f0_0613, true);
    new DataView(image.buffer).setUint32(4, 0x0000_8067, true);
    const { x } = await run(
      fromRam(`
        li a5, 5000
        1: jalr s1
        add a4, a4, a2
        addi a5, a5, -1
        bnez a5, 1b
        mv s2, a4
        li a3, 0x400040
        sw a3, (s1)
        li a3, 0x00100613
        sw a3, (s1)
        1: lwu a3, (s1)
        andi a3, a3, 0x80
        beqz a3, 1b
        li a3, 0xff00ff
        sw a3, (s1)
        li a5, 5000
        li a4, 0
        1: jalr s1
        add a4, a4, a2
        addi a5, a5, -1
        bnez a5, 1b
        mv s3, a4`),
      { ...IN_M, variables: new MemoryBlockBackend(image) },
    );
    expect([x('s2'), x('s3'), x('s10')]).toEqual([5000n * 0x7fn, 5000n, 0n]);
  });

  it('that hides itself goes no further', async () => {
    const { x } = await run(
      `${TRAPS('s')}
       la t0, there
       csrw stvec, t0
       li a2, 0x700070
       # In RAM: what a trap of code that is not there comes to.
       li t2, 0x80300000
       la t0, there
       lw a3, (t0)
       sw a3, (t2)
       lw a3, 4(t0)
       sw a3, 4(t2)
       lw a3, 8(t0)
       sw a3, 8(t2)
       lw a3, 12(t0)
       sw a3, 12(t2)
       fence.i
       csrw stvec, t2
       li a6, 0x100000
       li a7, 0x5555
       csrr s2, scause
       sw a2, (s0)
       li s3, 1
       j .
       .balign 4
       there: csrr s2, scause
       sw a7, (a6)
       j .
       .balign 4
       nop`,
    );
    expect([x('s2'), x('s3')]).toEqual([1n, 0n]);
  });
});

describe('a kernel beside flash', () => {
  const READ = (key: number, count: number): string => `
    li t1, ${((key & 0xff) << 8) | (key >> 8)}
    sh t1, 8(s0)
    ${Array.from({ length: count }, (_, i) => `lwu s${i + 2}, (s0)`).join('\n')}`;

  it('is handed over by fw_cfg', async () => {
    const kernel = buildLinuxImage({ size: 4096, imageSize: 0x10000n });
    const options = {
      boot: { kernel: 'k', initrd: 'i', append: 'abc' },
      files: { k: kernel, i: Uint8Array.of(9, 8, 7, 6) },
      harts: 2,
    };
    const read = async (key: number): Promise<bigint> =>
      (await run(`li s0, ${FW_CFG_BASE}\n ${READ(key, 1)}`, options)).x('s2');
    expect(await read(0x08)).toBe(4096n);
    expect(await read(0x11)).toBe(BigInt(new DataView(kernel.buffer).getUint32(0, true)));
    expect([await read(0x0b), await read(0x12)]).toEqual([4n, 0x0607_0809n]);
    expect([await read(0x14), await read(0x15)]).toEqual([4n, 0x0063_6261n]);
    expect([await read(0x05), await read(0x03)]).toEqual([2n, 0x100_0000n]);
  });
});

describe('what does not fit', () => {
  const create = (flash: BootDescription['flash'], memory = '16M') =>
    createMachine(
      { hartware: 1, memory, boot: { flash } },
      {
        files: { code: new Uint8Array(4), large: new Uint8Array(FLASH_SIZE + 1), empty: new Uint8Array(0) },
        drives: { odd: new MemoryBlockBackend(new Uint8Array(SECTOR + 512)) },
      },
    );

  it.each<[() => Promise<unknown>, RegExp]>([
    [() => create({ code: 'large' }), /large: expected 1 to 33554432 bytes for flash, found 33554433/],
    [() => create({ code: 'empty' }), /empty: expected 1 to 33554432 bytes for flash, found 0/],
    [
      () => create({ code: 'code', variables: 'odd' }),
      /odd: expected whole sectors of 262144 bytes, at most 33554432 bytes, found 262656/,
    ],
    [() => create({ code: 'code' }, '4048M'), /memory: expected at most 3984M beside flash, found "4048M"/],
  ])('is refused: %#', async (make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});

describe('a machine that is paused', () => {
  it('stands still when its image has what was begun, and can be reset before', async () => {
    const done: (() => void)[] = [];
    let begun!: () => void;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const variables = {
      size: SECTOR,
      readOnly: false,
      read: (_offset: number, into: Uint8Array) => Promise.resolve(void into.fill(0xff)),
      write: () => (begun(), new Promise<void>((resolve) => done.push(resolve))),
      flush: () => Promise.resolve(),
    };
    const source = `li s1, ${FLASH_BASE + FLASH_SIZE}\nli a2, 0x400040\nsw a2, (s1)\nsw zero, (s1)\nj .`;
    const machine = await createMachine(
      { hartware: 1, memory: '16M', boot: { flash: { code: 'code', variables: 'variables' } } },
      {
        files: { code: assemble(source, { origin: BigInt(FLASH_BASE) }).bytes },
        drives: { variables },
        jit: JIT,
      },
    );
    await machine.start();
    await isBegun;
    let isStill = false;
    const paused = machine.pause().then(() => (isStill = true));
    await machine.reset();
    // Turns of the host, in which it would be paused long since.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve));
    expect([isStill, machine.state]).toEqual([false, 'running']);
    for (const finish of done) finish();
    await paused;
    expect(machine.state).toBe('paused');
    await machine.dispose();
  });
});
