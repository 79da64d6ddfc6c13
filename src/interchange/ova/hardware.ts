/** The virtual hardware of a machine (DSP0243, clause 8) that another program packed. */
import type { BootDescription } from '../../machine/description.ts';
import { SLOTS } from '../../machine/virtio-slots.ts';
import { Draft, NO_CABLE, type FoundCard, type FoundDrive, type Imported } from '../draft.ts';
import { Reader } from '../element-reader.ts';
import { InterchangeError } from '../error.ts';
import type { XmlElement } from '../xml.ts';
import { attributeOf, childrenOf, type Envelope } from './envelope.ts';
import { sizeIn } from './units.ts';

/** Where nothing is said of it. */
const DEFAULT_MEMORY = 256 * 1024 * 1024;

/** The resource types of CIM_ResourceAllocationSettingData. */
const RESOURCE = {
  processor: '3',
  memory: '4',
  controllers: ['5', '6', '20'],
  ethernet: '10',
  optical: ['15', '16'],
  disk: '17',
} as const;

/** What is on a drive. */
export interface WantedDrive {
  /** Of a disk, or else of a file, such as an image of a compact disc. */
  readonly kind: 'disk' | 'file';
  readonly id: string;
}

/** What a machine is for, as its package tells it: texts for people. */
export interface Purpose {
  readonly isRiscv: boolean;
  /** Such as `VirtualSystemType "vmx-19"`. */
  readonly said: readonly string[];
}

/** Which processor a machine is for. OVF has no field of its own for it. */
export function purposeOf(system: XmlElement): Purpose {
  const found = new Set<string>();
  const say = (what: string, text: string | undefined): void => {
    if (text !== undefined && text.trim() !== '')
      found.add(`${what} ${JSON.stringify(text.trim().slice(0, 80))}`);
  };
  for (const section of childrenOf(system, 'ovf:OperatingSystemSection')) {
    for (const description of childrenOf(section, 'ovf:Description'))
      say('operating system', description.text);
    // As VMware's osType, and VirtualBox's element of that name.
    for (const [name, value] of Object.entries(section.attributes))
      if (/}osType$/.test(name)) say('operating system', value);
    for (const { name, text } of section.children) if (/}OSType$/.test(name)) say('operating system', text);
  }
  for (const hardware of childrenOf(system, 'ovf:VirtualHardwareSection')) {
    for (const { children } of childrenOf(hardware, 'ovf:System'))
      for (const { name, text } of children)
        if (name === 'vssd:VirtualSystemType') say('VirtualSystemType', text);
    for (const item of childrenOf(hardware, 'ovf:Item')) {
      if (textOf(item, 'ResourceType') !== RESOURCE.processor) continue;
      say('processor', textOf(item, 'ResourceSubType'));
      say('instruction set', textOf(item, 'InstructionSet'));
    }
  }
  const said = [...found];
  return { isRiscv: said.some((text) => /risc-?v(64)?\b|\brv64/i.test(text)), said };
}

/**
 * The machine as a description.
 * @param boot what it starts.
 * @param place gives the name of the file that a drive is made of.
 * @throws InterchangeError
 */
export function importHardware(
  system: XmlElement,
  { disks, files }: Envelope,
  { flash, ...boot }: BootDescription,
  place: (drive: WantedDrive) => string,
): Imported {
  const draft = new Draft(DEFAULT_MEMORY);
  Object.assign(draft.boot, boot);
  for (const [bank, file] of [flash?.code, flash?.variables].entries())
    if (file !== undefined) {
      const source = typeof file === 'string' ? { file } : file;
      draft.addFlash('the loader', { source, readOnly: false }, String(bank));
    }
  const reader = new Reader(system, '', draft);
  const sections = reader.all('ovf:VirtualHardwareSection');
  if (sections.length === 0) throw new InterchangeError('expected a machine with hardware, found none');
  if (sections.length > 1)
    draft.note('VirtualHardwareSection', 'there are several, for different hosts: the first one was taken');
  const drives: FoundDrive[] = [];
  const cards: FoundCard[] = [];
  let harts = 0;
  let memory = 0;
  const items = [...sections[0].all('ovf:Item'), ...sections[0].all('ovf:EthernetPortItem')].concat(
    sections[0].all('ovf:StorageItem'),
  );
  for (const item of items) {
    const { element } = item;
    const text = (name: string): string | undefined => textOf(element, name);
    const type = text('ResourceType') ?? '';
    const what = `item ${JSON.stringify(text('ElementName') ?? text('Caption') ?? text('InstanceID') ?? '')}`;
    const [bound, configuration] = [attributeOf(element, 'bound'), attributeOf(element, 'configuration')];
    // Ranges of what else it could be (8.4).
    if (bound === 'min' || bound === 'max') continue;
    if (configuration !== undefined) {
      draft.note(what, `it belongs to the configuration ${JSON.stringify(configuration)}, and was left out`);
      continue;
    }
    if (type === RESOURCE.processor) harts += Number(text('VirtualQuantity') ?? 1);
    else if (type === RESOURCE.memory && text('VirtualQuantity') !== undefined) memory += memoryOf(item);
    else if (type === RESOURCE.ethernet) {
      const mac = text('Address');
      cards.push({ from: what, ...(mac !== undefined && { mac }) });
      draft.note(`${what}, connected to ${JSON.stringify(text('Connection') ?? '')}`, NO_CABLE);
    } else if (type === RESOURCE.disk || RESOURCE.optical.some((each) => each === type)) {
      const isDisk = type === RESOURCE.disk;
      const resource = text('HostResource');
      const [, kind, id] = /^(?:ovf:)?\/(disk|file)\/(.+)$/.exec(resource ?? '') ?? [];
      const disk = kind === 'disk' ? disks.get(id) : undefined;
      if (disk || (kind === 'file' && files.has(id))) {
        const source = { file: place({ kind: kind as WantedDrive['kind'], id }) };
        drives.push({ from: what, source, readOnly: !isDisk, id: `drive${drives.length}` });
      } else {
        draft.note(what, resource === undefined ? 'it is empty' : `there is no ${JSON.stringify(resource)}`);
      }
    } else if (![RESOURCE.memory, ...RESOURCE.controllers].some((each) => each === type)) {
      draft.note(`${what} of the type ${type}`, 'there is no such device here');
    }
  }
  placeDevices(draft, drives, cards);
  noteOtherSections(reader, sections[0]);
  if (harts > 0) draft.harts = harts;
  if (memory > 0) draft.memory = memory;
  else draft.note('memory', `nothing is said of it: ${DEFAULT_MEMORY / 2 ** 20}M`);
  return draft.finish();
}

/** OVF has no slots for virtio devices, and no entropy device, which every machine here has if nobody says otherwise. */
function placeDevices(draft: Draft, drives: readonly FoundDrive[], cards: readonly FoundCard[]): void {
  const bus = drives.length + cards.length < SLOTS.mmio.count ? 'mmio' : 'pci';
  const { first, count } = SLOTS[bus];
  const middle = first + Math.min(drives.length, count - 1);
  draft.drives.push(...drives.map((drive, index) => ({ ...drive, bus, slot: first + index }) as const));
  draft.rng = { from: 'the entropy device', bus, slot: middle };
  draft.network.push(...cards.map((card, index) => ({ ...card, bus, slot: middle + 1 + index }) as const));
}

function memoryOf(item: Reader): number {
  const quantity = textOf(item.element, 'VirtualQuantity') ?? '';
  const unit = textOf(item.element, 'AllocationUnits') ?? 'byte * 2^20';
  const size = sizeIn(quantity, unit);
  if (size !== undefined) return size;
  throw new InterchangeError(
    `${item.path}: expected an amount of memory, found ${JSON.stringify(quantity)} with the unit ${JSON.stringify(unit)}`,
  );
}

/** The text of an element of an item. */
function textOf(item: XmlElement, name: string): string | undefined {
  return item.children.find((child) => child.name === `rasd:${name}`)?.text.trim();
}

/** What else is there, and does not come along. */
function noteOtherSections(system: Reader, hardware: Reader): void {
  system.skip('ovf:Info', 'ovf:Name', 'ovf:OperatingSystemSection', 'ovf:EulaSection');
  hardware.skip('ovf:Info', 'ovf:System');
  system.ignore('ovf:id');
  hardware.ignore('ovf:transport', 'iso', '');
  system.finish('a description has no such thing');
  hardware.finish('there is no such thing here');
}
