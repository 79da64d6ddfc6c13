/**
 * A libvirt domain of a riscv64 `virt` machine as a description. Every element and
 * attribute is either understood, or one of those that say nothing of the machine, or
 * a note.
 */
import { Draft, type Imported } from './draft.ts';
import { InterchangeError } from './error.ts';
import { CPU_MODEL } from './harts.ts';
import { formatOf, otherFormat } from './images.ts';
import { readDevices } from './libvirt-devices.ts';
import { Reader } from './element-reader.ts';
import { QemuReader } from './qemu-import.ts';
import type { XmlElement } from './xml.ts';

/** libvirt asks for a size; this stands for one that is missing. */
const DEFAULT_MEMORY = 128 * 1024 * 1024;

/** libvirt's units (its documentation of the element `memory`). */
const UNITS: Readonly<Record<string, number>> = {
  ...{ b: 1, bytes: 1, kb: 1e3, k: 2 ** 10, kib: 2 ** 10, mb: 1e6, m: 2 ** 20, mib: 2 ** 20 },
  ...{ gb: 1e9, g: 2 ** 30, gib: 2 ** 30, tb: 1e12, t: 2 ** 40, tib: 2 ** 40 },
};

/**
 * Reads a domain, as a parser of the host's gives it.
 * @throws InterchangeError when it is no domain of this board, or starts nothing of its own.
 */
export function importLibvirt(root: XmlElement): Imported {
  if (root.name !== 'domain')
    throw new InterchangeError(`expected a libvirt <domain>, found <${root.name.slice(0, 80)}>`);
  const draft = new Draft(DEFAULT_MEMORY);
  const domain = new Reader(root, '', draft);
  const type = domain.take('type');
  if (type !== 'qemu')
    draft.note(
      `domain/@type ${JSON.stringify(type)}`,
      'guest code is interpreted and translated by the machine itself',
    );
  domain.ignore('id');
  domain.ignore('xmlns:qemu');
  const qemu = new QemuReader(draft);
  readBoot(domain, draft, qemu);
  readSize(domain, draft);
  readBehaviour(domain, draft);
  const slots = readOverrides(domain, draft);
  const commandline = domain.one('qemu:commandline');
  if (commandline) {
    const words = commandline.all('qemu:arg').map((argument) => argument.take('value') ?? '');
    commandline.ignore('xmlns:qemu');
    commandline.finish('an environment has nothing to say to a machine');
    qemu.read(words);
  }
  const devices = domain.one('devices');
  if (devices) readDevices(devices, draft, slots);
  qemu.finish();
  for (const name of ['name', 'uuid', 'title', 'description']) {
    const text = domain.one(name);
    if (text)
      draft.note(
        `${name} ${JSON.stringify(text.text.slice(0, 80))}`,
        'a description has no such key; the file’s name is its name',
      );
  }
  domain.finish();
  return draft.finish();
}

function readBoot(domain: Reader, draft: Draft, qemu: QemuReader): void {
  const os = domain.one('os');
  const type = os?.one('type');
  const arch = type?.take('arch');
  const machine = type?.take('machine');
  if (arch !== 'riscv64' || machine !== 'virt') {
    throw new InterchangeError(
      `expected os/type with arch "riscv64" and machine "virt", found ${JSON.stringify(arch)} and ${JSON.stringify(machine)}`,
    );
  }
  type!.finish();
  const loader = os!.one('loader');
  if (loader) {
    const kind = loader.take('type') ?? 'rom';
    loader.ignore('readonly');
    const format = loader.take('format') ?? 'raw';
    if (kind === 'rom') qemu.takeFirmware(loader.exactText);
    else readFlash('os/loader', { file: loader.exactText, format, readOnly: true }, '0', draft);
    loader.finish();
  }
  const nvram = os!.one('nvram');
  if (nvram) {
    const format = nvram.take('format') ?? 'raw';
    const type = nvram.take('type');
    const source = nvram.one('source');
    const file = source ? source.take('file') : nvram.exactText;
    if (type !== undefined && (type !== 'file' || file === undefined))
      draft.note(`os/nvram (${type})`, 'left out: the variables are in a file');
    else if (file !== undefined && file !== '')
      readFlash('os/nvram', { file, format, readOnly: false }, '1', draft);
    source?.finish('there is no such setting here');
    nvram.finish('the file of the variables is named, and not made from a template');
  }
  for (const [name, key] of [
    ['kernel', 'kernel'],
    ['initrd', 'initrd'],
    ['cmdline', 'append'],
    ['dtb', 'fdt'],
  ] as const) {
    const found = os!.one(name);
    if (found && found.exactText !== '') draft.boot[key] = found.exactText;
    found?.finish();
  }
  os!.finish('what starts is named by boot.kernel and boot.firmware');
}

function readFlash(
  what: string,
  { file, format, readOnly }: { readonly file: string; readonly format: string; readonly readOnly: boolean },
  bank: string,
  draft: Draft,
): void {
  const ours = formatOf(format);
  if (ours === undefined) draft.note(what, otherFormat(format));
  else draft.addFlash(what, { source: { file, format: ours }, readOnly }, bank);
}

function readSize(domain: Reader, draft: Draft): void {
  const bytesOf = (memory: Reader): number => {
    const unit = memory.take('unit') ?? 'KiB';
    const bytes = Number(memory.text) * (UNITS[unit.toLowerCase()] ?? NaN);
    if (!/^\d+$/.test(memory.text) || !Number.isSafeInteger(bytes)) {
      throw new InterchangeError(
        `${memory.path}: expected a size, found ${JSON.stringify(memory.text)} with the unit ${JSON.stringify(unit)}`,
        draft.notes,
      );
    }
    return bytes;
  };
  const memory = domain.one('memory');
  if (memory) {
    draft.memory = bytesOf(memory);
    memory.ignore('dumpCore');
    memory.finish();
  }
  const current = domain.one('currentMemory');
  if (current) {
    const bytes = bytesOf(current);
    if (bytes !== draft.memory)
      draft.note(`currentMemory ${bytes} bytes`, 'all of a machine’s memory is there');
  }
  const vcpu = domain.one('vcpu');
  if (vcpu) {
    draft.harts = Number(vcpu.text);
    vcpu.ignore('placement');
    vcpu.ignore('current', vcpu.text);
    vcpu.finish('harts neither come nor go, and are in one thread');
  }
}

function readBehaviour(domain: Reader, draft: Draft): void {
  const cpu = domain.one('cpu');
  if (cpu) {
    cpu.ignore('mode', 'custom');
    cpu.ignore('match');
    cpu.ignore('check');
    const model = cpu.one('model');
    if (model && model.text !== CPU_MODEL) model.refuse('harts are of one kind here');
    cpu.finish('harts are of one kind here, in one cluster of single cores');
  }
  const clock = domain.one('clock');
  if (clock) {
    clock.ignore('offset', 'utc');
    clock.finish('the clock is the host’s, in UTC, or a virtual one');
  }
  for (const [name, ours] of [
    ['on_poweroff', 'destroy'],
    ['on_reboot', 'restart'],
    ['on_crash', 'destroy'],
  ]) {
    const event = domain.one(name);
    if (event && event.text !== ours)
      draft.note(`${name} ${JSON.stringify(event.text)}`, `it is ${JSON.stringify(ours)} here`);
  }
}

/** What `qemu:override` says of a device by its alias. */
export type Overrides = ReadonlyMap<string, Partial<Record<(typeof OVERRIDDEN)[number], string>>>;
const OVERRIDDEN = ['bus', 'serial', 'vectors'] as const;

function readOverrides(domain: Reader, draft: Draft): Overrides {
  const overrides = new Map<string, Partial<Record<(typeof OVERRIDDEN)[number], string>>>();
  const all = domain.one('qemu:override');
  for (const device of all?.all('qemu:device') ?? []) {
    const alias = device.take('alias') ?? '';
    const frontend = device.one('qemu:frontend');
    for (const property of frontend?.all('qemu:property') ?? []) {
      const name = property.take('name');
      const known = OVERRIDDEN.find((each) => each === name);
      const value = property.take('value');
      property.ignore('type');
      if (known !== undefined) overrides.set(alias, { ...overrides.get(alias), [known]: value });
      else draft.note(`qemu:override ${alias} ${name}=${value}`, 'there is no such setting here');
      property.finish();
    }
    frontend?.finish();
    device.finish();
  }
  all?.finish();
  return overrides;
}
