/** Machines as libvirt domains and back, and libvirt's own schema. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readXml } from '../../src/bindings/node/cli/exchange/read-xml.ts';
import { ArgumentError } from '../../src/errors.ts';
import {
  exportLibvirt,
  importLibvirt,
  InterchangeError,
  type Imported,
} from '../../src/interchange/index.ts';
import { escapeXml } from '../../src/interchange/xml.ts';
import { completeDescription, type MachineDescription } from '../../src/machine/description.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { requireFile, requireTool } from '../support/tools.ts';
import { representableMachine } from './random-machines.ts';

const SCHEMA = '/usr/share/libvirt/schemas/domain.rng';

const read = (xml: string): Imported => importLibvirt(readXml(Buffer.from(xml)));

/** A domain as somebody's file may have it. */
const domain = (devices = '', more = '', os = '<kernel>/k</kernel>'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<domain type='qemu'>
  <memory unit='GiB'>1</memory>
  <vcpu placement='static'>2</vcpu>
  <os><type arch='riscv64' machine='virt'>hvm</type>${os}</os>
  ${more}
  <devices><emulator>/usr/bin/qemu-system-riscv64</emulator>${devices}</devices>
</domain>`;

const notesOf = (...parts: Parameters<typeof domain>): string => read(domain(...parts)).notes.join('\n');

describe('the domain of a machine', () => {
  const MACHINE: MachineDescription = {
    hartware: 1,
    harts: 2,
    memory: '512M',
    boot: {
      kernel: '/vm/Image',
      initrd: '/vm/initrd',
      append: 'root=LABEL=root  quiet',
      firmware: '/vm/fw.bin',
    },
    drives: [
      { file: `/vm/it's <1> & "2".img`, format: 'vhd', temporary: true, id: 'first' },
      { memory: '64M' },
    ],
    devices: { console: true, powerButton: true },
  };

  test('with everything', () => {
    expect(exportLibvirt(MACHINE, { name: 'a & b' }).xml)
      .toBe(`<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>a &#38; b</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='riscv64' machine='virt'>hvm</type>
    <loader type='rom'>/vm/fw.bin</loader>
    <kernel>/vm/Image</kernel>
    <initrd>/vm/initrd</initrd>
    <cmdline>root=LABEL=root  quiet</cmdline>
  </os>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>
    <disk type='file' device='disk'>
      <driver name='qemu' type='vpc' discard='unmap'/>
      <source file='/vm/it&#39;s &#60;1&#62; &#38; &#34;2&#34;.img'/>
      <target dev='vda' bus='virtio'/>
      <transient/>
      <serial>first</serial>
      <alias name='ua-drive0'/>
      <address type='virtio-mmio'/>
    </disk>
    <controller type='virtio-serial' index='0' ports='1'>
      <alias name='ua-console'/>
      <address type='virtio-mmio'/>
    </controller>
    <rng model='virtio'>
      <backend model='builtin'/>
      <alias name='ua-rng'/>
      <address type='virtio-mmio'/>
    </rng>
    <input type='keyboard' bus='virtio'>
      <alias name='ua-powerButton'/>
      <address type='virtio-mmio'/>
    </input>
    <serial type='pty'>
      <target port='0'/>
    </serial>
    <console type='pty'>
      <target type='serial' port='0'/>
    </console>
    <console type='pty'>
      <target type='virtio' port='1'/>
    </console>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-machine'/>
    <qemu:arg value='aclint=on'/>
    <qemu:arg value='-cpu'/>
    <qemu:arg value='rv64,h=off,debug=off,marchid=0,mimpid=0,svinval=on,svnapot=on,svpbmt=on,Zfhmin=on,zkt=on'/>
    <qemu:arg value='-global'/>
    <qemu:arg value='virtio-mmio.force-legacy=false'/>
    <qemu:arg value='-drive'/>
    <qemu:arg value='if=none,id=drive1,format=raw,file.driver=null-co,file.size=67108864,file.read-zeroes=on,snapshot=on'/>
    <qemu:arg value='-device'/>
    <qemu:arg value='virtio-blk-device,drive=drive1,bus=virtio-mmio-bus.1,serial=drive1'/>
  </qemu:commandline>
  <qemu:override>
    <qemu:device alias='ua-drive0'>
      <qemu:frontend>
        <qemu:property name='bus' type='string' value='virtio-mmio-bus.0'/>
      </qemu:frontend>
    </qemu:device>
    <qemu:device alias='ua-console'>
      <qemu:frontend>
        <qemu:property name='bus' type='string' value='virtio-mmio-bus.2'/>
      </qemu:frontend>
    </qemu:device>
    <qemu:device alias='ua-rng'>
      <qemu:frontend>
        <qemu:property name='bus' type='string' value='virtio-mmio-bus.3'/>
      </qemu:frontend>
    </qemu:device>
    <qemu:device alias='ua-powerButton'>
      <qemu:frontend>
        <qemu:property name='bus' type='string' value='virtio-mmio-bus.4'/>
      </qemu:frontend>
    </qemu:device>
  </qemu:override>
</domain>
`);
  });

  test('is refused where XML cannot hold a name', () => {
    expect(() => exportLibvirt({ hartware: 1, boot: { kernel: 'a\u0001b' } })).toThrow(ArgumentError);
    expect(() => escapeXml('\ud800')).toThrow('found U+D800');
    expect(escapeXml('𝔸\t\n\r')).toBe('𝔸&#9;&#10;&#13;');
  });

  test.each(fuzzSeeds(100))('is the machine again, seed %i', (seed) => {
    const machine = representableMachine(new Random(seed));
    const { xml } = exportLibvirt(machine);
    expect(completeDescription(read(xml).description)).toEqual(completeDescription(machine));
  });
});

describe.skipIf(!requireTool('xmllint', 'libxml2-utils') || !requireFile(SCHEMA, 'libvirt0'))(
  'libvirt',
  () => {
    const validate = (xml: string): string => {
      const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--relaxng', SCHEMA, '-'], {
        input: xml,
      });
      return status === 0 ? 'valid' : stderr.toString();
    };

    test.each(fuzzSeeds(20))('has a schema that such domains are valid in, seed %i', (seed) => {
      const random = new Random(seed);
      const machine = representableMachine(random);
      // The schema wants absolute paths.
      const { xml } = exportLibvirt(machine, {
        path: (file) => `/vm/${file.replace(/[\n\r\t]/g, '')}`,
        name: 'test',
      });
      expect(validate(xml), xml).toBe('valid');
    });

    test('finds mistakes by it', () => {
      const { xml } = exportLibvirt({ hartware: 1, boot: { kernel: '/k' } });
      expect(validate(xml)).toBe('valid');
      expect(validate(xml.replace('<vcpu>1</vcpu>', '<vcpu>many</vcpu>'))).not.toBe('valid');
    });
  },
);

describe('a domain of somebody’s', () => {
  test('in other words', () => {
    const { description } = read(
      domain(
        `<disk type='file' device='disk'>
           <driver name='qemu' type='raw' cache='none' queues='2'/>
           <source file='/var/lib/libvirt/images/debian.img'/>
           <target dev='vda' bus='virtio'/>
           <serial>root-disk</serial>
           <readonly/>
         </disk>
         <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
         <console type='pty'><target type='serial' port='0'/></console>
         <memballoon model='none'/>`,
        `<currentMemory unit='KiB'>1048576</currentMemory><clock offset='utc'/><on_reboot>restart</on_reboot>`,
        `<kernel>/boot/vmlinux</kernel><cmdline>console=ttyS0 root=/dev/vda</cmdline><dtb>/b.dtb</dtb>`,
      ),
    );
    expect(description).toEqual({
      hartware: 1,
      harts: 2,
      memory: '1024M',
      boot: {
        kernel: '/boot/vmlinux',
        privilege: 'supervisor',
        append: 'console=ttyS0 root=/dev/vda',
        fdt: '/b.dtb',
      },
      drives: [
        {
          file: '/var/lib/libvirt/images/debian.img',
          format: 'raw',
          readOnly: true,
          id: 'root-disk',
          queues: 2,
        },
      ],
    });
  });

  test.each([
    [
      `<disk type='file'><driver name='qemu' type='qcow2'/><source file='/a'/><transient/></disk>`,
      { file: '/a', format: 'qcow2', temporary: true },
    ],
    [
      `<disk type='file'><driver name='qemu' type='vpc'/><source file='/a'/><readonly/></disk>`,
      { file: '/a', format: 'vhd', readOnly: true },
    ],
    // Where no format is said, libvirt takes it for raw.
    [`<disk type='file'><source file='/a'/></disk>`, { file: '/a', format: 'raw' }],
    [
      `<disk type='network'><driver name='qemu' type='vmdk'/><source protocol='https' name='a/b' query='c=d'><host name='h' port='8443'/></source></disk>`,
      { file: 'https://h:8443/a/b?c=d', format: 'vmdk', readOnly: true },
    ],
    [
      `<disk type='network'><source protocol='http' name='/a'><host name='::1'/></source></disk>`,
      { file: 'http://[::1]/a', format: 'raw', readOnly: true },
    ],
  ])('with images of all formats: %s', (disk, expected) => {
    const { description, notes } = read(
      domain(disk.replace('</disk>', `<serial>s</serial><target dev='vda' bus='virtio'/></disk>`)),
    );
    expect(description.drives).toEqual([{ ...expected, id: 's' }]);
    expect(notes.filter((note) => note.includes('disk') && !note.includes('no slot'))).toEqual([]);
  });

  test.each([
    [
      `<interface type='user'><mac address='52:54:00:aa:bb:cc'/><model type='e1000'/></interface>`,
      'devices/interface (type="user", mac address="52:54:00:aa:bb:cc", model type="e1000"): network cards are virtio ones',
    ],
    [`<interface type='user'/><interface type='bridge'/>`, 'devices/interface[2] (type="bridge")'],
    [`<graphics type='vnc'/>`, 'devices/graphics (type="vnc")'],
    [`<filesystem type='mount'><source dir='/s'/><target dir='t'/></filesystem>`, 'devices/filesystem'],
    [
      `<disk type='file'><driver type='qed'/><source file='/d.qed'/><target dev='vda' bus='virtio'/></disk>`,
      'qemu-img convert -O qcow2',
    ],
    [
      `<disk type='network'><source protocol='nbd' name='d'><host name='h'/></source><target dev='vda' bus='virtio'/></disk>`,
      'left out: drives are files, or what is behind http and https URLs',
    ],
    [
      `<disk type='block'><source dev='/dev/sdb'/><target dev='vda' bus='virtio'/></disk>`,
      'source dev="/dev/sdb", target dev="vda", target bus="virtio"): left out',
    ],
    [
      `<disk type='file' device='cdrom'><source file='/cd.iso'/><target dev='sda' bus='scsi'/></disk>`,
      'devices/disk (cdrom, bus "scsi"): a virtio block device here',
    ],
    [`<disk type='file' device='floppy'><source file='/f'/><target dev='fda'/></disk>`, 'there is no floppy'],
    [
      `<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/><iotune><total_iops_sec>5</total_iops_sec></iotune></disk>`,
      'devices/disk/iotune (total_iops_sec "5")',
    ],
    [
      `<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/><address type='pci' bus='0x02' slot='0x00'/></disk>`,
      'devices/disk at 0:0x02:0x00.0: here there is bus 0 alone',
    ],
    [
      `<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/><address type='pci' slot='0x01'/></disk>`,
      'devices/disk: with the legacy interface of virtio there',
    ],
    [
      `<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/><address type='ccw'/></disk>`,
      'devices/disk at ccw: virtio devices are on virtio-mmio or PCI here',
    ],
    [`<rng model='other'/>`, 'devices/rng/@model "other": a virtio device here'],
    [`<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/></disk>`, 'has no serial number'],
    [`<controller type='pci' model='pcie-root-port'/>`, 'there is bus 0 of PCI alone'],
    [
      `<controller type='virtio-serial'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`,
      'devices/channel',
    ],
    [
      `<serial type='pty'/><serial type='pty'/>`,
      'devices/serial[2] (type="pty"): the board has one serial port',
    ],
    [
      `<serial type='pty'><target type='pci-serial'/></serial>`,
      'devices/serial (type="pty", target type="pci-serial"): the board has one serial port',
    ],
    [
      `<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/><boot order='1'/></disk>`,
      'devices/disk/boot (order="1")',
    ],
    [`<input type='tablet' bus='usb'/>`, 'devices/input (type="tablet", bus="usb")'],
    [`<memballoon model='virtio'/>`, 'devices/memballoon (model="virtio")'],
    [`<nvram type='spapr'/>`, 'devices/nvram (type="spapr"): there is no such device here'],
    [`<rng model='virtio'><rate bytes='10'/></rng>`, 'devices/rng/rate (bytes="10")'],
  ])('names each device it cannot keep: %s', (devices, expected) => {
    expect(notesOf(devices)).toContain(expected);
  });

  test.each([
    [`<name>n</name>`, 'name "n"'],
    [`<currentMemory>1024</currentMemory>`, 'currentMemory 1048576 bytes'],
    [`<cpu mode='host-passthrough'/>`, 'cpu/@mode "host-passthrough"'],
    [
      `<cpu mode='custom'><model>rv64</model><feature policy='require' name='v'/></cpu>`,
      'cpu/feature (policy="require", name="v")',
    ],
    [
      `<cpu><topology sockets='1' cores='2' threads='1'/></cpu>`,
      'cpu/topology (sockets="1", cores="2", threads="1")',
    ],
    [`<features><acpi/><gic version='3'/></features>`, 'features (acpi, gic version="3")'],
    [`<clock offset='localtime'/>`, 'clock/@offset "localtime"'],
    [
      `<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>`,
      'clock/timer (name="rtc", tickpolicy="catchup")',
    ],
    [`<on_crash>preserve</on_crash>`, 'on_crash "preserve"'],
    [`<features><acpi/></features>`, 'features'],
    [`<seclabel type='dynamic'/>`, 'seclabel (type="dynamic")'],
    [`<memoryBacking><hugepages/></memoryBacking>`, 'memoryBacking'],
    [`<surprise kind='1'>text</surprise>`, 'surprise (kind="1", "text"): there is no such thing here'],
    [
      `<qemu:commandline><qemu:arg value='-device'/><qemu:arg value='rtl8139'/></qemu:commandline>`,
      '-device rtl8139: network cards are virtio ones here',
    ],
    [
      `<qemu:override><qemu:device alias='a'><qemu:frontend><qemu:property name='x' type='string' value='y'/></qemu:frontend></qemu:device></qemu:override>`,
      'qemu:override a x=y',
    ],
  ])('names each other thing it cannot keep: %s', (more, expected) => {
    expect(notesOf('', more)).toContain(expected);
  });

  test('names each of very many things', () => {
    const { notes } = read(domain('', '<x/>'.repeat(100_000)));
    expect(notes).toContain('x[100000]: there is no such thing here');
  });

  test('names how it starts, if that is otherwise here', () => {
    expect(notesOf('', '', `<kernel>/k</kernel><boot dev='hd'/>`)).toContain('os/boot (dev="hd")');
    expect(
      read(domain('', '', `<loader readonly='yes' type='pflash'>/f</loader><nvram>/v</nvram>`)).description
        .boot,
    ).toEqual({ flash: { code: '/f', variables: '/v' } });
    expect(notesOf()).toContain('OpenSBI');
    expect(read(domain('', '', `<loader>/fw.bin</loader>`)).description.boot).toEqual({
      firmware: '/fw.bin',
    });
  });

  test.each([
    ['<network/>', 'expected a libvirt <domain>, found <network>'],
    [domain().replace('riscv64', 'aarch64'), 'found "aarch64" and "virt"'],
    [domain().replace('machine=', 'other='), 'found "riscv64" and undefined'],
    [domain('', '', ''), 'expected a kernel or firmware'],
    [domain().replace('>1</memory>', '>lots</memory>'), 'memory: expected a size, found "lots"'],
    [domain().replace("'GiB'", "'constructor'"), 'with the unit "constructor"'],
  ])('is refused in one sentence', (xml, expected) => {
    expect(() => read(xml)).toThrow(InterchangeError);
    expect(() => read(xml)).toThrow(expected);
  });

  test('that was refused has its notes all the same', () => {
    try {
      read(domain(`<interface type='user'/>`, '', `<nvram>/vars.fd</nvram>`));
      expect.unreachable();
    } catch (error) {
      expect((error as InterchangeError).notes.join('\n')).toMatch(/network[^]*vars\.fd/);
    }
  });
});
