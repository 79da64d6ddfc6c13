/** Packages in memory: files by their names, packed and unpacked. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { readXml } from '../../../src/bindings/node/cli/exchange/read-xml.ts';
import { createImageHost } from '../../../src/bindings/node/image-host.ts';
import { convertImage } from '../../../src/disks/convert.ts';
import { diskFormat } from '../../../src/disks/formats.ts';
import { MemoryImageFile, type ImageFile } from '../../../src/disks/image-file.ts';
import { openDiskImage } from '../../../src/disks/open.ts';
import {
  archiveFiles,
  archiveTarget,
  exportOva,
  importOva,
  unpackDisks,
  type PackHost,
  type UnpackHost,
  type UnpackOptions,
} from '../../../src/interchange/ova/index.ts';
import { TarWriter } from '../../../src/interchange/ova/tar.ts';
import type { MachineDescription } from '../../../src/machine/description.ts';
import { Random } from '../../support/random.ts';

/** Files by their names. */
export type Files = Map<string, ImageFile>;

export async function bytesOf(file: ImageFile): Promise<Buffer> {
  const bytes = Buffer.alloc(file.size);
  await file.read(0, bytes);
  return bytes;
}

const createHashOf: PackHost['createHash'] = (algorithm) => {
  const hash = createHash(algorithm.toLowerCase());
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
};

export async function pack(
  description: MachineDescription,
  sources: Readonly<Record<string, Uint8Array>>,
  archive: ImageFile = new MemoryImageFile('machine.ova'),
): Promise<ImageFile> {
  const images = createImageHost();
  const openFile = async (reference: string): Promise<ImageFile> => {
    if (!sources[reference]) throw new Error(`there is no ${reference}`);
    return new MemoryImageFile(reference, sources[reference], true);
  };
  const host: PackHost = {
    ...images,
    createHash: createHashOf,
    openFile,
    openDisk: async (reference, format) => openDiskImage(await openFile(reference), images, { format }),
  };
  await exportOva(description, 'machine', archiveTarget(archive), host);
  return archive;
}

/** Unpacks to `into`, whose files survive being closed. */
export function unpackHost(into: Files): UnpackHost {
  return {
    ...createImageHost(),
    createHash: createHashOf,
    readXml,
    async *gunzip(file) {
      yield gunzipSync(await bytesOf(file));
    },
    async createFile(name) {
      if (into.has(name)) throw new Error(`there is ${name}`);
      const file = new MemoryImageFile(name);
      into.set(name, file);
      return file;
    },
    reopenFile: async (name) => into.get(name)!,
    removeFile: async (name) => void into.delete(name),
  };
}

export async function unpack(
  archive: ImageFile,
  options: UnpackOptions = {},
): Promise<Awaited<ReturnType<typeof importOva>> & { readonly files: Files }> {
  const files: Files = new Map();
  return { ...(await importOva(await archiveFiles(archive), unpackHost(files), options, {})), files };
}

export async function unpackOnlyDisks(
  archive: ImageFile,
  options: UnpackOptions = {},
): Promise<Awaited<ReturnType<typeof unpackDisks>> & { readonly files: Files }> {
  const files: Files = new Map();
  return { ...(await unpackDisks(await archiveFiles(archive), unpackHost(files), options, {})), files };
}

/** An archive of these files, in their order. */
export async function archiveOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<ImageFile> {
  const archive = new MemoryImageFile('machine.ova');
  const writer = new TarWriter(archive);
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const file = await writer.reserve(name, bytes.length);
    await file.write(0, bytes);
  }
  await writer.finish();
  return archive;
}

/** An image of that content. */
export async function imageOf(bytes: Uint8Array, format: string, options = {}): Promise<Buffer> {
  const host = createImageHost();
  const file = new MemoryImageFile(`disk.${format}`);
  const image = await diskFormat(format).create(file, { size: bytes.length, options }, host);
  const source = await openDiskImage(new MemoryImageFile('raw', bytes), host, { format: 'raw' });
  await convertImage(source, image);
  await image.close();
  return bytesOf(file);
}

/** A disk of 1 MiB with content here and there. */
export const content = Buffer.alloc(1 << 20);
const random = new Random(1);
for (const offset of [0, 500_000]) content.set(random.bytes(70_000), offset);

/** Images of it. */
export async function imagesOfContent(): Promise<Record<'vmdk' | 'qcow2', Buffer>> {
  return {
    vmdk: await imageOf(content, 'vmdk', { subformat: 'streamOptimized' }),
    qcow2: await imageOf(content, 'qcow2'),
  };
}

/** What an image reads as. */
export async function contentOf(file: ImageFile): Promise<Buffer> {
  const image = await openDiskImage(file, createImageHost());
  const bytes = Buffer.alloc(image.size);
  await image.read(0, bytes);
  return bytes;
}

interface EnvelopeParts {
  /** In References. */
  readonly files?: string;
  /** In DiskSection. */
  readonly disks?: string;
  readonly os?: string;
  readonly type?: string;
  /** Behind the items of a processor and memory. */
  readonly items?: string;
  /** In the machine. */
  readonly sections?: string;
}

/** A disk of which the descriptor names no format. */
export const RAW_DISK = '<Disk ovf:diskId="vmdisk1" ovf:capacity="1048576" ovf:fileRef="file1"/>';

/** An item of a disk. */
export const diskItem = (id: string): string =>
  `<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:ElementName>disk</rasd:ElementName>
   <rasd:HostResource>ovf:/disk/${id}</rasd:HostResource><rasd:InstanceID>9</rasd:InstanceID>
   <rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>`;

/** A descriptor in the way of VMware's: names without prefixes, attributes with them. */
export function envelope({
  files = '<File ovf:href="disk.vmdk" ovf:id="file1"/>',
  disks = '<Disk ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>',
  os = '<OperatingSystemSection ovf:id="94" vmw:osType="ubuntu64Guest"><Info>The kind of guest</Info></OperatingSystemSection>',
  type = 'vmx-19',
  items = diskItem('vmdisk1'),
  sections = '',
}: EnvelopeParts = {}): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope vmw:buildId="build-1" xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <References>${files}</References>
  <DiskSection><Info>Disks</Info>${disks}</DiskSection>
  <NetworkSection><Info>Networks</Info><Network ovf:name="VM Network"><Description>it</Description></Network></NetworkSection>
  <VirtualSystem ovf:id="vm">
    <Info>A virtual machine</Info><Name>vm</Name>
    ${os}
    <VirtualHardwareSection>
      <Info>Virtual hardware requirements</Info>
      <System><vssd:ElementName>Virtual Hardware Family</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>vm</vssd:VirtualSystemIdentifier><vssd:VirtualSystemType>${type}</vssd:VirtualSystemType></System>
      <Item><rasd:AllocationUnits>hertz * 10^6</rasd:AllocationUnits><rasd:ElementName>4 virtual CPU(s)</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>4</rasd:VirtualQuantity>
        <vmw:CoresPerSocket ovf:required="false">4</vmw:CoresPerSocket></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>1024MB of memory</rasd:ElementName>
        <rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>1024</rasd:VirtualQuantity></Item>
      <Item><rasd:Address>0</rasd:Address><rasd:ElementName>SCSI Controller 0</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID>
        <rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
      ${items}
      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
    </VirtualHardwareSection>
    ${sections}
  </VirtualSystem>
</Envelope>`;
}
