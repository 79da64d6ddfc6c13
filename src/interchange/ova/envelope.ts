/** The envelope of an OVF package (DSP0243, clauses 7 to 9): which files, disks and machines it has. */
import { InterchangeError } from '../error.ts';
import type { XmlElement } from '../xml.ts';
import { withKnownPrefixes } from './names.ts';
import { sizeIn } from './units.ts';

/** A file of the package. */
export interface PackagedFile {
  readonly id: string;
  /** As it is written: a name, or a URL. */
  readonly href: string;
  readonly isGzip: boolean;
  /** Size of each of its chunks but the last, which are files of the package. Default: it is one file. */
  readonly chunkSize?: number;
  /** Of all of it as it lies there, where that is said rightly. */
  readonly size?: number;
}

/** A disk of the package. */
export interface PackagedDisk {
  readonly id: string;
  /** In bytes. */
  readonly capacity: number;
  /** Default: an empty disk. */
  readonly file?: PackagedFile;
  /** The format of its file, as a URI. */
  readonly format: string;
  /** The disk that it is based on. */
  readonly parent?: string;
}

export interface Envelope {
  readonly files: ReadonlyMap<string, PackagedFile>;
  readonly disks: ReadonlyMap<string, PackagedDisk>;
  /** The machines, in their order. */
  readonly systems: readonly XmlElement[];
  /** Sections that have to be understood, and are not. */
  readonly unknownSections: readonly string[];
}

/** Sections of the specification that say nothing a machine here could do otherwise, or are read here. */
const SECTIONS = [
  ...['Annotation', 'Product', 'Eula', 'Startup', 'DeploymentOption', 'OperatingSystem', 'Install'],
  ...['ResourceAllocation', 'Network', 'Disk', 'VirtualHardware', 'EnvironmentFiles', 'BootDevice'],
  ...['SharedDisk', 'ScaleOut', 'PlacementGroup', 'Placement'],
].map((name) => `ovf:${name}Section`);
const OTHER_PARTS = ['References', 'Strings', 'Info', 'Name', 'VirtualSystem', 'VirtualSystemCollection'].map(
  (name) => `ovf:${name}`,
);

/** @throws InterchangeError */
export function readEnvelope(document: XmlElement): Envelope {
  const root = withKnownPrefixes(document);
  if (root.name !== 'ovf:Envelope')
    throw new InterchangeError(
      `expected an OVF envelope of version 1 or 2, found <${root.name.slice(0, 120)}>`,
    );
  if (childrenOf(root, 'ovf:EncryptionSection').length > 0)
    throw new InterchangeError('the package is encrypted: decrypt it first');
  const files = new Map<string, PackagedFile>();
  for (const element of childrenOf(root, 'ovf:References').flatMap(({ children }) => children)) {
    if (element.name !== 'ovf:File') continue;
    const file = readFile(element);
    if (files.has(file.id)) throw new InterchangeError(`two files have the id ${JSON.stringify(file.id)}`);
    files.set(file.id, file);
  }
  const properties = new Map<string, string>();
  collectProperties(root, properties);
  const disks = new Map<string, PackagedDisk>();
  for (const section of ['ovf:DiskSection', 'ovf:SharedDiskSection'])
    for (const element of childrenOf(root, section).flatMap(({ children }) => children)) {
      if (!/^ovf:(Shared)?Disk$/.test(element.name)) continue;
      const disk = readDisk(element, files, properties);
      if (disks.has(disk.id)) throw new InterchangeError(`two disks have the id ${JSON.stringify(disk.id)}`);
      disks.set(disk.id, disk);
    }
  const systems: XmlElement[] = [];
  const unknown = new Set<string>();
  const look = (parent: XmlElement): void => {
    for (const child of parent.children) {
      if (child.name === 'ovf:VirtualSystem') systems.push(child);
      if (/^ovf:VirtualSystem(Collection)?$/.test(child.name)) look(child);
      const isKnown = [...SECTIONS, ...OTHER_PARTS].includes(child.name);
      if (!isKnown && isRequired(child)) unknown.add(child.name);
    }
  };
  look(root);
  return { files, disks, systems, unknownSections: [...unknown] };
}

/** What properties are unless somebody says otherwise (9.5), by their keys. */
function collectProperties(element: XmlElement, into: Map<string, string>): void {
  for (const child of element.children) {
    if (child.name !== 'ovf:Property') collectProperties(child, into);
    const key = attributeOf(child, 'key');
    const value = attributeOf(child, 'value');
    if (child.name === 'ovf:Property' && key !== undefined && value !== undefined) into.set(key, value);
  }
}

/** What stands directly in an element. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** An attribute of OVF's, also where its prefix was left out. */
export function attributeOf({ attributes }: XmlElement, name: string): string | undefined {
  return attributes[`ovf:${name}`] ?? attributes[name];
}

/** Whether what is not understood must not be passed over (clause 7.3). */
export function isRequired(element: XmlElement): boolean {
  return attributeOf(element, 'required')?.trim() !== 'false';
}

function readFile(element: XmlElement): PackagedFile {
  const id = needed(element, 'id');
  const where = `file ${JSON.stringify(id)}`;
  const compression = attributeOf(element, 'compression') ?? 'identity';
  if (!['identity', 'gzip', ''].includes(compression))
    throw new InterchangeError(
      `${where}: expected the compression gzip or none, found ${JSON.stringify(compression)}`,
    );
  const bytes = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : sizeIn(text, 'byte');
  const chunks = attributeOf(element, 'chunkSize');
  const chunkSize = bytes(chunks);
  if (chunks !== undefined && !chunkSize)
    throw new InterchangeError(`${where}: expected the size of its chunks, found ${JSON.stringify(chunks)}`);
  return {
    id,
    href: needed(element, 'href'),
    isGzip: compression === 'gzip',
    ...(chunkSize !== undefined && { chunkSize }),
    size: bytes(attributeOf(element, 'size')),
  };
}

function readDisk(
  element: XmlElement,
  files: ReadonlyMap<string, PackagedFile>,
  properties: ReadonlyMap<string, string>,
): PackagedDisk {
  const id = needed(element, 'diskId');
  const where = `disk ${JSON.stringify(id)}`;
  // It can be left to whoever installs the package (9.1).
  const text = needed(element, 'capacity').replace(
    /^\$\{(.+)\}$/,
    (property, key: string) => properties.get(key) ?? property,
  );
  const unit = attributeOf(element, 'capacityAllocationUnits') ?? 'byte';
  const capacity = sizeIn(text, unit);
  if (capacity === undefined)
    throw new InterchangeError(
      `${where}: expected a capacity, found ${JSON.stringify(text)} with the unit ${JSON.stringify(unit)}`,
    );
  const fileRef = attributeOf(element, 'fileRef') || undefined;
  const file = fileRef === undefined ? undefined : files.get(fileRef);
  if (fileRef !== undefined && !file)
    throw new InterchangeError(`${where}: there is no file with the id ${JSON.stringify(fileRef)}`);
  const parent = attributeOf(element, 'parentRef') || undefined;
  const format = attributeOf(element, 'format') ?? '';
  return { id, capacity, format, ...(file && { file }), ...(parent !== undefined && { parent }) };
}

function needed(element: XmlElement, name: string): string {
  const value = attributeOf(element, name);
  if (value !== undefined && value !== '') return value;
  throw new InterchangeError(`expected an attribute ${name} of <${element.name}>, found none`);
}
