/** The files a machine boots from, read from the host and placed in RAM: at the start, and again at every reset. */
import type { Core } from '../core/core.ts';
import { decodeFdt, FdtFormatError, type DecodedFdt } from '../fdt/decode.ts';
import type { FdtNode } from '../fdt/fdt.ts';
import { encodeFdt } from '../fdt/encode.ts';
import { MROM_BASE } from '../generated/memory-map.ts';
import { alignInitrds, loadKernel, type BootImage } from '../images/index.ts';
import type { GuestMemory } from '../memory.ts';
import { sizeOf } from '../pieces.ts';
import { freeTransient } from '../transient-bytes.ts';
import type { GuestSymbol } from './api.ts';
import type { Board } from './board.ts';
import { boardTree, chosenProperties } from './board-tree.ts';
import { planBoot, writeBoot } from './boot.ts';
import type { ResolvedDescription } from './description.ts';
import type { MachineHost } from './host.ts';
import type { RandomSource } from './random.ts';
import { resetVector } from './reset-vector.ts';

const A0 = 10;
const A1 = 11;
const A2 = 12;
const T0 = 5;
const RNG_SEED_SIZE = 32;
/** Where the reset code keeps the fw_dynamic info (reset-vector.ts). */
const INFO_ADDRESS = MROM_BASE + 40;

export class BootFiles {
  private constructor(
    private readonly opened: readonly Uint8Array[],
    private readonly kernel: BootImage | undefined,
    private readonly firmware: BootImage | undefined,
    private readonly initrd: readonly Uint8Array[],
    private readonly fdt: DecodedFdt | undefined,
  ) {}

  static async load({ boot }: ResolvedDescription, host: MachineHost): Promise<BootFiles> {
    const opened: Uint8Array[] = [];
    const open = async (reference: string): Promise<Uint8Array> => {
      const bytes = await host.open(reference);
      opened.push(bytes);
      return bytes;
    };
    const image = async (what: string, reference: string | undefined): Promise<BootImage | undefined> =>
      reference === undefined
        ? undefined
        : loadKernel(await open(reference), { what: `${what} ${reference}` });
    const kernel = await image('kernel', boot.kernel);
    const firmware = await image('firmware', boot.firmware);
    const initrds = await Promise.all(boot.initrd.map(open));
    const fdt = boot.fdt === undefined ? undefined : readTree(await open(boot.fdt), boot.fdt);
    return new BootFiles(opened, kernel, firmware, alignInitrds(initrds), fdt);
  }

  /** Writes everything to RAM, where it is used up, and sets the harts to where they start. Returns the symbols of it. */
  place(
    core: Core,
    memory: GuestMemory,
    board: Board,
    description: ResolvedDescription,
    random: RandomSource,
  ): readonly GuestSymbol[] {
    const rngSeed = new Uint8Array(RNG_SEED_SIZE);
    random(rngSeed);
    const tree = (initrd?: { start: number; end: number }): Uint8Array => {
      const chosen = { append: description.boot.append, initrd, rngSeed };
      if (this.fdt) return encodeFdt(withChosen(this.fdt.root, chosenProperties(chosen)), this.fdt);
      return encodeFdt(
        boardTree({
          harts: core.harts,
          ramBase: memory.base,
          ramSize: memory.size,
          paging: description.isa.paging,
          placements: board.placements,
          ...chosen,
        }),
      );
    };
    const isSupervisor = !this.firmware && this.kernel?.kind === 'linux';
    const plan = planBoot({
      ramBase: memory.base,
      ramSize: memory.size,
      kernel: this.kernel,
      firmware: this.firmware,
      initrdSize: sizeOf(this.initrd),
      fdtSize: tree(this.initrd.length > 0 ? { start: 0, end: 0 } : undefined).length,
      kernelPrivilege: isSupervisor ? 'supervisor' : 'machine',
    });
    writeBoot(memory, plan, { initrd: this.initrd, fdt: tree(plan.initrd) });
    const symbols = [...plan.symbols];
    const images = [this.kernel, this.firmware].flatMap((image) => image?.segments ?? []);
    freeTransient([...this.opened, ...images.map(({ bytes }) => bytes)]);

    core.exports.provideSbi(plan.privilege === 'supervisor' ? 1 : 0);
    if (plan.privilege === 'supervisor') {
      core.exports.prepareSupervisor(0);
      core.writeX(0, A0, 0n);
      core.writeX(0, A1, BigInt(plan.fdt.start));
      core.exports.startHart(0, BigInt(plan.start));
      return symbols;
    }
    board.rom.fill(resetVector({ start: plan.start, fdt: plan.fdt.start, next: plan.kernelEntry }));
    for (let hart = 0; hart < core.harts; hart++) {
      // As the reset code leaves the harts.
      core.writeX(hart, T0, BigInt(plan.start));
      core.writeX(hart, A0, BigInt(hart));
      core.writeX(hart, A1, BigInt(plan.fdt.start));
      core.writeX(hart, A2, BigInt(INFO_ADDRESS));
      core.exports.startHart(hart, BigInt(plan.start));
    }
    return symbols;
  }
}

/** A user's tree with /chosen filled in; what stands there and we say nothing of is kept. */
function withChosen(root: FdtNode, properties: FdtNode['properties']): FdtNode {
  const children = root.children ?? [];
  const old = children.find(({ name }) => name === 'chosen');
  const chosen = { ...old, name: 'chosen', properties: { ...old?.properties, ...properties } };
  return { ...root, children: [chosen, ...children.filter((child) => child !== old)] };
}

function readTree(blob: Uint8Array, what: string): DecodedFdt {
  try {
    return decodeFdt(blob);
  } catch (error) {
    if (error instanceof FdtFormatError) error.message = `${what}: ${error.message}`;
    throw error;
  }
}
