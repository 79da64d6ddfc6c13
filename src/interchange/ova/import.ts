/** Unpacking a machine, or its disks alone. */
import type { DiskFormatName, ImageHost, WorkOptions } from '../../disks/disk-image.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { InterchangeError } from '../error.ts';
import type { BootDescription } from '../../machine/description.ts';
import type { Imported } from '../draft.ts';
import type { XmlElement } from '../xml.ts';
import { childrenOf, readEnvelope, type Envelope } from './envelope.ts';
import { importHardware, purposeOf } from './hardware.ts';
import { readMachineElement } from './machine-element.ts';
import type { CreateHash } from './manifest.ts';
import { OvfPackage, type PackageFiles } from './package.ts';
import { Unpacking } from './unpack.ts';

/** What unpacking needs of the place it runs in. */
export interface UnpackHost extends ImageHost {
  readonly createHash: CreateHash;
  /** Unpacks gzip (RFC 1952), piece by piece. */
  gunzip(file: ImageFile): AsyncIterable<Uint8Array>;
  /** @throws InterchangeError */
  readXml(bytes: Uint8Array): XmlElement;
  /** Makes a new file in the folder that the package is unpacked to. @throws when there is one of that name. */
  createFile(name: string): Promise<ImageFile>;
  /** Opens one of them again, for reading. */
  reopenFile(name: string): Promise<ImageFile>;
  /** Takes one of them away again, which was closed. */
  removeFile(name: string): Promise<void>;
}

export interface UnpackOptions {
  /** The descriptor, where it is known. Default: the one whose name says so. */
  readonly descriptor?: string;
  /** Of the disks. Default: what they had where Hartware packed them, else qcow2. */
  readonly format?: DiskFormatName;
  /** What starts a machine of another program, because its package does not say; called if it is needed. */
  readonly boot?: () => Promise<BootDescription>;
}

/**
 * Unpacks a machine.
 * @throws InterchangeError when the package is damaged, or its machine is none of this board.
 */
export async function importOva(
  files: PackageFiles,
  host: UnpackHost,
  { descriptor, format, boot }: UnpackOptions,
  work: WorkOptions,
): Promise<Imported> {
  const { source, envelope } = await open(files, host, descriptor, work);
  const [system, another] = envelope.systems;
  if (!system) throw new InterchangeError('expected a machine in the package, found none');
  const onlyDisks = 'its disks can be had all the same: give --disks-only';
  if (another)
    throw new InterchangeError(
      `expected one machine in the package, found ${envelope.systems.length}; ${onlyDisks}`,
    );
  const [own] = childrenOf(system, 'ovf:VirtualHardwareSection').flatMap((hardware) =>
    childrenOf(hardware, 'hartware:Machine'),
  );
  const unpacking = new Unpacking(source, envelope, host, format);
  let imported: Imported;
  if (own) {
    const notes = boot ? ['the loader is left out: the package says what starts its machine'] : [];
    imported = { description: readMachineElement(own, envelope, unpacking), notes };
  } else {
    const { isRiscv, said } = purposeOf(system);
    if (!isRiscv) {
      const found = said.length === 0 ? 'nothing in it names a processor' : `it names ${said.join(', ')}`;
      throw new InterchangeError(
        `this machine is for another processor than riscv64: ${found}; it cannot run here, but ${onlyDisks}`,
      );
    }
    if (envelope.unknownSections.length > 0)
      throw new InterchangeError(
        `the machine asks for ${envelope.unknownSections.join(', ')}, which is not known here; ${onlyDisks}`,
      );
    if (!boot)
      throw new InterchangeError(
        'the package does not say what starts its machine: give --loader edk2, --loader u-boot or --loader FILE',
      );
    imported = importHardware(system, envelope, await boot(), (drive) => unpacking.want(drive));
  }
  await unpacking.run(work);
  return { ...imported, notes: [...source.notes, ...unpacking.notes, ...imported.notes] };
}

/** A disk that was unpacked. */
export interface UnpackedDisk {
  /** What it is called in the package's descriptor. */
  readonly id: string;
  /** Its file. */
  readonly name: string;
}

/**
 * Unpacks the disks of a package, whatever its machines are.
 * @throws InterchangeError when the package is damaged, or has no disks.
 */
export async function unpackDisks(
  files: PackageFiles,
  host: UnpackHost,
  { descriptor, format }: UnpackOptions,
  work: WorkOptions,
): Promise<{ readonly disks: readonly UnpackedDisk[]; readonly notes: readonly string[] }> {
  const { source, envelope } = await open(files, host, descriptor, work);
  const unpacking = new Unpacking(source, envelope, host, format);
  const ids = [...envelope.disks.values()].filter(({ file }) => file).map(({ id }) => id);
  if (ids.length === 0) throw new InterchangeError('expected disks in the package, found none');
  const disks = ids.map((id) => ({ id, name: unpacking.want({ kind: 'disk', id }) }));
  await unpacking.run(work);
  return { disks, notes: [...source.notes, ...unpacking.notes] };
}

async function open(
  files: PackageFiles,
  host: UnpackHost,
  descriptor: string | undefined,
  work: WorkOptions,
): Promise<{ readonly source: OvfPackage; readonly envelope: Envelope }> {
  const source = await OvfPackage.open(files, host.createHash, work, descriptor);
  return { source, envelope: readEnvelope(host.readXml(source.descriptor)) };
}
