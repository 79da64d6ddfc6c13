/**
 * The host-target interface by which bare-metal programs for Spike talk to their host: a
 * store to `tohost` ends the program, prints, or asks for a system call. Of these there are
 * `write` and `exit`; files of the host are none of a guest's business.
 *
 *   63    56 55    48 47                          0
 *  +--------+--------+-----------------------------+
 *  | device | command|           payload           |
 *  +--------+--------+-----------------------------+
 *   0: 1 → exit with payload >> 1; else address of a system call
 *   1: command 1 → print the character
 */
import type { GuestMemory } from '../memory.ts';

const DEVICE_SYSTEM = 0n;
const DEVICE_CONSOLE = 1n;
const COMMAND_WRITE = 1n;
const PAYLOAD = 0xffff_ffff_ffffn;
/** Numbers of system calls (RISC-V proxy kernel, as Linux has them). */
const SYS_WRITE = 64n;
const SYS_EXIT = 93n;
const ENOSYS = 38n;
/** Most that one call may print, in bytes. */
const LONGEST_WRITE = 1 << 20;

export interface HtifPlaces {
  readonly tohost: bigint;
  /** Where the host answers; a program without it needs no answers. */
  readonly fromhost: bigint | undefined;
}

export class Htif {
  constructor(
    private readonly memory: GuestMemory,
    private readonly print: (bytes: Uint8Array) => void,
    readonly places: HtifPlaces,
  ) {}

  /** Looks at what was stored; returns the exit code when that ends the program. */
  serve(): number | undefined {
    const { tohost } = this.places;
    if (!this.memory.contains(tohost, 8)) return undefined;
    const command = this.memory.getUint64(tohost);
    if (command === 0n) return undefined;
    const payload = command & PAYLOAD;
    switch (command >> 56n) {
      case DEVICE_SYSTEM:
        if (payload & 1n) return Number(payload >> 1n);
        return this.call(payload);
      case DEVICE_CONSOLE:
        if (((command >> 48n) & 0xffn) === COMMAND_WRITE) {
          this.print(Uint8Array.of(Number(payload & 0xffn)));
          this.answer((command & ~PAYLOAD) | 0x100n | (payload & 0xffn));
          return undefined;
        }
    }
    this.memory.setUint64(tohost, 0n);
    return undefined;
  }

  /** A system call: eight words, its number and arguments; the first one gets the result. */
  private call(address: bigint): number | undefined {
    if (!this.memory.contains(address, 64)) {
      this.memory.setUint64(this.places.tohost, 0n);
      return undefined;
    }
    const argument = (index: number): bigint => this.memory.getUint64(address + BigInt(8 * index));
    let result = -ENOSYS;
    if (argument(0) === SYS_EXIT) return Number(BigInt.asUintN(32, argument(1)));
    if (argument(0) === SYS_WRITE) {
      const length = argument(3) < LONGEST_WRITE ? Number(argument(3)) : LONGEST_WRITE;
      const isThere = this.memory.contains(argument(2), length);
      if (isThere) this.print(this.memory.view(argument(2), length).slice());
      result = isThere ? BigInt(length) : -14n; // EFAULT
    }
    this.memory.setUint64(address, BigInt.asUintN(64, result));
    this.answer(1n);
    return undefined;
  }

  private answer(value: bigint): void {
    const { tohost, fromhost } = this.places;
    this.memory.setUint64(tohost, 0n);
    if (fromhost !== undefined && this.memory.contains(fromhost, 8)) this.memory.setUint64(fromhost, value);
  }
}
