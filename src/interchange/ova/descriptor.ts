/**
 * The descriptor of a machine that leaves (DSP0243 1.1): hardware for other programs, and the description itself in an
 * element of our own, which says everything.
 */
import type { DiskFormatName } from '../../disks/disk-image.ts';
import { resolveDescription, type MachineDescription } from '../../machine/description.ts';
import { element, formatXml, type XmlElement } from '../xml.ts';
import type { Content, Contents } from './contents.ts';
import { NAMESPACES } from './names.ts';

/** Disk formats are named by URIs; this one is that of stream-optimised VMDK. */
const VMDK_URI = 'http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized';
/** CIM_OperatingSystem.OSType: another one; there is none for this processor. */
const OTHER_OS = 1;
/** What OVF 1 offers for the machine is free text. */
export const SYSTEM_TYPE = 'riscv64-virt';
const NETWORK = 'network';

/** A file whose size is known. */
export interface PackedContent {
  readonly content: Content;
  /** In the package, in bytes. */
  readonly size: number;
  /** What is on the disk. */
  readonly disk?: {
    readonly capacity: number;
    /** Of the image that it came from. */
    readonly format: DiskFormatName;
    /** Where the content ends, if not at the end of the disk. */
    readonly contentSize?: number;
  };
}

/** The descriptor's text. */
export function formatDescriptor(
  { description }: Contents,
  packed: readonly PackedContent[],
  name: string,
): string {
  const machine = resolveDescription(description);
  const diskIds = new Map(
    packed.filter(({ disk }) => disk).map(({ content }, index) => [content.name, `disk${index + 1}`]),
  );
  const empty = machine.drives.filter(({ memory }) => memory !== undefined);
  const emptyIds = new Map(empty.map((drive, index) => [drive, `empty${index + 1}`]));
  const disks = [
    ...packed.flatMap(({ content, disk }) =>
      disk ? [diskElement(diskIds.get(content.name)!, disk.capacity, content.id)] : [],
    ),
    ...empty.map((drive) => diskElement(emptyIds.get(drive)!, drive.memory!)),
  ];
  const driveDisks = machine.drives.map((drive) =>
    drive.file === undefined ? emptyIds.get(drive)! : diskIds.get(drive.file)!,
  );
  const root = ovf(
    'Envelope',
    {
      ...Object.fromEntries(Object.entries(NAMESPACES).map(([prefix, uri]) => [`xmlns:${prefix}`, uri])),
      'xml:lang': 'en',
    },
    [
      ovf(
        'References',
        {},
        packed.map(({ content: { id, href }, size }) =>
          ovf('File', { 'ovf:id': id, 'ovf:href': href, 'ovf:size': size }),
        ),
      ),
      ...section('DiskSection', 'The disks', disks),
      ...section(
        'NetworkSection',
        'What network cards are connected to',
        machine.network.length > 0
          ? [
              ovf('Network', { 'ovf:name': NETWORK }, [
                ovf('Description', {}, 'Whatever the host connects the machine to'),
              ]),
            ]
          : [],
      ),
      ovf('VirtualSystem', { 'ovf:id': name }, [
        ovf('Info', {}, 'A riscv64 machine'),
        ovf('Name', {}, name),
        ovf('OperatingSystemSection', { 'ovf:id': OTHER_OS }, [
          ovf('Info', {}, 'The operating system'),
          ovf('Description', {}, 'riscv64'),
        ]),
        ovf('VirtualHardwareSection', {}, [
          ovf('Info', {}, 'The hardware, as far as there are terms for it'),
          ovf('System', {}, [
            element('vssd:ElementName', {}, 'riscv64 virt'),
            element('vssd:InstanceID', {}, '0'),
            element('vssd:VirtualSystemIdentifier', {}, name),
            element('vssd:VirtualSystemType', {}, SYSTEM_TYPE),
          ]),
          ...hardwareItems(machine, driveDisks),
          machineElement(description, packed),
        ]),
      ]),
    ],
  );
  return `<?xml version='1.0' encoding='UTF-8'?>\n${formatXml(root)}`;
}

function ovf(...[name, attributes, content]: Parameters<typeof element>): XmlElement {
  return element(`ovf:${name}`, attributes, content);
}

function section(name: string, info: string, content: readonly XmlElement[]): XmlElement[] {
  return content.length === 0 ? [] : [ovf(name, {}, [ovf('Info', {}, info), ...content])];
}

function diskElement(id: string, capacity: number, fileRef?: string): XmlElement {
  return ovf('Disk', {
    'ovf:diskId': id,
    'ovf:fileRef': fileRef,
    'ovf:capacity': capacity,
    'ovf:format': fileRef && VMDK_URI,
  });
}

/** Items; the order of their elements is that of the schema. */
function hardwareItems(
  { harts, memory, drives, network }: ReturnType<typeof resolveDescription>,
  driveDisks: readonly string[],
): XmlElement[] {
  let instance = 0;
  const item = (fields: Readonly<Record<string, string | number>>): XmlElement => {
    const all: Record<string, string | number> = { ...fields, InstanceID: ++instance };
    const children = Object.keys(all)
      .sort()
      .map((key) => element(`rasd:${key}`, {}, String(all[key])));
    return ovf('Item', {}, children);
  };
  const items = [
    item({
      ElementName: `${harts} harts`,
      ResourceSubType: 'riscv64',
      ResourceType: 3,
      VirtualQuantity: harts,
    }),
    item({
      AllocationUnits: 'byte * 2^20',
      ElementName: 'memory',
      ResourceType: 4,
      VirtualQuantity: memory / 2 ** 20,
    }),
  ];
  if (drives.length > 0) {
    items.push(item({ Address: 0, ElementName: 'virtio', ResourceSubType: 'virtio', ResourceType: 20 }));
    const controller = instance;
    for (const [index, { id }] of drives.entries())
      items.push(
        item({
          AddressOnParent: index,
          ElementName: id,
          HostResource: `ovf:/disk/${driveDisks[index]}`,
          Parent: controller,
          ResourceType: 17,
        }),
      );
  }
  for (const [index, { mac }] of network.entries())
    items.push(
      item({
        Address: mac,
        AutomaticAllocation: 'true',
        Connection: NETWORK,
        ElementName: `network card ${index + 1}`,
        ResourceSubType: 'virtio',
        ResourceType: 10,
      }),
    );
  return items;
}

/** The schema has room for it there, and other programs pass it over. */
function machineElement(description: MachineDescription, packed: readonly PackedContent[]): XmlElement {
  // Some characters that JSON may have are none of XML's.
  const json = JSON.stringify(description).replace(
    /[\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
  return element('hartware:Machine', { 'ovf:required': 'false' }, [
    element('hartware:Description', {}, json),
    ...packed.map(({ content: { name, id }, disk }) =>
      element('hartware:File', {
        name,
        fileRef: id,
        format: disk?.format,
        contentSize: disk?.contentSize,
      }),
    ),
  ]);
}
