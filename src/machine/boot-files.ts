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
import type { NamedFile, ResolvedDescription } from './description.ts';
import { FileFindings } from './file-findings.ts';
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

/** A boot file as it was read. */
interface OpenedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The boot files of a machine as they were read. */
export interface OpenedBootFiles {
  readonly kernel: OpenedFile | undefined;
  readonly firmware: OpenedFile | undefined;
  readonly initrds: readonly (OpenedFile | undefined)[];
  readonly fdt: OpenedFile | undefined;
}

/** Reads the boot files. What is wrong with them goes to `findings`; with such there is nothing to boot. */
export async function openBootFiles(
  { boot }: ResolvedDescription,
  findings: FileFindings,
): Promise<OpenedBootFiles> {
  const open = async (path: string, file: NamedFile | undefined): Promise<OpenedFile | undefined> => {
    const bytes = file && (await findings.openFile(path, file));
    return bytes && { name: file.file, bytes };
  };
  const placeOf = (index: number): string => (boot.initrd.length === 1 ? '' : `[${index}]`);
  return {
    kernel: await open('boot.kernel', boot.kernel),
    firmware: await open('boot.firmware', boot.firmware),
    initrds: await Promise.all(boot.initrd.map((file, index) => open(`boot.initrd${placeOf(index)}`, file))),
    fdt: await open('boot.fdt', boot.fdt),
  };
}

/** Looks whether each file is one of its kind. What is wrong goes to `findings`. */
export async function examineBootFiles(
  { kernel, firmware, fdt }: OpenedBootFiles,
  findings: FileFindings,
): Promise<void> {
  await findings.attempt('boot.kernel', () => readImage('kernel', kernel));
  await findings.attempt('boot.firmware', () => readImage('firmware', firmware));
  await findings.attempt('boot.fdt', () => readTree(fdt));
}

export class BootFiles {
  private constructor(
    private readonly opened: readonly Uint8Array[],
    private readonly kernel: BootImage | undefined,
    private readonly firmware: BootImage | undefined,
    private readonly initrd: readonly Uint8Array[],
    private readonly fdt: DecodedFdt | undefined,
  ) {}

  /** Opens and reads boot files. */
  static async load(description: ResolvedDescription, host: MachineHost): Promise<BootFiles> {
    const findings = new FileFindings(host);
    const opened = await openBootFiles(description, findings);
    findings.throwIfAny();
    return BootFiles.read(opened);
  }

  /** @throws ImageFormatError or FdtFormatError when one is none of its kind. */
  static async read({ kernel, firmware, initrds, fdt }: OpenedBootFiles): Promise<BootFiles> {
    const bytesOf = (files: readonly (OpenedFile | undefined)[]): Uint8Array[] =>
      files.flatMap((file) => file?.bytes ?? []);
    return new BootFiles(
      bytesOf([kernel, firmware, ...initrds, fdt]),
      await readImage('kernel', kernel),
      await readImage('firmware', firmware),
      alignInitrds(bytesOf(initrds)),
      readTree(fdt),
    );
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

async function readImage(
  what: 'kernel' | 'firmware',
  file: OpenedFile | undefined,
): Promise<BootImage | undefined> {
  return file && loadKernel(file.bytes, { what: `${what} ${file.name}` });
}

function readTree(file: OpenedFile | undefined): DecodedFdt | undefined {
  try {
    return file && decodeFdt(file.bytes);
  } catch (error) {
    if (error instanceof FdtFormatError) error.message = `${file!.name}: ${error.message}`;
    throw error;
  }
}
