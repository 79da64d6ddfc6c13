/** The files a machine boots from, read from the host and placed in RAM: at the start, and again at every reset. */
import type { Core } from '../core/core.ts';
import {
  FW_CFG_CMDLINE_DATA,
  FW_CFG_CMDLINE_SIZE,
  FW_CFG_INITRD_DATA,
  FW_CFG_INITRD_SIZE,
  FW_CFG_KERNEL_DATA,
  FW_CFG_KERNEL_SIZE,
  FW_CFG_MAX_CPUS,
  FW_CFG_NB_CPUS,
  FW_CFG_RAM_SIZE,
  littleEndian,
  type FwCfg,
  type FwCfgContent,
} from '../devices/fw-cfg.ts';
import { decodeFdt, FdtFormatError, type DecodedFdt } from '../fdt/decode.ts';
import type { FdtNode } from '../fdt/fdt.ts';
import { encodeFdt } from '../fdt/encode.ts';
import { FLASH_BASE, FLASH_SIZE, MROM_BASE } from '../generated/memory-map.ts';
import { alignInitrds, ImageFormatError, loadKernel, type BootImage } from '../images/index.ts';
import type { GuestMemory } from '../memory.ts';
import { sizeOf } from '../pieces.ts';
import { encodeUtf8 } from '../text.ts';
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
/**
 * Free bytes of the FDT. U-Boot keeps it right below its own data, and writes the kernel's command line and
 * initrd into it in place (extlinux.conf, booti), whether there is room for them or not.
 */
const FDT_PADDING = 4096;
/** Where the reset code keeps the fw_dynamic info (reset-vector.ts). */
const INFO_ADDRESS = MROM_BASE + 40;

/** A boot file as it was read. */
interface OpenedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Boot files as a description names them. */
export interface NamedBootFiles {
  readonly kernel?: NamedFile;
  readonly firmware?: NamedFile;
  readonly initrd: readonly (NamedFile | undefined)[];
  readonly fdt?: NamedFile;
  readonly flash?: { readonly code?: NamedFile };
}

/** The boot files of a machine as they were read. */
export interface OpenedBootFiles {
  readonly kernel: OpenedFile | undefined;
  readonly firmware: OpenedFile | undefined;
  readonly initrds: readonly (OpenedFile | undefined)[];
  readonly fdt: OpenedFile | undefined;
  /** What the first bank of flash is filled with. */
  readonly flash: OpenedFile | undefined;
}

/** Reads the boot files. What is wrong with them goes to `findings`; with such there is nothing to boot. */
export async function openBootFiles(
  { boot }: { readonly boot: NamedBootFiles },
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
    flash: await open('boot.flash.code', boot.flash?.code),
  };
}

/** Looks whether each file is one of its kind. What is wrong goes to `findings`. */
export async function examineBootFiles(
  { kernel, firmware, fdt, flash }: OpenedBootFiles,
  findings: FileFindings,
): Promise<void> {
  await findings.attempt('boot.kernel', () => readImage('kernel', kernel));
  await findings.attempt('boot.firmware', () => readImage('firmware', firmware));
  await findings.attempt('boot.fdt', () => readTree(fdt));
  await findings.attempt('boot.flash.code', () => readFlash(flash));
}

export class BootFiles {
  private constructor(
    /** What is of no use any more when all is in place. */
    private readonly opened: readonly Uint8Array[],
    private readonly flash: Uint8Array | undefined,
    /** What fw_cfg hands over instead of RAM. */
    private readonly handedOver: { kernel: FwCfgContent; initrd: FwCfgContent } | undefined,
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
  static async read({ kernel, firmware, initrds, fdt, flash }: OpenedBootFiles): Promise<BootFiles> {
    const bytesOf = (files: readonly (OpenedFile | undefined)[]): Uint8Array[] =>
      files.flatMap((file) => file?.bytes ?? []);
    const inRam = flash ? [firmware, flash, fdt] : [kernel, firmware, ...initrds, fdt];
    const image = await readImage('kernel', kernel);
    const initrd = alignInitrds(bytesOf(initrds));
    return new BootFiles(
      bytesOf(inRam),
      readFlash(flash),
      flash && image && { kernel: wholeFile(image, kernel!), initrd },
      flash ? undefined : image,
      await readImage('firmware', firmware),
      flash ? [] : initrd,
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
      const padding = FDT_PADDING;
      if (this.fdt)
        return encodeFdt(withChosen(this.fdt.root, chosenProperties(chosen)), { ...this.fdt, padding });
      return encodeFdt(
        boardTree({
          harts: core.harts,
          ramBase: memory.base,
          ramSize: memory.size,
          paging: description.isa.paging,
          placements: board.placements,
          ...chosen,
        }),
        { padding },
      );
    };
    const { append, privilege = this.flash || this.kernel?.kind === 'linux' ? 'supervisor' : 'machine' } =
      description.boot;
    if (this.flash) board.flash!.banks[0].fill(this.flash);
    this.fillFwCfg(board.fwCfg, core.harts, memory.size, append);
    const plan = planBoot({
      ramBase: memory.base,
      ramSize: memory.size,
      kernel: this.kernel,
      firmware: this.firmware,
      flash: this.flash && FLASH_BASE,
      initrdSize: sizeOf(this.initrd),
      fdtSize: tree(this.initrd.length > 0 ? { start: 0, end: 0 } : undefined).length,
      kernelPrivilege: privilege,
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

  private fillFwCfg(fwCfg: FwCfg, harts: number, ramSize: number, append: string): void {
    const { kernel = [], initrd = [] } = this.handedOver ?? {};
    const cmdline = encodeUtf8(`${append}\0`);
    const number = (key: number, value: number, size: 2 | 4 | 8): void =>
      fwCfg.setItem(key, [littleEndian(value, size)]);
    number(FW_CFG_NB_CPUS, harts, 2);
    number(FW_CFG_MAX_CPUS, harts, 2);
    number(FW_CFG_RAM_SIZE, ramSize, 8);
    fwCfg.setItem(FW_CFG_KERNEL_DATA, kernel);
    fwCfg.setItem(FW_CFG_INITRD_DATA, initrd);
    fwCfg.setItem(FW_CFG_CMDLINE_DATA, this.handedOver && append ? [cmdline] : []);
    number(FW_CFG_KERNEL_SIZE, sizeOf(kernel), 4);
    number(FW_CFG_INITRD_SIZE, sizeOf(initrd), 4);
    number(FW_CFG_CMDLINE_SIZE, this.handedOver && append ? cmdline.length : 0, 4);
  }
}

/** An image as its file, as EFI wants a kernel; a Linux Image is unpacked. */
function wholeFile({ kind, segments }: BootImage, { bytes }: OpenedFile): FwCfgContent {
  return kind === 'linux' ? segments.map((segment) => segment.bytes) : [bytes];
}

/** @throws ImageFormatError */
function readFlash(file: OpenedFile | undefined): Uint8Array | undefined {
  if (file && (file.bytes.length === 0 || file.bytes.length > FLASH_SIZE))
    throw new ImageFormatError(
      `${file.name}: expected 1 to ${FLASH_SIZE} bytes for flash, found ${file.bytes.length}`,
    );
  return file?.bytes;
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
