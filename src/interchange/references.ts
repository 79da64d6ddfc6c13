/** The files that a description names. */
import {
  isList,
  type BootFile,
  type DriveDescription,
  type MachineDescription,
} from '../machine/description.ts';

/** Where a file is named. */
export type ReferencePlace =
  { readonly kind: 'boot' | 'variables' } | { readonly kind: 'drive'; readonly drive: DriveDescription };

/** The same description with other names of its files. */
export function renameFiles(
  description: MachineDescription,
  rename: (file: string, place: ReferencePlace) => string,
): MachineDescription {
  const inPlace =
    (kind: 'boot' | 'variables') =>
    <T extends { readonly file: string }>(file: string | T): string | T =>
      typeof file === 'string' ? rename(file, { kind }) : { ...file, file: rename(file.file, { kind }) };
  const moved = inPlace('boot') as (file: BootFile) => BootFile;
  const { boot, drives } = description;
  const { kernel, initrd, firmware, fdt, flash } = boot;
  const variables = flash?.variables;
  return {
    ...description,
    boot: {
      ...boot,
      ...(kernel !== undefined && { kernel: moved(kernel) }),
      ...(initrd !== undefined && { initrd: isList(initrd) ? initrd.map(moved) : moved(initrd) }),
      ...(firmware !== undefined && { firmware: moved(firmware) }),
      ...(fdt !== undefined && { fdt: moved(fdt) }),
      ...(flash && {
        flash: {
          code: moved(flash.code),
          ...(variables !== undefined && { variables: inPlace('variables')(variables) }),
        },
      }),
    },
    ...(drives && {
      drives: drives.map((drive) =>
        drive.file === undefined ? drive : { ...drive, file: rename(drive.file, { kind: 'drive', drive }) },
      ),
    }),
  };
}
