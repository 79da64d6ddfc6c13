/**
 * What a guest may find otherwise under QEMU 7.2 than here, and why. Everything else must
 * be the same, and everything in this list must really differ.
 */
export interface AllowedDifference {
  /** What our machine has and QEMU has not. */
  readonly ours?: RegExp;
  /** What QEMU has and our machine has not. */
  readonly theirs?: RegExp;
  readonly why: string;
}

export const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [
  {
    ours: /^tree: \/model = "riscv-virtio,hartware"$/,
    theirs: /^tree: \/model = "riscv-virtio,qemu"$/,
    why: 'the machine says whose it is',
  },
  {
    ours: /^tree: \/chosen\/linux,initrd-(start|end) = <0x0 0x\w+>$/,
    theirs: /^tree: \/chosen\/linux,initrd-(start|end) = <0x\w+>$/,
    why: 'the same addresses, in one cell there; kernels take both',
  },
  {
    ours: /^tree: \/cpus\/cpu@\d\/riscv,(isa|isa-base|isa-extensions|cbo[mpz]-block-size) = /,
    theirs: /^tree: \/cpus\/cpu@\d\/riscv,isa = "rv64imafdc_zicsr_/,
    why: 'QEMU 7.2 lacks extensions that we have, and says what it has in the older way alone',
  },
  {
    ours: /^tree: \/soc\/clint@2000000/,
    theirs: /^tree: \/soc\/(mswi@2000000|mtimer@2004000)/,
    why: 'the same registers at the same addresses: one node with an old name, or two with new ones',
  },
  {
    ours: /^tree: \/soc\/sswi@2f00000\/#address-cells = <0x0>$/,
    why: 'an interrupt controller without children of its own, which needs no such property',
  },
  {
    ours: /^tree: \/soc\/plic@c000000\/interrupts-extended = .* 11 /,
    theirs: /^tree: \/soc\/plic@c000000\/interrupts-extended = .* 4294967295 /,
    why: 'OpenSBI takes the M-mode contexts out of the tree that it hands on',
  },
  {
    theirs: /^tree: \/reserved-memory/,
    why: 'OpenSBI lies in RAM; our SBI does not',
  },
  {
    theirs: /^tree: \/(flash@20000000|platform-bus@4000000)/,
    why: 'QEMU always has flash, and a bus for more devices',
  },
  {
    ours: /^tree: \/soc\/pci@30000000\/ranges = /,
    theirs: /^tree: \/soc\/pci@30000000\/ranges = .* 0x3000000 0x4 0x0 0x4 0x0 0x4 0x0>$/,
    why: 'the same two windows of PCI, and a third one above 4 GiB',
  },
  {
    theirs: /^tree: \/pmu/,
    why: 'OpenSBI is told of programmable counters, of which we have none',
  },
];

/** The lines that no allowance has, and the allowances that nothing needed. */
export function judge(
  ours: readonly string[],
  theirs: readonly string[],
): { readonly unexplained: string[]; readonly unneeded: string[] } {
  const isExplained = (side: 'ours' | 'theirs', line: string): boolean =>
    ALLOWED_DIFFERENCES.some((allowed) => allowed[side]?.test(line));
  return {
    unexplained: [
      ...ours.filter((line) => !isExplained('ours', line)).map((line) => `ours: ${line}`),
      ...theirs.filter((line) => !isExplained('theirs', line)).map((line) => `theirs: ${line}`),
    ],
    unneeded: ALLOWED_DIFFERENCES.filter(
      (allowed) =>
        (allowed.ours && !ours.some((line) => allowed.ours!.test(line))) ||
        (allowed.theirs && !theirs.some((line) => allowed.theirs!.test(line))),
    ).map(({ why }) => why),
  };
}
