/** `hartware export` and `hartware import`. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDiskImage } from '../../../../disks/open.ts';
import type { MachineDescription } from '../../../../index.ts';
import { concatenateInitrds, loadKernel } from '../../../../images/index.ts';
import {
  exportLibvirt,
  exportQemu,
  importLibvirt,
  importQemu,
  InterchangeError,
  renameFiles,
  type ExportOptions,
  type ImageFound,
  type Imported,
} from '../../../../interchange/index.ts';
import { resolveDescription, type CompleteDrive } from '../../../../machine/description.ts';
import { openImageFile } from '../../drive.ts';
import { isHttpUrl } from '../../http.ts';
import { createImageHost } from '../../image-host.ts';
import { UsageError } from '../arguments.ts';
import { readDescription } from '../description-file.ts';
import { readBytes, write } from '../files.ts';
import { oneLine, writeAll } from '../output.ts';
import type { ExportArguments, ImportArguments } from './arguments.ts';
import { packMachine, unpackMachine } from './ova.ts';
import { MAX_XML_BYTES, readXml } from './read-xml.ts';

/** Prints the machine for another program, or packs it, and returns the exit code. */
export async function exportMachine(args: ExportArguments): Promise<number> {
  const description = await readDescription(args.file);
  if (args.to === 'ova') {
    await packMachine(description, args.file, { ...args, output: args.output! });
    return 0;
  }
  const directory = dirname(resolve(args.file));
  // The other program may start from anywhere.
  const path = (reference: string): string =>
    /^file:/i.test(reference) ? fileURLToPath(reference) : resolve(directory, reference);
  const { boot, drives } = resolveDescription(description);
  const { kernel, initrd: files } = boot;
  const initrds = files.map(({ file }) => path(file));
  if (args.initrd !== undefined && initrds.length < 2)
    throw new UsageError(`--initrd joins several initrds, and ${args.file} has ${initrds.length}`);
  const options: ExportOptions = {
    path,
    ...(kernel && (await kindOf(path(kernel.file)))),
    ...(args.initrd !== undefined && { initrd: resolve(args.initrd) }),
    shares: Object.fromEntries(Object.entries(args.shares).map(([tag, folder]) => [tag, resolve(folder)])),
    images: await Promise.all(drives.map((drive) => imageOf(drive, path))),
    qemu: args.qemu,
  };
  const name = args.name ?? (basename(args.file).replace(/\.json$/i, '') || undefined);
  const { text, notes } =
    args.to === 'qemu'
      ? renamed(exportQemu(description, options), 'script')
      : renamed(exportLibvirt(description, { ...options, name }), 'xml');
  if (args.initrd !== undefined) {
    const parts = await Promise.all(initrds.map(readBytes));
    await write(args.initrd, concatenateInitrds(parts));
  }
  return deliver(text, notes, args.output);
}

/** Prints a machine of another program as a description, or unpacks one, and returns the exit code. */
export async function importMachine(args: ImportArguments): Promise<number> {
  try {
    if (args.from === 'ova') {
      await writeNotes(await unpackMachine(args.output!, args));
      return 0;
    }
    return await importText(args);
  } catch (error) {
    if (error instanceof InterchangeError) {
      await writeNotes(error.notes);
      error.message = `${args.file === '-' ? 'standard input' : args.file}: ${error.message}`;
    }
    throw error;
  }
}

async function importText(args: ImportArguments): Promise<number> {
  const bytes = args.file === '-' ? await readInput() : await readBytes(args.file);
  const isXml = args.from === undefined ? isXmlText(bytes.subarray(0, 1024)) : args.from === 'libvirt';
  const imported = isXml ? importLibvirt(readXml(bytes)) : importQemu(commandOf(bytes));
  const { description, notes } = await withoutUsualPrivilege(imported);
  const placed = args.output === undefined ? description : place(description, dirname(resolve(args.output)));
  return deliver(`${JSON.stringify(placed, undefined, 2)}\n`, notes, args.output);
}

/** Whether it begins as XML does, in UTF-16 as well, which nothing else is in. */
const isXmlText = (start: Uint8Array): boolean => /^([\ufeff\s]*<|\ufffd\ufffd)/.test(decode(start));

function renamed<K extends string>(
  exported: Readonly<Record<K, string>> & { readonly notes: readonly string[] },
  key: K,
): { readonly text: string; readonly notes: readonly string[] } {
  return { text: exported[key], notes: exported.notes };
}

/** How the kernel starts is in its file. One that cannot be read is taken for a Linux Image. */
async function kindOf(kernel: string): Promise<Pick<ExportOptions, 'kernelKind' | 'isKernelPacked'>> {
  const bytes = await readFile(kernel).catch(() => undefined);
  const image = bytes && (await loadKernel(bytes).catch(() => undefined));
  const isGzip = bytes?.[0] === 0x1f && bytes[1] === 0x8b;
  return { kernelKind: image?.kind, isKernelPacked: isGzip };
}

/** What was imported, without the privilege that the kernel's file has it start in anyway. */
async function withoutUsualPrivilege({ description, notes }: Imported): Promise<Imported> {
  const { kernel, privilege, ...boot } = description.boot;
  if (typeof kernel !== 'string' || privilege === undefined || boot.flash) return { description, notes };
  const { kernelKind } = await kindOf(kernel);
  const usual = kernelKind === undefined || kernelKind === 'linux' ? 'supervisor' : 'machine';
  if (privilege !== usual) return { description, notes };
  const note = `boot.kernel ${JSON.stringify(kernel)}: cannot be read, and is taken for a Linux Image; another one needs "privilege": "supervisor"`;
  return {
    description: { ...description, boot: { kernel, ...boot } },
    notes: kernelKind === undefined ? [...notes, note] : notes,
  };
}

/** What a drive's image is; undefined for one that is not there. */
async function imageOf(
  { file: reference, format: named }: CompleteDrive,
  path: (reference: string) => string,
): Promise<ImageFound | undefined> {
  if (reference === undefined) return undefined;
  const isUrl = isHttpUrl(reference);
  try {
    const file = await openImageFile(isUrl ? reference : path(reference), true);
    const image = await openDiskImage(file, createImageHost(), { format: named, withBacking: false });
    const { format, backingReference } = image;
    await image.close();
    return { format, isOverlay: backingReference !== undefined };
  } catch (error) {
    // Whoever names the format may export what is elsewhere, in use or beyond us.
    if (named !== undefined || isUrl || !existsSync(path(reference))) return undefined;
    throw error;
  }
}

/** The description for a file in `directory`: relative paths start from there, and not from here. */
function place(description: MachineDescription, directory: string): MachineDescription {
  return renameFiles(description, (file) =>
    isAbsolute(file) || /^[a-z][a-z0-9+.-]+:/i.test(file) ? file : relative(directory, resolve(file)),
  );
}

async function deliver(text: string, notes: readonly string[], output: string | undefined): Promise<number> {
  if (output === undefined) await writeAll(process.stdout, text);
  else await write(output, text);
  await writeNotes(notes);
  return 0;
}

async function writeNotes(notes: readonly string[]): Promise<void> {
  for (const note of notes) await writeAll(process.stderr, `hartware: note: ${oneLine(note)}\n`);
}

/** No more than is needed to see that it is too much. */
async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MAX_XML_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function commandOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_XML_BYTES)
    throw new InterchangeError(`expected a command line of at most ${MAX_XML_BYTES} bytes, found more`);
  return decode(bytes);
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
