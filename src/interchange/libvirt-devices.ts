/** The devices of a libvirt domain. */
import { NO_CABLE, NO_FOLDER, type Draft, type Origin } from './draft.ts';
import { formatOf, otherFormat } from './images.ts';
import type { Overrides } from './libvirt-import.ts';
import type { Reader } from './element-reader.ts';
import { mmioSlotOf, pciSlotOf } from './slots.ts';

/** Why a kind of device is not there. */
const WHY_NOT: Readonly<Record<string, string>> = {
  graphics: 'there are no graphics yet',
  video: 'there are no graphics yet',
  sound: 'there is no sound',
  channel: 'the console has one port',
  tpm: 'there is no TPM',
  watchdog: 'there is no watchdog',
  hostdev: 'a machine has nothing of the host’s hardware',
  vsock: 'there is no vsock yet',
};

/** Reads all of them. */
export function readDevices(devices: Reader, draft: Draft, overrides: Overrides): void {
  // Which program it was; and where the sound goes that there is not.
  devices.skip('emulator');
  for (const disk of devices.all('disk')) readDisk(disk, draft, overrides);
  for (const controller of devices.all('controller')) readController(controller, draft, overrides);
  readPorts(devices, draft);
  for (const input of devices.all('input')) {
    const model = input.take('model');
    const isKeyboard = input.take('type') === 'keyboard' && input.take('bus') === 'virtio';
    if (!isKeyboard || draft.powerButton) input.refuse('there are no input devices but a power button');
    else {
      draft.powerButton = originOf(input, model, draft, overrides);
      draft.note(input.path, 'of the keyboard’s keys, only the one for power is there');
      input.finish();
    }
  }
  for (const rng of devices.all('rng')) {
    const model = rng.take('model');
    // Where the host takes it from.
    rng.skip('backend');
    if (draft.rng) rng.refuse('there is one entropy device');
    else {
      if (!isVirtio(model)) draft.note(`${rng.path}/@model ${JSON.stringify(model)}`, 'a virtio device here');
      draft.rng = originOf(rng, model, draft, overrides);
      rng.finish();
    }
  }
  for (const card of devices.all('interface')) {
    const model = card.one('model')?.take('type');
    if (!isVirtio(model)) {
      card.refuse('network cards are virtio ones here');
      continue;
    }
    draft.note(`${card.path} (${card.take('type') ?? ''})`, NO_CABLE);
    card.skip('source', 'target', 'portForward', 'backend', 'rom');
    draft.network.push({ ...originOf(card, model, draft, overrides), mac: card.one('mac')?.take('address') });
    card.finish('there is no such setting here');
  }
  for (const folder of devices.all('filesystem')) {
    const type = folder.take('type') ?? 'mount';
    const driver = folder.one('driver')?.take('type') ?? 'path';
    if (type !== 'mount' || driver !== 'path') {
      folder.refuse('shared folders are virtio 9P devices here, of folders');
      continue;
    }
    draft.note(`${folder.path} (${folder.one('source')?.take('dir') ?? ''})`, NO_FOLDER);
    // How the host keeps owners and permissions there.
    for (const name of ['accessmode', 'multidevs', 'fmode', 'dmode']) folder.ignore(name);
    const tag = folder.one('target')?.take('dir') ?? '';
    const readOnly = folder.one('readonly') !== undefined;
    draft.shares.push({ ...originOf(folder, folder.take('model'), draft, overrides), tag, readOnly });
    folder.finish('there is no such setting here');
  }
  for (const balloon of devices.all('memballoon'))
    if (balloon.take('model') !== 'none') balloon.refuse('all of a machine’s memory is there');
  for (const audio of devices.all('audio'))
    if (audio.take('type') !== 'none') audio.refuse('there is no sound');
  for (const [name, why] of Object.entries(WHY_NOT))
    for (const device of devices.all(name)) device.refuse(why);
  devices.finish('there is no such device here');
}

/** Libvirt's name of virtio without the legacy interface. */
const MODERN = 'virtio-non-transitional';

/** Takes alias and address. */
function originOf(device: Reader, model: string | undefined, draft: Draft, overrides: Overrides): Origin {
  const alias = device.one('alias')?.take('name') ?? '';
  const override = overrides.get(alias);
  const address = device.one('address');
  const type = address?.take('type');
  const from = device.path;
  if (type === 'pci') {
    const [domain = '0', bus = '0', slot = '', part = '0'] = ['domain', 'bus', 'slot', 'function'].map(
      (name) => address!.take(name),
    );
    const isOnBus0 = [domain, bus, part].every((text) => Number(text) === 0);
    const number = isOnBus0 ? pciSlotOf(Number(slot || NaN).toString(16)) : undefined;
    if (number === undefined)
      draft.note(
        `${from} at ${domain}:${bus}:${slot}.${part}`,
        'here there is bus 0 alone, of devices 1 to 31',
      );
    if (model !== MODERN)
      draft.note(from, `with the legacy interface of virtio there (no model ${MODERN}), without here`);
    if (override?.vectors !== '0')
      draft.note(
        from,
        'with MSI-X there (no override of vectors by 0), which nobody takes on this board, and without here',
      );
    return { from, bus: 'pci', slot: number };
  }
  if (type !== undefined && type !== 'virtio-mmio' && type !== 'drive')
    draft.note(`${from} at ${type}`, 'virtio devices are on virtio-mmio or PCI here');
  return { from, slot: mmioSlotOf(override?.bus) };
}

/** Whether it is a model of virtio's. */
const isVirtio = (model: string | undefined): boolean => /^virtio(-(non-)?transitional)?$/.test(model ?? '');

function readDisk(disk: Reader, draft: Draft, overrides: Overrides): void {
  const type = disk.take('type') ?? 'file';
  const kind = disk.take('device') ?? 'disk';
  const source = disk.one('source');
  const file = type === 'network' ? urlOf(source) : type === 'file' ? source?.take('file') : undefined;
  const driver = disk.one('driver');
  const format = driver?.take('type') ?? 'raw';
  if (file === undefined || file === '')
    return disk.refuse('left out: drives are files, or what is behind http and https URLs');
  const ours = formatOf(format);
  if (ours === undefined) return disk.refuse(otherFormat(format));
  if (kind !== 'disk' && kind !== 'cdrom') return disk.refuse(`left out: there is no ${kind}`);
  source?.finish('there is no such setting here');
  driver?.ignore('name', 'qemu');
  const queues = driver?.take('queues');
  // How the host does it, and nothing of what a guest sees.
  for (const name of ['cache', 'io', 'discard', 'detect_zeroes', 'iothread']) driver?.ignore(name);
  driver?.finish('there is no such setting here');
  const target = disk.one('target');
  target?.ignore('dev');
  const bus = target?.take('bus') ?? 'virtio';
  target?.finish();
  if (bus !== 'virtio' || kind === 'cdrom')
    draft.note(`${disk.path} (${kind}, bus ${JSON.stringify(bus)})`, 'a virtio block device here');
  const isTemporary = disk.one('transient') !== undefined;
  const isReadOnly =
    disk.one('readonly') !== undefined || kind === 'cdrom' || (type === 'network' && !isTemporary);
  const serial = disk.one('serial')?.text;
  disk.skip('backingStore');
  const alias = disk.element.children.find(({ name }) => name === 'alias')?.attributes['name'] ?? '';
  const origin = originOf(disk, disk.take('model'), draft, overrides);
  draft.drives.push({
    ...origin,
    source: { file, format: ours, ...(isTemporary && { temporary: true }) },
    readOnly: isReadOnly,
    id: overrides.get(alias)?.serial ?? serial,
    queues,
  });
  disk.finish('there is no such setting here');
}

/** The URL of a disk behind one; undefined for other protocols. */
function urlOf(source: Reader | undefined): string | undefined {
  const protocol = source?.take('protocol');
  const host = source?.one('host');
  const name = host?.take('name');
  if (!/^https?$/.test(protocol ?? '') || name === undefined) return undefined;
  const [path = '', query, port] = [source!.take('name'), source!.take('query'), host!.take('port')];
  host!.ignore('transport', 'tcp');
  host!.finish();
  const place = `${name.includes(':') ? `[${name}]` : name}${port === undefined ? '' : `:${port}`}`;
  return `${protocol}://${place}/${path.replace(/^\//, '')}${query === undefined ? '' : `?${query}`}`;
}

function readController(controller: Reader, draft: Draft, overrides: Overrides): void {
  const type = controller.take('type');
  const model = controller.take('model');
  controller.ignore('index');
  if (type === 'usb' && model === 'none') return;
  // Bus 0, which is always there.
  if (type === 'pci' && model === 'pcie-root') return;
  if (type !== 'virtio-serial')
    return controller.refuse(
      type === 'pci' ? 'there is bus 0 of PCI alone' : 'there is no such controller here',
    );
  if (draft.console) return controller.refuse('there is one console');
  controller.ignore('ports', '1');
  draft.console = originOf(controller, model, draft, overrides);
  controller.finish('the console has one port');
}

/** libvirt's name of the port that this board has. */
const BOARD_PORT = 'system-serial';

function readPorts(devices: Reader, draft: Draft): void {
  devices.all('serial').forEach((serial, index) => {
    const target = serial.one('target')?.take('type') ?? BOARD_PORT;
    if (index > 0 || target !== BOARD_PORT) serial.refuse('the board has one serial port');
  });
  let consoles = 0;
  for (const console of devices.all('console')) {
    const target = console.one('target')?.take('type') ?? 'serial';
    if (target === 'serial') continue;
    if (target !== 'virtio' || ++consoles > 1)
      console.refuse('there are one serial port and one virtio console');
    else draft.console ??= { from: console.path };
  }
  if (draft.console && consoles === 0)
    draft.note(draft.console.from, 'a virtio console, with a port that was not there');
}
