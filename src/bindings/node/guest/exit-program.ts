/**
 * `hartware-exit CODE`, a Linux program for the guest: ends the machine through the
 * test finisher, with CODE (1 to 65535) as the machine's exit code.
 */
import { assemble } from '../../../assembler/assembler.ts';
import { FINISHER_FAIL } from '../../../devices/test-finisher.ts';
import { TEST_BASE } from '../../../generated/memory-map.ts';

const LOAD_ADDRESS = 0x10000n;
const EHDR_SIZE = 64;
const PHDR_SIZE = 56;
const CODE_OFFSET = EHDR_SIZE + PHDR_SIZE;

const SOURCE = `
        ld    t1, 16(sp)          # argv[1], or the null that ends argv
        beqz  t1, fail
        li    s0, 0
        li    t3, 10
digit:  lbu   t0, (t1)
        beqz  t0, open
        addi  t0, t0, -48
        bgeu  t0, t3, fail
        mul   s0, s0, t3
        add   s0, s0, t0
        addi  t1, t1, 1
        j     digit
open:   li    a0, -100            # AT_FDCWD
        lla   a1, path
        li    a2, 0x101002        # O_RDWR | O_SYNC
        li    a7, 56              # openat
        ecall
        bltz  a0, fail
        mv    a4, a0
        li    a0, 0
        li    a1, 4096
        li    a2, 3               # PROT_READ | PROT_WRITE
        li    a3, 1               # MAP_SHARED
        li    a5, ${TEST_BASE}
        li    a7, 222             # mmap
        ecall
        bltz  a0, fail
        slli  s0, s0, 16
        li    t0, ${FINISHER_FAIL}
        or    s0, s0, t0
        sw    s0, (a0)
fail:   li    a0, 1
        li    a7, 93              # exit
        ecall
path:   .asciz "/dev/mem"
`;

/** A static ELF program of one segment. */
export function exitProgram(): Uint8Array {
  const entry = LOAD_ADDRESS + BigInt(CODE_OFFSET);
  const { bytes } = assemble(SOURCE, { origin: entry });
  const file = new Uint8Array(CODE_OFFSET + bytes.length);
  file.set(bytes, CODE_OFFSET);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // ELF64, little-endian, version 1
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 243, true); // EM_RISCV
  view.setUint32(20, 1, true);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, BigInt(EHDR_SIZE), true);
  view.setUint32(48, 4, true); // EF_RISCV_FLOAT_ABI_DOUBLE
  view.setUint16(52, EHDR_SIZE, true);
  view.setUint16(54, PHDR_SIZE, true);
  view.setUint16(56, 1, true);
  view.setUint32(EHDR_SIZE, 1, true); // PT_LOAD
  view.setUint32(EHDR_SIZE + 4, 5, true); // readable, executable
  view.setBigUint64(EHDR_SIZE + 16, LOAD_ADDRESS, true);
  view.setBigUint64(EHDR_SIZE + 24, LOAD_ADDRESS, true);
  view.setBigUint64(EHDR_SIZE + 32, BigInt(file.length), true);
  view.setBigUint64(EHDR_SIZE + 40, BigInt(file.length), true);
  view.setBigUint64(EHDR_SIZE + 48, 4096n, true);
  return file;
}
