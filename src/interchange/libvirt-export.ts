/**
 * A machine as a libvirt domain of QEMU's. What libvirt has no element for (slots of
 * virtio-mmio, the processor's extensions, the virtual clock, drives in memory and some others) goes to
 * QEMU as it is, through libvirt's own namespace for that.
 */
import {
  resolveDescription,
  validateDescription,
  type CompleteDrive,
  type MachineDescription,
} from '../machine/description.ts';
import { nodeName } from './backend-option.ts';
import { driverOf, urlProtocol, type ImageFormat } from './images.ts';
import { Leaving, type ExportOptions, type PlacedDevice } from './leaving.ts';
import { placeSettings } from './slots.ts';
import { element, formatXml, type XmlElement } from './xml.ts';

const MiB = 1024 * 1024;

/** The namespace of what goes to QEMU as it is. */
export const QEMU_NAMESPACE = 'http://libvirt.org/schemas/domain/qemu/1.0';
/** What libvirt takes as the serial number of a disk. */
const PLAIN_SERIAL = /^[\w-]+$/;

/** A domain, and what it does not keep. */
export interface LibvirtExport {
  readonly xml: string;
  /** What is otherwise there, each with its place in the description and the reason. */
  readonly notes: readonly string[];
}

/** What a domain needs beside the machine. */
export interface LibvirtExportOptions extends ExportOptions {
  /** Its name. Default "hartware". */
  readonly name?: string;
}

/**
 * The domain that has libvirt 8.2 or later start QEMU as this machine. Files should be
 * named by absolute paths, which libvirt asks for.
 * @throws DescriptionError; ArgumentError for what XML cannot hold.
 */
export function exportLibvirt(
  description: MachineDescription,
  options: LibvirtExportOptions = {},
): LibvirtExport {
  const machine = resolveDescription(validateDescription(description));
  const leaving = new Leaving(machine, options);
  const words = ['-machine', 'aclint=on', '-cpu', leaving.cpu()];
  if (machine.clock.kind === 'virtual') words.push(...leaving.clock().flat());
  const seed = leaving.seed();
  if (seed !== undefined) words.push('-seed', String(seed));
  words.push('-global', 'virtio-mmio.force-legacy=false');

  const devices: XmlElement[] = [element('controller', { type: 'usb', model: 'none' })];
  if (machine.virtio.some(({ bus }) => bus === 'pci'))
    devices.push(element('controller', { type: 'pci', index: 0, model: 'pcie-root' }));
  const overrides: XmlElement[] = [];
  for (const device of machine.virtio) {
    const drive = device.kind === 'drive' ? machine.drives[device.index] : undefined;
    const share = device.kind === 'share' ? machine.shares[device.index] : undefined;
    if ((drive && !isDisk(drive, leaving.formatOf(drive))) || (share && !hasFolder(share.tag, options))) {
      words.push(...leaving.device(device).flat());
      continue;
    }
    devices.push(libvirtDevice(device, leaving));
    const properties: Record<string, string | number> =
      device.bus === 'pci' ? { vectors: 0 } : { bus: placeSettings(device).bus };
    if (drive && !PLAIN_SERIAL.test(drive.id)) properties.serial = drive.id;
    overrides.push(override(aliasOf(device), properties));
  }
  leaving.noteDrives();
  devices.push(element('serial', { type: 'pty' }, [element('target', { port: 0 })]));
  devices.push(element('console', { type: 'pty' }, [element('target', { type: 'serial', port: 0 })]));
  if (machine.devices.console)
    devices.push(element('console', { type: 'pty' }, [element('target', { type: 'virtio', port: 1 })]));
  devices.push(element('memballoon', { model: 'none' }));

  const { isBare, flash, ...files } = leaving.bootFiles();
  if (isBare) words.push('-bios', 'none');
  // libvirt has one loader, which is the one in flash.
  if (flash && files.firmware !== undefined) words.push('-bios', files.firmware);
  const text = (name: string, value: string | undefined, attributes = {}): XmlElement[] =>
    value === undefined || value === '' ? [] : [element(name, attributes, value)];
  const domain = element('domain', { type: 'qemu', 'xmlns:qemu': QEMU_NAMESPACE }, [
    element('name', {}, options.name ?? 'hartware'),
    element('memory', { unit: 'MiB' }, String(machine.memory / MiB)),
    element('vcpu', {}, String(machine.harts)),
    element('os', {}, [
      element('type', { arch: 'riscv64', machine: 'virt' }, 'hvm'),
      ...(flash
        ? [
            element('loader', { readonly: 'yes', type: 'pflash' }, flash.code),
            ...text('nvram', flash.variables),
          ]
        : text('loader', files.firmware, { type: 'rom' })),
      ...text('kernel', files.kernel),
      ...text('initrd', files.initrd),
      ...text('cmdline', machine.boot.append),
      ...text('dtb', files.fdt),
    ]),
    element('clock', { offset: 'utc' }),
    element('on_poweroff', {}, 'destroy'),
    element('on_reboot', {}, 'restart'),
    element('on_crash', {}, 'destroy'),
    element('devices', {}, devices),
    element(
      'qemu:commandline',
      {},
      words.map((value) => element('qemu:arg', { value })),
    ),
    ...(overrides.length > 0 ? [element('qemu:override', {}, overrides)] : []),
  ]);
  return { xml: formatXml(domain), notes: leaving.notes };
}

/** libvirt keeps names of users' own that begin with `ua-`. */
function aliasOf(device: PlacedDevice): string {
  if (device.kind === 'drive') return `ua-${nodeName(device.index)}`;
  return `ua-${device.kind}${'index' in device ? device.index : ''}`;
}

/** A device in its place; which slot of virtio-mmio is said apart, because libvirt knows none. */
function libvirtDevice(device: PlacedDevice, leaving: Leaving): XmlElement {
  const isPci = device.bus === 'pci';
  const address = isPci
    ? { type: 'pci', domain: '0x0000', bus: '0x00', slot: hex(device.slot), function: '0x0' }
    : { type: 'virtio-mmio' };
  const place = [element('alias', { name: aliasOf(device) }), element('address', address)];
  const model = isPci ? 'virtio-non-transitional' : 'virtio';
  // Elsewhere libvirt's default is left unsaid.
  const modern = isPci ? { model } : {};
  switch (device.kind) {
    case 'drive': {
      const { index } = device;
      const drive = leaving.machine.drives[index];
      const { file, format } = leaving.image(index)!;
      return element('disk', { type: 'file', device: 'disk', ...modern }, [
        element('driver', {
          name: 'qemu',
          type: driverOf(format),
          queues: drive.queues ?? (isPci ? 1 : undefined),
          discard: 'unmap',
        }),
        element('source', { file }),
        element('target', { dev: diskName(index), bus: 'virtio' }),
        // libvirt has no disk that is both.
        ...(drive.readOnly ? [element('readonly')] : drive.temporary ? [element('transient')] : []),
        ...(PLAIN_SERIAL.test(drive.id) ? [element('serial', {}, drive.id)] : []),
        ...place,
      ]);
    }
    case 'console':
      return element('controller', { type: 'virtio-serial', index: 0, ports: 1, ...modern }, place);
    case 'network':
      leaving.noteNetwork(device.index);
      return element('interface', { type: 'user' }, [
        element('mac', { address: leaving.machine.network[device.index].mac }),
        element('model', { type: model }),
        ...(isPci ? [element('rom', { enabled: 'no' })] : []),
        ...place,
      ]);
    case 'share': {
      const { tag, readOnly } = leaving.machine.shares[device.index];
      // libvirt's name of security_model=none.
      return element('filesystem', { type: 'mount', accessmode: 'squash', ...modern }, [
        element('source', { dir: leaving.shared(device.index)! }),
        element('target', { dir: tag }),
        ...(readOnly ? [element('readonly')] : []),
        ...place,
      ]);
    }
    case 'rng':
      return element('rng', { model }, [element('backend', { model: 'builtin' }), ...place]);
    case 'powerButton':
      leaving.note(
        'devices.powerButton',
        'a whole keyboard there, of which it is one key: “virsh send-key NAME KEY_POWER”',
      );
      return element('input', { type: 'keyboard', bus: 'virtio', ...modern }, place);
  }
}

/** Whether libvirt knows such a disk: it has none in memory, no temporary one behind a URL, and no VHDX. */
function isDisk({ file }: CompleteDrive, format: ImageFormat | undefined): boolean {
  return file !== undefined && urlProtocol(file) === undefined && format !== 'vhdx';
}

/** libvirt has no folder without a name, which QEMU has. */
function hasFolder(tag: string, { shares }: ExportOptions): boolean {
  return shares !== undefined && Object.hasOwn(shares, tag);
}

const hex = (slot: number): string => `0x${slot.toString(16).padStart(2, '0')}`;

const LETTERS = 26;

/** Linux's name of a disk: vda to vdz, then vdaa and so on. */
function diskName(index: number): string {
  const letter = (place: number): string => String.fromCharCode(97 + place);
  const before = Math.floor(index / LETTERS);
  return `vd${before > 0 ? letter(before - 1) : ''}${letter(index % LETTERS)}`;
}

function override(alias: string, properties: Readonly<Record<string, string | number>>): XmlElement {
  const settings = Object.entries(properties).map(([name, value]) =>
    element('qemu:property', { name, type: typeof value === 'number' ? 'unsigned' : 'string', value }),
  );
  return element('qemu:device', { alias }, [element('qemu:frontend', {}, settings)]);
}
