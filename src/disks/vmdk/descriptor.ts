/**
 * The text that describes a VMDK image: what it consists of, what lies beneath it, and facts of the virtual disk
 * (Virtual Disk Format 5.0, "The Descriptor File"). It is a file of its own, or stands in the image's only file.
 */
import { decodeUtf8, encodeUtf8 } from '../../text.ts';

/** A `parentCID` that says that there is no parent. */
export const NO_PARENT = 0xffff_ffff;

/** More extents than this are refused: each is an open file. */
export const MAX_EXTENTS = 4096;

/** The longest descriptor that is read, in bytes. */
export const MAX_DESCRIPTOR = 1 << 20;

/** A line that says where a part of the disk is. */
export interface ExtentLine {
  readonly access: 'RW' | 'RDONLY' | 'NOACCESS';
  readonly sectors: number;
  /** FLAT, SPARSE, ZERO, VMFS and others. */
  readonly type: string;
  readonly file?: string;
  /** Where in the file it begins, in sectors; flat extents only. */
  readonly offset: number;
}

// Of lines without blanks at their end. No two parts of a pattern take the same blanks: a stranger's line of a
// megabyte would be tried in all divisions.
const EXTENT =
  /^[ \t]*(RW|RDONLY|NOACCESS)[ \t]+(\d{1,15})[ \t]+([A-Z]{1,16})(?:[ \t]+"([^"]{0,1024})"(?:[ \t]+(\d{1,15}))?[^"]*)?$/;
const ENTRY = /^[ \t]*([A-Za-z][\w.]*)[ \t]*=[ \t]*(?![ \t])(?:"([^"]*)"|([^"\r]*))$/;

/** Whether bytes look like the beginning of a descriptor: comments and empty lines, then the version. */
export function isDescriptor(head: Uint8Array): boolean {
  for (const line of latin1(head).split('\n')) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    return /^version[ \t]*=[ \t]*"?[123]"?$/.test(text);
  }
  return false;
}

export class Descriptor {
  /** One character for each byte, so that whatever is not understood stays as it is. */
  private lines: string[];
  private readonly newline: string;

  constructor(bytes: Uint8Array) {
    const end = bytes.indexOf(0);
    const text = latin1(end < 0 ? bytes : bytes.subarray(0, end));
    this.newline = text.includes('\r\n') ? '\r\n' : '\n';
    this.lines = text.split(/\r?\n/);
  }

  /** The value of an entry, whichever case its name is written in. */
  get(name: string): string | undefined {
    const match = this.find(name);
    return match && decodeText(match.value);
  }

  /** A number of 32 bits in hexadecimal digits. */
  getHex(name: string): number | undefined {
    const value = this.get(name)?.trim();
    return value !== undefined && /^[0-9a-f]{1,8}$/i.test(value) ? parseInt(value, 16) : undefined;
  }

  /** Changes an entry, adds it behind the entry `after`, or removes it. */
  set(name: string, value: string | undefined, { quoted = true, after = 'version' } = {}): void {
    const line = value === undefined ? undefined : `${name}=${quoted ? `"${encodeText(value)}"` : value}`;
    const index = this.find(name)?.index;
    if (index !== undefined) this.lines.splice(index, 1, ...(line === undefined ? [] : [line]));
    else if (line !== undefined) this.lines.splice((this.find(after)?.index ?? -1) + 1, 0, line);
  }

  /**
   * Where the parts of the disk are.
   * @throws RangeError that says what is wrong with which line.
   */
  extents(): ExtentLine[] {
    const extents: ExtentLine[] = [];
    for (const line of this.lines) {
      if (!/^[ \t]*(RW|RDONLY|NOACCESS)[ \t]/.test(line)) continue;
      const match = EXTENT.exec(withoutEnd(line));
      if (!match) throw new RangeError(`there is no sense in the line ${JSON.stringify(line.slice(0, 100))}`);
      const [, access, sectors, type, file, offset] = match;
      if (Number(sectors) === 0)
        throw new RangeError(`an extent is empty: ${JSON.stringify(line.slice(0, 100))}`);
      extents.push({
        access: access as ExtentLine['access'],
        sectors: Number(sectors),
        type,
        file: file === undefined ? undefined : decodeText(file),
        offset: Number(offset ?? 0),
      });
      if (extents.length > MAX_EXTENTS)
        throw new RangeError(`more than ${MAX_EXTENTS} extents are not supported`);
    }
    return extents;
  }

  /** Gives the last extent another size, and adds others behind it. */
  resize(sectors: number, more: readonly ExtentLine[] = []): void {
    const last = this.lines.findLastIndex((line) => /^[ \t]*(RW|RDONLY|NOACCESS)[ \t]/.test(line));
    if (last < 0) return;
    this.lines[last] = this.lines[last].replace(/^([ \t]*\w+[ \t]+)\d+/, `$1${sectors}`);
    this.lines.splice(last + 1, 0, ...more.map((line) => encodeText(formatExtent(line))));
    const [heads, track] = ['heads', 'sectors'].map((name) => Number(this.get(`ddb.geometry.${name}`)));
    if (!(heads * track > 0)) return;
    const all = this.extents().reduce((sum, extent) => sum + extent.sectors, 0);
    this.set('ddb.geometry.cylinders', String(cylindersOf(all, heads * track)));
  }

  encode(): Uint8Array {
    return Uint8Array.from(this.lines.join(this.newline), (char) => char.charCodeAt(0));
  }

  private find(name: string): { index: number; value: string } | undefined {
    for (const [index, line] of this.lines.entries()) {
      const match = ENTRY.exec(withoutEnd(line));
      if (match?.[1].toLowerCase() === name.toLowerCase()) return { index, value: match[2] ?? match[3] };
    }
    return undefined;
  }
}

/** What a new descriptor says. */
export interface NewDescriptor {
  readonly cid: number;
  readonly parent?: { readonly cid: number; readonly reference: string };
  readonly subformat: string;
  readonly extents: readonly ExtentLine[];
  readonly adapterType: string;
  readonly hardwareVersion: string;
}

export function writeDescriptor(disk: NewDescriptor): Uint8Array {
  const sectors = disk.extents.reduce((sum, extent) => sum + extent.sectors, 0);
  const heads = disk.adapterType === 'ide' ? 16 : 255;
  const lines = disk.extents.map(formatExtent);
  const text = `# Disk DescriptorFile
version=1
CID=${formatCid(disk.cid)}
parentCID=${formatCid(disk.parent?.cid ?? NO_PARENT)}
createType="${disk.subformat}"
${disk.parent ? `parentFileNameHint="${disk.parent.reference}"\n` : ''}
# Extent description
${lines.join('\n')}

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "${disk.hardwareVersion}"
ddb.geometry.cylinders = "${cylindersOf(sectors, 63 * heads)}"
ddb.geometry.heads = "${heads}"
ddb.geometry.sectors = "63"
ddb.adapterType = "${disk.adapterType}"
`;
  return encodeUtf8(text);
}

function formatExtent({ access, sectors, type, file, offset }: ExtentLine): string {
  return `${access} ${sectors} ${type} "${file}"${type === 'FLAT' ? ` ${offset}` : ''}`;
}

function cylindersOf(sectors: number, sectorsPerCylinder: number): number {
  return Math.min(65535, Math.floor(sectors / sectorsPerCylinder));
}

/** Always eight digits, so that another one fits into its place. */
export function formatCid(cid: number): string {
  return cid.toString(16).padStart(8, '0');
}

/** Without blanks at its end. */
function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t'.includes(line[end - 1])) end--;
  return line.slice(0, end);
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}

/** Names are UTF-8, or what Windows of the West writes. */
function decodeText(text: string): string {
  const decoded = decodeUtf8(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  return decoded.includes('\ufffd') ? text : decoded;
}

function encodeText(text: string): string {
  return latin1(encodeUtf8(text));
}
