/** Packages that other programs made. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ImageFile } from '../../../src/disks/image-file.ts';
import type { MachineDescription } from '../../../src/machine/description.ts';
import {
  archiveOf,
  bytesOf,
  content,
  contentOf,
  diskItem,
  envelope,
  imagesOfContent,
  unpack,
  unpackOnlyDisks,
} from './support.ts';

const MiB = 1 << 20;
let vmdk: Buffer;
beforeAll(async () => {
  ({ vmdk } = await imagesOfContent());
});

describe('a machine of another program', () => {
  const RISCV = { type: 'vendor-riscv64-1', os: '' };
  const EDK2 = { flash: { code: 'EDK2.fd' } };
  const boot = async () => EDK2;

  test('for another processor is refused, and its disks are not', async () => {
    const archive = await archiveOf({ 'vm.ovf': envelope(), 'disk.vmdk': vmdk });
    await expect(unpack(archive)).rejects.toThrow(
      'this machine is for another processor than riscv64: it names operating system "ubuntu64Guest", VirtualSystemType "vmx-19"; it cannot run here, but its disks can be had all the same: give --disks-only',
    );
    const { disks, files, notes } = await unpackOnlyDisks(archive);
    expect(disks).toEqual([{ id: 'vmdisk1', name: 'disk.qcow2' }]);
    expect((await contentOf(files.get('disk.qcow2')!)).equals(content)).toBe(true);
    expect(notes).toEqual(['the package has no manifest: whether its files are whole was not checked']);
    const raw = await unpackOnlyDisks(archive, { format: 'raw' });
    expect((await bytesOf(raw.files.get('disk.img')!)).equals(content)).toBe(true);
  });

  test('for riscv64 is taken as its hardware says', async () => {
    const card = `<Item><rasd:Address>52:54:00:01:02:03</rasd:Address><rasd:Connection>VM Network</rasd:Connection>
      <rasd:ElementName>Ethernet 1</rasd:ElementName><rasd:InstanceID>11</rasd:InstanceID><rasd:ResourceType>10</rasd:ResourceType></Item>`;
    const cd = `<Item><rasd:ElementName>CD</rasd:ElementName><rasd:HostResource>/file/iso</rasd:HostResource>
      <rasd:InstanceID>12</rasd:InstanceID><rasd:ResourceType>15</rasd:ResourceType></Item>`;
    const empty = `<Item><rasd:ElementName>floppy</rasd:ElementName><rasd:InstanceID>13</rasd:InstanceID><rasd:ResourceType>14</rasd:ResourceType></Item>`;
    const text = envelope({
      ...RISCV,
      files: '<File ovf:href="disk.vmdk" ovf:id="file1"/><File ovf:href="cd%201.iso" ovf:id="iso"/>',
      disks:
        '<Disk ovf:capacity="1048576" ovf:diskId="a" ovf:fileRef="file1"/><Disk ovf:capacity="3" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="b"/>',
      items: diskItem('a') + diskItem('b') + card + cd + empty,
    });
    const archive = await archiveOf({ 'vm.ovf': text, 'disk.vmdk': vmdk, 'cd 1.iso': 'CD' });
    await expect(unpack(archive)).rejects.toThrow('what starts its machine: give --loader');
    const { description, notes, files } = await unpack(archive, { boot });
    expect(description).toEqual({
      hartware: 1,
      harts: 4,
      memory: '1024M',
      boot: EDK2,
      drives: [
        { file: 'disk.qcow2', id: 'drive0' },
        { file: 'b.qcow2', id: 'drive1' },
        { file: 'cd_201.iso', readOnly: true, id: 'drive2' },
      ],
      network: [{ mac: '52:54:00:01:02:03' }],
    });
    expect((await contentOf(files.get('disk.qcow2')!)).equals(content)).toBe(true);
    expect((await contentOf(files.get('b.qcow2')!)).equals(Buffer.alloc(3 * MiB))).toBe(true);
    expect((await bytesOf(files.get('cd_201.iso')!)).toString()).toBe('CD');
    expect(notes.join('\n')).toMatch(/item "floppy" of the type 14: there is no such device here/);
    expect(notes.join('\n')).toMatch(/item "Ethernet 1", connected to "VM Network": what a card/);
    expect(notes.join('\n')).toMatch(/Config \(.*"efi"\): there is no such thing here/);
  });

  test('has its devices on PCI when there are many', async () => {
    const items = (count: number): string => diskItem('vmdisk1').repeat(count);
    const drivesOf = async (count: number): Promise<MachineDescription> => {
      const archive = await archiveOf({
        'vm.ovf': envelope({ ...RISCV, items: items(count) }),
        'disk.vmdk': vmdk,
      });
      const { description, notes, files } = await unpack(archive, { boot });
      expect(notes.join('\n').match(/left out/g) ?? []).toHaveLength(count > 30 ? 1 : 0);
      expect(files.size).toBe(1);
      return description;
    };
    expect((await drivesOf(7)).drives!.every(({ bus }) => bus === undefined)).toBe(true);
    const { drives, devices } = await drivesOf(40);
    expect(drives).toHaveLength(30);
    expect(drives!.every(({ bus, slot }) => bus === 'pci' && slot === undefined)).toBe(true);
    expect(devices).toEqual({ rng: { bus: 'pci' } });
  });

  test('is refused for sections that it needs and nobody here knows', async () => {
    const sections = '<x:Magic xmlns:x="urn:x"><Info>magic</Info></x:Magic>';
    const of = (section: string): Promise<ImageFile> =>
      archiveOf({ 'vm.ovf': envelope({ ...RISCV, sections: section }), 'disk.vmdk': vmdk });
    await expect(unpack(await of(sections), { boot })).rejects.toThrow('asks for {urn:x}Magic');
    const passed = await unpack(await of(sections.replace('Magic ', 'Magic ovf:required="false" ')), {
      boot,
    });
    expect(passed.notes.join('\n')).toContain('Magic');
    const product = '<ProductSection><Info>it</Info><Product>it</Product></ProductSection>';
    expect((await unpack(await of(product), { boot })).notes.join('\n')).toContain('ProductSection');
  });

  test('of several is refused, and a package without one', async () => {
    const one = envelope({ ...RISCV, items: '' });
    const [system] = /<VirtualSystem ovf[^]*<\/VirtualSystem>/.exec(one)!;
    const both = one.replace(
      system,
      `<VirtualSystemCollection ovf:id="c"><Info>c</Info>${system}${system}</VirtualSystemCollection>`,
    );
    await expect(unpack(await archiveOf({ 'vm.ovf': both, 'disk.vmdk': vmdk }), { boot })).rejects.toThrow(
      'expected one machine in the package, found 2',
    );
    await expect(unpack(await archiveOf({ 'vm.ovf': one.replace(system, '') }))).rejects.toThrow(
      'found none',
    );
    const foreign = one.replaceAll(
      'http://schemas.dmtf.org/ovf/envelope/1',
      'http://www.vmware.com/schema/ovf/1/envelope',
    );
    await expect(unpack(await archiveOf({ 'vm.ovf': foreign }))).rejects.toThrow(
      'expected an OVF envelope of version 1 or 2',
    );
  });

  test('of OVF 2 has items of their own kinds', async () => {
    const items = `<StorageItem><sasd:ElementName>disk</sasd:ElementName><sasd:HostResource>/disk/vmdisk1</sasd:HostResource><sasd:ResourceType>17</sasd:ResourceType></StorageItem>
      <EthernetPortItem><epasd:Address>52:54:00:01:02:03</epasd:Address><epasd:Connection>NAT</epasd:Connection><epasd:ResourceType>10</epasd:ResourceType></EthernetPortItem>`;
    const uri = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_';
    const text = envelope({ ...RISCV, items })
      .replaceAll('ovf/envelope/1', 'ovf/envelope/2')
      .replace(
        '<Envelope ',
        `<Envelope xmlns:sasd="${uri}StorageAllocationSettingData.xsd" xmlns:epasd="${uri}EthernetPortAllocationSettingData.xsd" `,
      );
    const { description } = await unpack(await archiveOf({ 'vm.ovf': text, 'disk.vmdk': vmdk }), { boot });
    expect(description.drives).toEqual([{ file: 'disk.qcow2', id: 'drive0' }]);
    expect(description.network).toEqual([{ mac: '52:54:00:01:02:03' }]);
  });
});
