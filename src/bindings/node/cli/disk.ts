/** The guest of `hartware run DISK`: firmware that starts what is on it, as boot files. */
import { link, open, rm } from 'node:fs/promises';
import { ArgumentError, messageOf } from '../../../errors.ts';
import type { BootDescription } from '../../../index.ts';
import { readEfiLoaders } from '../../../block/efi-loaders.ts';
import { readDiskBoot, type DiskBoot } from '../../../block/partition-table.ts';
import { withoutQuery } from '../../../disks/http/http-file.ts';
import { fileError } from '../file-error.ts';
import { obtainFirmware, type FirmwareKind, type FirmwareOptions } from '../guest/firmware.ts';
import { isHttpUrl } from '../http.ts';
import { createNodeHost, type NodeHostOptions } from '../host.ts';
import { toPath } from '../paths.ts';
import type { RunArguments } from './arguments.ts';
import { ProgressDisplay } from './progress.ts';
import { Interrupted } from './signals.ts';

/** What is added to the name of a disk for the image of its UEFI variables. */
const VARIABLES = '.vars.fd';
const PIECE = 1 << 20;
/** This machine in the name of a default loader, and what others are there called (UEFI specification, 3.5.1.1). */
const OWN_LOADER = 'RISCV64';
const OTHER_LOADERS: Readonly<Record<string, string>> = {
  X64: 'x86-64',
  IA32: 'x86',
  AA64: 'Arm (64 bits)',
  ARM: 'Arm (32 bits)',
  LOONGARCH64: 'LoongArch',
};
const KINDS: Readonly<Record<FirmwareKind, string>> = { edk2: "Debian's EDK2", 'u-boot': "Debian's U-Boot" };

export interface DiskGuest {
  readonly boot: BootDescription;
  readonly files: NodeHostOptions['files'];
}

/**
 * @param host what the disk is opened with.
 * @throws GuestUnavailableError; FileError; FetchError; ArgumentError where nothing says how to start the disk.
 */
export async function diskGuest(
  disk: string,
  args: RunArguments,
  host: NodeHostOptions = {},
): Promise<DiskGuest> {
  const progress = new ProgressDisplay(process.stderr);
  const note = (text: string): void => {
    if (!args.quiet) progress.report({ kind: 'note', text });
  };
  const loader = args.loader ?? (await chooseFirmware(disk, host, note, args.kernel));
  if (loader === 'u-boot' && args.kernel !== undefined)
    throw new ArgumentError(`--kernel: U-Boot starts what is on the disk; ${instead(disk, args.kernel)}`);
  if (loader === 'u-boot' && args.variables !== undefined)
    throw new ArgumentError('--variables: U-Boot has no UEFI variables in flash; --loader edk2 has');
  // Firmware of the user's enters what follows in S-mode by itself.
  const privilege = args.bios === undefined ? 'supervisor' : undefined;
  if (loader !== 'edk2' && loader !== 'u-boot')
    return { boot: { flash: { code: loader, variables: args.variables } }, files: {} };
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new Interrupted());
  process.once('SIGINT', interrupt);
  const options: FirmwareOptions = { mirror: args.mirror, cacheDirectory: args.cache };
  try {
    const { code, variables, origin } = await obtainFirmware(loader, {
      ...options,
      progress: args.quiet ? undefined : progress.report,
      signal: abort.signal,
    });
    note(`Starting ${nameOf(disk)} with ${loader === 'edk2' ? 'UEFI' : 'U-Boot'} of ${origin}.`);
    let first: Uint8Array | undefined = code;
    const name = KINDS[loader];
    const files = {
      // Once what was read; what a reset needs is read then.
      [name]: async () => {
        const now = first ?? (await obtainFirmware(loader, options)).code;
        first = undefined;
        return now;
      },
    };
    if (!variables) return { boot: { kernel: name, privilege }, files };
    const image = args.variables ?? (isHttpUrl(disk) ? undefined : disk + VARIABLES);
    if (image === undefined) {
      note('UEFI variables are not kept: --variables FILE keeps them.');
      return { boot: { flash: { code: name } }, files };
    }
    const isKept = await createVariables(toPath(image, '.'), variables).then(
      () => true,
      (error: unknown) => {
        // The user named it, and wants it.
        if (args.variables !== undefined) throw fileError('write', image, error);
        note(`UEFI variables are not kept: ${messageOf(fileError('write', image, error))}`);
        return false;
      },
    );
    return { boot: { flash: { code: name, variables: isKept ? image : undefined } }, files };
  } finally {
    progress.done();
    process.off('SIGINT', interrupt);
  }
}

/** For messages: what follows a question mark may be a secret. */
function nameOf(disk: string): string {
  return isHttpUrl(disk) ? withoutQuery(disk) : disk;
}

/** How a kernel gets the disk without a boot loader between. */
function instead(disk: string, kernel: string): string {
  return `to start ${kernel} with that disk, write --kernel ${kernel} --drive ${nameOf(disk)}`;
}

/**
 * What the disk asks for.
 * @param kernel what is to be started beside it, which needs UEFI.
 * @throws as `diskGuest`.
 */
export async function chooseFirmware(
  disk: string,
  options: NodeHostOptions,
  note: (text: string) => void,
  kernel?: string,
): Promise<FirmwareKind> {
  const host = await createNodeHost(options);
  const name = nameOf(disk);
  let found: DiskBoot;
  let loaders: readonly string[] | undefined;
  try {
    const drive = await host.openDrive(disk, { readOnly: true });
    found = await readDiskBoot(drive);
    loaders = found.efi && (await readEfiLoaders(drive, found.efi));
  } finally {
    await host.close?.();
  }
  if (found.efi) {
    checkLoaders(name, loaders);
    if (loaders?.length === 0)
      note(
        `${name} has no EFI/BOOT/BOOT${OWN_LOADER}.EFI: UEFI starts what its variables name, or its shell.`,
      );
    return 'edk2';
  }
  if (found.hasBootFlag) return 'u-boot';
  if (kernel !== undefined)
    throw new ArgumentError(`${name} has nothing that firmware could start; ${instead(disk, kernel)}`);
  if (found.table === 'none')
    throw new ArgumentError(
      `${name} has no partition table, and so nothing that firmware could start; to boot a kernel, write ` +
        `--kernel ${name}; a disk without partitions starts with --loader edk2 or --loader u-boot`,
    );
  throw new ArgumentError(
    `${name} has neither an EFI system partition nor one with a boot flag; --loader edk2 or --loader u-boot ` +
      'starts it all the same',
  );
}

/** @throws ArgumentError where a disk has default loaders, and all are for other computers. */
function checkLoaders(disk: string, loaders: readonly string[] = []): void {
  if (loaders.length === 0 || loaders.includes(OWN_LOADER)) return;
  const others = loaders.map((loader) => OTHER_LOADERS[loader] ?? loader).join(' and ');
  throw new ArgumentError(
    `${disk} is for computers with ${others}, and this machine is a RISC-V one: of default loaders it has ` +
      `${loaders.map((loader) => `EFI/BOOT/BOOT${loader}.EFI`).join(', ')} and no BOOT${OWN_LOADER}.EFI; ` +
      '--loader edk2 starts it all the same',
  );
}

/**
 * Makes an image of UEFI variables, as large as its bank, if there is none. It appears whole or
 * not at all, and one that is there stays.
 */
async function createVariables(image: string, content: Uint8Array): Promise<void> {
  const exists = await open(image, 'r').then(
    (handle) => handle.close().then(() => true),
    () => false,
  );
  if (exists) return;
  const temporary = `${image}.part-${process.pid}`;
  try {
    const file = await open(temporary, 'wx');
    try {
      // With holes where there are only zeros, which is nearly everywhere.
      await file.truncate(content.length);
      for (let offset = 0; offset < content.length; offset += PIECE) {
        const piece = content.subarray(offset, offset + PIECE);
        if (piece.some((byte) => byte !== 0)) await file.write(piece, 0, piece.length, offset);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, image).catch((error: NodeJS.ErrnoException) => {
      // Another machine was faster.
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
