/**
 * Bare-metal programs on the built core: assembled, run with the virtual clock
 * until they are through, then looked at. Beside the harts there are a CLINT,
 * an SSWI, the test finisher and a few plain registers at PROBE.
 *
 * A program starts in M-mode on every hart, with all of memory open to S and U
 * (one PMP entry) and traps going to handlers here. It is through when it takes
 * a trap to M-mode, or runs off its end, which makes one.
 */
import { readFileSync } from 'node:fs';
import { assemble, type Program } from '../../src/assembler/assembler.ts';
import { Bus, type MmioDevice } from '../../src/bus.ts';
import { Core, EXIT_IDLE } from '../../src/core/core.ts';
import type { JitMode, JitOptions } from '../../src/core/jit-options.ts';
import { AclintClint, AclintSswi, CLINT_SIZE, SSWI_SIZE } from '../../src/devices/aclint.ts';
import { TestFinisher, type Finish } from '../../src/devices/test-finisher.ts';
import {
  CSR_MCAUSE,
  CSR_MEPC,
  CSR_MSTATUS,
  CSR_MTVAL,
  CSR_SCAUSE,
  CSR_SEPC,
  CSR_STVAL,
  IRQ_M_SOFT,
  IRQ_M_TIMER,
  IRQ_S_SOFT,
  MSTATUS_MPP,
  MSTATUS_MPP_SHIFT,
  MSTATUS_SPP,
} from '../../src/generated/csr.ts';
import { integerRegister } from '../../src/isa/registers.ts';
import { GuestRam } from '../../src/machine/guest-ram.ts';
import { JIT_MODE } from './jit-mode.ts';

export const RAM_BASE = 0x80000000n;
export const RAM_SIZE = 8 << 20;
/** Free for a program's data: half of RAM, above which page tables go. */
export const DATA = 0x80100000n;
export const FINISHER = 0x100000;
export const CLINT = 0x2000000;
export const SSWI = 0x2f00000;
/** 256 bytes of registers that keep what is written, for accesses of 1 to 4 bytes. */
export const PROBE = 0x10000000;
/** No device is here. */
export const HOLE = 0x10001000;

export const SV39 = 8;
export const SV48 = 9;
export const SV57 = 10;

export const PRIV_U = 0;
export const PRIV_S = 1;
export const PRIV_M = 3;

const MODES = { U: PRIV_U, S: PRIV_S, M: PRIV_M } as const;
export type Mode = keyof typeof MODES;

/** Code that goes on in another mode at `offset` from where it is now. Uses t0. */
export function enter(mode: Mode, offset = 0n): string {
  return `
    li t0, 0x1800
    csrc mstatus, t0
    li t0, ${MODES[mode] << 11}
    csrs mstatus, t0
    la t0, 77f
    ${offset === 0n ? '' : `li t1, ${offset}\n add t0, t0, t1`}
    csrw mepc, t0
    mret
  77:`;
}

/** Names for `.equ` and the like, so that programs read like the specification. */
const PROLOGUE = `
  .equ DATA, ${DATA}
  .equ FINISHER, ${FINISHER}
  .equ CLINT, ${CLINT}
  .equ SSWI, ${SSWI}
  .equ PROBE, ${PROBE}
  .equ HOLE, ${HOLE}
  _start:
    la t0, m_trap
    csrw mtvec, t0
    la t0, s_trap
    csrw stvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 0
  body:
`;

// Both handlers leave every register but t5 and t6 as the trap found it.
const EPILOGUE = `
  finish:
    ecall
    .balign 4
  m_trap:
    li t6, 0x20000 # MPRV would send the store below elsewhere
    csrc mstatus, t6
    li t6, FINISHER
    li t5, 0x5555
    sw t5, (t6)
    j .
    .balign 4
  s_trap:
    ecall
`;

/** A trap as the handler finds it. */
export interface Trap {
  /** The mode whose handler was entered. */
  readonly to: 'M' | 'S';
  readonly from: Mode;
  readonly cause: bigint;
  readonly value: bigint;
  readonly epc: bigint;
}

export interface GuestOptions {
  /** Default 1. */
  readonly harts?: number;
  /** Largest satp mode. Default Sv57. */
  readonly paging?: number;
  /** Instructions a tick of mtime. Default 1, or with `hostTime` 0: the clock is the host's. */
  readonly tickInstructions?: number;
  /** Ticks of the host's clock, in place of the virtual one. */
  readonly hostTime?: () => number;
  /** Whether the program is translated. Default: as the suite runs. */
  readonly jit?: JitMode;
  /** With `on`, arrivals that make code hot. Default: as in JitOptions. */
  readonly threshold?: number;
  /** Default `sync`; with `async` nothing is translated before the event loop has had a turn. */
  readonly compile?: JitOptions['compile'];
  /** Leaves out what goes before and after a program: it starts at `_start` with nothing set up. */
  readonly isBare?: boolean;
}

const module = new WebAssembly.Module(readFileSync(new URL('../../dist/core.wasm', import.meta.url)));

/** What was assembled: tests run the same program many times over. */
const programs = new Map<string, Program>();

function assembled(source: string): Program {
  let program = programs.get(source);
  if (!program) {
    program = assemble(source, { origin: RAM_BASE });
    programs.set(source, program);
  }
  return program;
}

class ProbeRegisters implements MmioDevice {
  readonly accessSizes = { min: 1, max: 4 } as const;
  readonly bytes = new Uint8Array(256);
  private readonly view = new DataView(this.bytes.buffer);
  /** Called before each write. */
  onWrite: (offset: number, value: number) => void = () => {};

  read(offset: number, size: 1 | 2 | 4): number {
    if (size === 1) return this.view.getUint8(offset);
    return size === 2 ? this.view.getUint16(offset, true) : this.view.getUint32(offset, true);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    this.onWrite(offset, value);
    if (size === 1) this.view.setUint8(offset, value);
    else if (size === 2) this.view.setUint16(offset, value, true);
    else this.view.setUint32(offset, value, true);
  }
}

export class GuestProgram {
  readonly core: Core;
  readonly memory: GuestRam;
  readonly program: Program;
  readonly probe = new ProbeRegisters();
  /** What the guest wrote to the test finisher. */
  finish: Finish | undefined;

  constructor(source: string, options: GuestOptions = {}) {
    const {
      harts = 1,
      paging = SV57,
      hostTime,
      tickInstructions = hostTime ? 0 : 1,
      jit = JIT_MODE,
      threshold,
      compile,
      isBare = false,
    } = options;
    this.program = assembled(isBare ? source : `${PROLOGUE}${source}${EPILOGUE}`);
    const bus = new Bus((message) => {
      throw new Error(message);
    });
    this.core = new Core({
      module,
      ramSize: RAM_SIZE,
      harts,
      paging,
      tickInstructions,
      jit: { mode: jit, threshold, compile },
      host: {
        mmioRead: (address, size) => {
          const value = bus.read(address >>> 0, size);
          if (bus.fault) this.core.mmioFault.value = 1;
          else if (size === 8) this.core.mmioHigh.value = bus.high | 0;
          return value | 0;
        },
        mmioWrite: (address, size, low, high) => {
          bus.write(address >>> 0, size, low >>> 0, high >>> 0);
          if (bus.fault) this.core.mmioFault.value = 1;
        },
        time: hostTime ?? (() => 0),
      },
    });
    const { exports } = this.core;
    this.memory = new GuestRam(this.core);
    const lines = (irq: number) =>
      Array.from({ length: harts }, (_, hart) => ({
        set: (level: boolean) => exports.setInterrupt(hart, 1 << irq, level ? 1 : 0),
      }));
    const finisher = new TestFinisher((finish) => {
      this.finish = finish;
      exports.requestExit();
    });
    bus.map(FINISHER, 0x1000, finisher, 'test');
    bus.map(CLINT, CLINT_SIZE, new AclintClint(exports, lines(IRQ_M_SOFT)), 'clint');
    bus.map(SSWI, SSWI_SIZE, new AclintSswi(lines(IRQ_S_SOFT)), 'sswi');
    bus.map(PROBE, 256, this.probe, 'probe');
    this.memory.write(RAM_BASE, this.program.bytes);
    for (let hart = 0; hart < harts; hart++) exports.startHart(hart, this.program.entry);
  }

  /** Runs the program to its end; time in which every hart waits is skipped. */
  run(budget = 1_000_000): this {
    const start = this.instructionCount;
    for (;;) {
      const left = budget - (this.instructionCount - start);
      if (left <= 0)
        throw new Error(`the program is not through after ${budget} instructions: ${this.where}`);
      const reason = this.core.exports.run(left);
      if (this.finish) return this;
      if (reason !== EXIT_IDLE) continue;
      const ticks = this.core.exports.idleTicks();
      if (ticks === Infinity) throw new Error(`every hart waits: ${this.where}`);
      this.core.exports.skipIdle(ticks);
    }
  }

  /** Runs at most `count` instructions over all harts; why the core came back. */
  execute(count: number): number {
    return this.core.exports.run(count);
  }

  private get where(): string {
    const harts = Array.from({ length: this.core.harts }, (_, hart) => hart);
    return harts
      .map(
        (hart) =>
          `hart ${hart} at 0x${this.core.readPc(hart).toString(16)}, mcause ${this.csr(CSR_MCAUSE, hart)}`,
      )
      .join('; ');
  }

  /** Instructions over all harts, those that trapped included. */
  get instructionCount(): number {
    return Number(this.core.instructionCount);
  }

  /** An integer register by name, unsigned. */
  x(name: string, hart = 0): bigint {
    return this.core.readX(hart, integerRegister(name)!);
  }

  csr(number: number, hart = 0): bigint {
    return BigInt.asUintN(64, this.core.exports.inspectCsr(hart, number));
  }

  /** Makes an interrupt pending: as the PLIC or the CLINT does it, MTI by its comparator. */
  setLine(irq: number, level: boolean, hart = 0): void {
    if (irq === IRQ_M_TIMER) this.core.exports.writeTimecmp(hart, level ? 0n : -1n);
    else this.core.exports.setInterrupt(hart, 1 << irq, level ? 1 : 0);
  }

  symbol(name: string): bigint {
    const value = this.program.symbols.get(name);
    if (value === undefined) throw new Error(`the program has no symbol ${name}`);
    return value;
  }

  /** Whether `pc` is at a symbol, maybe through a mapping some GiB away. */
  private isAt(pc: bigint, name: string): boolean {
    return BigInt.asUintN(30, pc) === BigInt.asUintN(30, this.symbol(name));
  }

  /** The trap that ended the program; undefined when it ran off its end. */
  get trap(): Trap | undefined {
    const epc = this.csr(CSR_MEPC);
    if (this.isAt(epc, 'finish')) return undefined;
    const mstatus = this.csr(CSR_MSTATUS);
    if (this.isAt(epc, 's_trap')) {
      const from = mstatus & MSTATUS_SPP ? 'S' : 'U';
      return {
        to: 'S',
        from,
        cause: this.csr(CSR_SCAUSE),
        value: this.csr(CSR_STVAL),
        epc: this.csr(CSR_SEPC),
      };
    }
    const from = (['U', 'S', 'S', 'M'] as const)[Number((mstatus & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT)];
    return { to: 'M', from, cause: this.csr(CSR_MCAUSE), value: this.csr(CSR_MTVAL), epc };
  }
}

/** Runs a program to its end. */
export function runGuest(source: string, options?: GuestOptions): GuestProgram {
  return new GuestProgram(source, options).run();
}

/** The trap that a program ends in. */
export function trapOf(source: string, options?: GuestOptions): Trap | undefined {
  return runGuest(source, options).trap;
}
