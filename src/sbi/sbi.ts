/**
 * The machine's own Supervisor Binary Interface, version 3.0 (RISC-V SBI
 * specification), for kernels that are entered in S-mode. An extension is one file of
 * this directory and one line of the constructor. Of the optional extensions NACL, STA,
 * CPPC, SSE, FWFT, DBTR and MPXY are left out.
 */
import { baseExtension } from './base.ts';
import { dbcnExtension } from './dbcn.ts';
import { NO_RETURN, SBI_ERR_NOT_SUPPORTED, type SbiExtension } from './extension.ts';
import type { SbiHook } from './hook.ts';
import type { SbiHost } from './host.ts';
import { hsmExtension } from './hsm.ts';
import { ipiExtension } from './ipi.ts';
import { LAST_LEGACY_EXTENSION, LegacyExtensions } from './legacy.ts';
import { Pmu } from './pmu.ts';
import { rfenceExtension } from './rfence.ts';
import { srstExtension } from './srst.ts';
import { suspExtension } from './susp.ts';
import { timeExtension } from './time.ts';

const A0 = 10;
const A1 = 11;
const A6 = 16;
const A7 = 17;

export class Sbi {
  private readonly extensions: ReadonlyMap<number, SbiExtension>;
  private readonly legacy: LegacyExtensions;
  private readonly pmu: Pmu;

  /** @param hook asked first; what it does not answer goes the usual way. */
  constructor(
    private readonly host: SbiHost,
    private readonly hook: SbiHook | undefined = undefined,
  ) {
    const pmu = new Pmu(host);
    const all = [
      baseExtension(host, (eid) => this.isAvailable(eid)),
      timeExtension(host, pmu),
      ipiExtension(host, pmu),
      rfenceExtension(host, pmu),
      hsmExtension(host, pmu),
      srstExtension(host),
      dbcnExtension(host),
      suspExtension(host),
      pmu,
    ];
    this.pmu = pmu;
    this.legacy = new LegacyExtensions(host, pmu);
    this.extensions = new Map(all.map((extension) => [extension.id, extension]));
  }

  /**
   * Answers the ecall that `hart` has just executed in S-mode: reads a7, a6 and a0 to
   * a5, writes a0 and a1.
   * @returns whether the call returns, so that the caller moves pc past the ecall. False
   * when the hart stopped, was suspended with an entry point or reset, or took an exception.
   */
  call(hart: number): boolean {
    const { host } = this;
    const eid = toInt32(host.readRegister(hart, A7));
    const args = [0, 1, 2, 3, 4, 5].map((index) => host.readRegister(hart, A0 + index));
    const functionId = toInt32(host.readRegister(hart, A6));
    if (this.hook && eid !== undefined && functionId !== undefined) {
      const answer = this.hook({ hart, extensionId: eid, functionId, args, memory: host.memory });
      if (answer) {
        host.writeRegister(hart, A0, BigInt.asUintN(64, BigInt(answer.error)));
        host.writeRegister(hart, A1, BigInt.asUintN(64, BigInt(answer.value ?? 0n)));
        return true;
      }
    }
    if (eid !== undefined && eid >= 0 && eid <= LAST_LEGACY_EXTENSION) {
      const value = this.legacy.call(hart, eid, args);
      if (value === NO_RETURN) return false;
      host.writeRegister(hart, A0, BigInt.asUintN(64, BigInt(value)));
      return true;
    }
    const extension = eid === undefined ? undefined : this.extensions.get(eid);
    const result =
      extension && functionId !== undefined
        ? extension.call({ hart, functionId, args })
        : { error: SBI_ERR_NOT_SUPPORTED, value: 0n };
    if (result === NO_RETURN) return false;
    host.writeRegister(hart, A0, BigInt.asUintN(64, BigInt(result.error)));
    host.writeRegister(hart, A1, BigInt.asUintN(64, result.value));
    return true;
  }

  /** Back to the state at power-on. */
  reset(): void {
    this.pmu.reset();
  }

  private isAvailable(eid: bigint): boolean {
    const id = toInt32(eid);
    return id !== undefined && ((id >= 0 && id <= LAST_LEGACY_EXTENSION) || this.extensions.has(id));
  }
}

/** EIDs and FIDs are signed 32-bit integers, sign-extended in their register; undefined for anything else. */
function toInt32(register: bigint): number | undefined {
  const value = BigInt.asIntN(64, register);
  return BigInt.asIntN(32, value) === value ? Number(value) : undefined;
}
