/** Looks at the files that a description names, and makes no machine of them. */
import { examineBootFiles, openBootFiles, type NamedBootFiles } from './boot-files.ts';
import type { Problems } from './description-error.ts';
import {
  examineDescription,
  isList,
  resolveDescription,
  type BootDescription,
  type CompleteDrive,
  type CompleteFlash,
  type CompleteShare,
  type MachineDescription,
  type NamedFile,
} from './description.ts';
import { FileFindings } from './file-findings.ts';
import type { MachineHost } from './host.ts';

/** What of a description names files, and what is shared. */
interface NamedFiles {
  readonly boot: NamedBootFiles & { readonly flash?: Partial<CompleteFlash> };
  readonly drives: readonly (CompleteDrive | undefined)[];
  readonly shares: readonly (Partial<CompleteShare> | undefined)[];
}

/**
 * Checks a description, and opens every file as a machine would: boot files are read, and must be of their kind;
 * drives are opened, for writing too unless they are read-only; digests must be those of the content.
 * @param host is closed in the end. One that shares nothing, without `openShare`, is not asked for shared folders.
 * @throws DescriptionError with everything that is wrong.
 */
export async function checkFiles(description: unknown, host: MachineHost): Promise<void> {
  try {
    const { description: usable, problems } = examineDescription(description);
    if (problems.list.length > 0) await refuse(usable, problems, host);
    await findFaults(resolveDescription(usable as MachineDescription), host, new FileFindings(host));
  } finally {
    await host.close?.();
  }
}

/**
 * Looks at the files of a description that is wrong, for all that is wrong to be told at once.
 * @param usable and `problems` are what `examineDescription` found.
 * @throws DescriptionError
 */
export async function refuse(usable: unknown, problems: Problems, host: MachineHost): Promise<never> {
  await findFaults(filesOf(usable), host, new FileFindings(host, problems));
  throw new Error('nothing is wrong with this description');
}

async function findFaults(
  { boot, drives, shares }: NamedFiles,
  host: MachineHost,
  findings: FileFindings,
): Promise<void> {
  await examineBootFiles(await openBootFiles({ boot }, findings), findings);
  for (const [index, drive] of drives.entries()) {
    if (drive?.file !== undefined) await findings.openDrive(`drives[${index}]`, drive);
  }
  await findings.openFlash(boot.flash);
  for (const [index, share] of (host.openShare ? shares : []).entries()) {
    if (share?.tag !== undefined) await findings.openShare(`shares[${index}]`, share as CompleteShare);
  }
  findings.throwAll();
}

/** The files that are named in the right way. They are only read: what may be written to is not certain. */
function filesOf(usable: unknown): NamedFiles {
  const {
    boot = {},
    drives = [],
    shares = [],
  } = (usable ?? {}) as Partial<Pick<NamedFiles, 'shares'>> & {
    readonly boot?: Partial<BootDescription>;
    readonly drives?: readonly (Partial<CompleteDrive> | undefined)[];
  };
  const { kernel, initrd = [], firmware, fdt, flash } = boot;
  const variables = named(flash?.variables);
  return {
    boot: {
      kernel: named(kernel),
      initrd: (isList(initrd) ? initrd : [initrd]).map(named),
      firmware: named(firmware),
      fdt: named(fdt),
      flash: { code: named(flash?.code), variables: variables && { ...variables, readOnly: true } },
    },
    drives: drives.map((drive) => drive && ({ ...drive, readOnly: true } as CompleteDrive)),
    shares,
  };
}

/** A file of a place in which anything may be missing. */
function named(file: string | Partial<NamedFile> | undefined): NamedFile | undefined {
  if (typeof file === 'string') return { file };
  return file?.file === undefined ? undefined : (file as NamedFile);
}
