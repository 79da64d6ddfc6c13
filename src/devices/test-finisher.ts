/**
 * SiFive test finisher ("syscon" for power-off and reboot): one write-only
 * register by which the guest ends or restarts the machine.
 *
 *   31           16 15            0
 *  +---------------+---------------+
 *  |   exit code   |    command    |  0x0
 *  +---------------+---------------+
 */
import type { FdtNode } from '../fdt/fdt.ts';
import type { Device } from './device.ts';

export const FINISHER_FAIL = 0x3333;
export const FINISHER_PASS = 0x5555;
export const FINISHER_RESET = 0x7777;

/** What the guest asked for; `code` is the upper half of the written word. */
export interface Finish {
  readonly kind: 'pass' | 'fail' | 'reset';
  readonly code: number;
}

export class TestFinisher implements Device {
  readonly accessSizes = { min: 2, max: 4 } as const;

  /** @param onFinish called inside the guest's store: note the wish, act on it after the instruction. */
  constructor(private readonly onFinish: (finish: Finish) => void) {}

  reset(): void {}

  read(): number {
    return 0;
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    if (offset !== 0) return;
    const code = value >>> 16;
    switch (value & 0xffff) {
      case FINISHER_FAIL:
        return this.onFinish({ kind: 'fail', code });
      case FINISHER_PASS:
        return this.onFinish({ kind: 'pass', code });
      case FINISHER_RESET:
        return this.onFinish({ kind: 'reset', code });
    }
  }

  fdtNode(): FdtNode {
    return { name: 'test', properties: { compatible: ['sifive,test1', 'sifive,test0', 'syscon'] } };
  }
}
