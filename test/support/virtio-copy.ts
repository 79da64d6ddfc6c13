/** A guest program that uses a disk. */

const DATA = 0x80100000n;

/** A virtio-blk driver without interrupts: reads sector 0 and writes it to sector 2. */
export function virtioCopy(): string {
  const request = (type: number, sector: number, flags: number): string => `
        li   t0, ${type}
        sd   t0, 0(s2)
        li   t0, ${sector}
        sd   t0, 8(s2)
        # descriptors: header, data, status
        sd   s2, 0(s1)
        li   t0, 16
        sw   t0, 8(s1)
        li   t0, ${1 | (1 << 16)}
        sw   t0, 12(s1)
        addi t1, s2, 512
        sd   t1, 16(s1)
        li   t0, 512
        sw   t0, 24(s1)
        li   t0, ${1 | flags | (2 << 16)}
        sw   t0, 28(s1)
        addi t1, s2, 16
        sd   t1, 32(s1)
        li   t0, 1
        sw   t0, 40(s1)
        li   t0, 2
        sw   t0, 44(s1)
        # available ring
        lhu  t2, 258(s1)
        andi t3, t2, 3
        slli t3, t3, 1
        add  t3, t3, s1
        sh   zero, 260(t3)
        addi t2, t2, 1
        sh   t2, 258(s1)
        sw   zero, 0x50(s0)
    1:  lhu  t3, 514(s1)
        bne  t3, t2, 1b`;
  return `
        li   s0, 0x10001000
        li   s1, ${DATA}
        li   s2, ${DATA + 0x1000n}
        sw   zero, 0x70(s0)
        li   t0, 3
        sw   t0, 0x70(s0)
        # VIRTIO_F_VERSION_1
        li   t0, 1
        sw   t0, 0x24(s0)
        sw   t0, 0x20(s0)
        li   t0, 11
        sw   t0, 0x70(s0)
        sw   zero, 0x30(s0)
        li   t0, 4
        sw   t0, 0x38(s0)
        sw   s1, 0x80(s0)
        sw   zero, 0x84(s0)
        addi t1, s1, 256
        sw   t1, 0x90(s0)
        sw   zero, 0x94(s0)
        addi t1, s1, 512
        sw   t1, 0xa0(s0)
        sw   zero, 0xa4(s0)
        li   t0, 1
        sw   t0, 0x44(s0)
        li   t0, 15
        sw   t0, 0x70(s0)
        ${request(0, 0, 2)}
        ${request(1, 2, 0)}
        li   t6, 0x100000
        li   t5, 0x5555
        sw   t5, (t6)
        j    .`;
}
