/**
 * The command line of QEMU's `virt` board as a machine. It knows the options that
 * `exportQemu` writes and the common other spellings of the same things; every other
 * option becomes a note.
 */
import type { Paging } from '../machine/description.ts';
import { Draft, type Imported } from './draft.ts';
import { InterchangeError } from './error.ts';
import { CPU_MODEL, ourSetting } from './harts.ts';
import { Settings } from './option-syntax.ts';
import { QemuDevices } from './qemu-devices.ts';
import { parseQemuSize } from './qemu-size.ts';
import { readIcount, readRtc, type TimeFound, timeOf } from './qemu-time.ts';
import { splitCommand } from './shell.ts';

const PROGRAM = 'qemu-system-riscv64';
const MiB = 1024 * 1024;
/** QEMU's own for this board. */
const DEFAULT_MEMORY = 128 * MiB;

const NO_DEVICE_OF_IMAGE =
  'a disk image that this board has no device for; write it as -drive with if=virtio';

/** Options without an argument; all others have one. */
const ALONE = new Set([
  ...['nodefaults', 'nographic', 'no-reboot', 'no-shutdown', 'no-user-config', 'no-fd-bootchk', 'no-acpi'],
  ...['no-hpet', 'S', 's', 'snapshot', 'daemonize', 'enable-kvm', 'full-screen', 'usb', 'only-migratable'],
  ...['version', 'h', 'help', 'singlestep', 'preconfig', 'alt-grab', 'ctrl-grab', 'no-quit', 'win2k-hack'],
  ...['enable-sync-profile', 'no-kvm', 'nouserconfig', 'nodefconfig', 'mem-prealloc', 'audio-help'],
  ...['semihosting', 'portrait', 'async-teardown', 'one-insn-per-tb', 'curses', 'sdl', 'no-frame'],
  ...['no-kvm-irqchip', 'no-kvm-pit', 'no-kvm-pit-reinjection', 'xen-attach', 'xen-create', 'enable-fips'],
  ...['localtime', 'show-cursor', 'old-param', 'tdf', 'perfmap', 'jitdump'],
]);
/** What QEMU does beside being a machine: nothing of it reaches a guest. */
const OF_THE_PROCESS = new Set([
  'nodefaults',
  'nographic',
  'no-user-config',
  'name',
  'uuid',
  'pidfile',
  'daemonize',
]);

/**
 * Reads a command line, as text for a shell or as words.
 * @throws InterchangeError when it is not one of this board, or starts nothing of its own.
 */
export function importQemu(commandLine: string | readonly string[]): Imported {
  const words = typeof commandLine === 'string' ? splitCommand(commandLine) : commandLine;
  // A shell takes variables for the command before it.
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const [program = '', ...rest] = words.slice(Math.max(0, start));
  const name = program.replace(/^.*\//, '').replace(/\.exe$/i, '');
  if (name !== PROGRAM) {
    throw new InterchangeError(`expected a command line of ${PROGRAM}, found ${JSON.stringify(program)}`);
  }
  const draft = new Draft(DEFAULT_MEMORY);
  const reader = new QemuReader(draft);
  reader.read(rest);
  if (reader.board === undefined) throw new InterchangeError('expected -M virt, found no board', draft.notes);
  reader.finish();
  return draft.finish();
}

/** Reads options into a draft; libvirt's documents can hold some, too. */
export class QemuReader {
  /** The kind of machine, once it was named. */
  board: string | undefined;
  private hasAclint = false;
  private hasModernVirtio = false;
  private cpu = CPU_MODEL;
  private firmware: string | undefined;
  private readonly devices: QemuDevices;
  private readonly time: TimeFound = {};

  constructor(private readonly draft: Draft) {
    this.devices = new QemuDevices(draft);
  }

  /** Reads options, without the name of the program. */
  read(words: readonly string[]): void {
    for (let at = 0; at < words.length; at++) {
      const word = words[at];
      const name = /^--?([\w-]+)$/.exec(word)?.[1];
      if (name === undefined) {
        this.draft.note(JSON.stringify(word), NO_DEVICE_OF_IMAGE);
      } else if (ALONE.has(name)) {
        this.readAlone(name);
      } else if (at + 1 >= words.length) {
        throw new InterchangeError(`expected a value after ${word}, found the end`, this.draft.notes);
      } else {
        this.readOption(name, words[++at]);
      }
    }
  }

  /** Firmware that was named elsewhere. */
  takeFirmware(file: string): void {
    if (file !== '') this.firmware = file;
  }

  /** Puts together what belongs to each other, after the last option. */
  finish(): void {
    const { draft, firmware } = this;
    draft.clock = timeOf(this.time, draft);
    this.devices.finish();
    if (!this.hasAclint)
      draft.note(
        'no -M virt,aclint=on',
        'supervisor software interrupts by memory (SSWI) are always there here',
      );
    if (!this.hasModernVirtio) {
      draft.note(
        'no -global virtio-mmio.force-legacy=false',
        'the transport is version 2 here, which kernels without a legacy driver take as well',
      );
    }
    if (this.cpu === CPU_MODEL && draft.paging === undefined)
      draft.note(
        'no -cpu rv64,sv57=off',
        'Sv57 is offered there, though the device tree of QEMU 7.2 says Sv48; here Sv48, unless the description has "isa": { "paging": "sv57" }',
      );
    const isDefault = firmware === undefined || firmware === 'default';
    if (!isDefault && firmware !== 'none') draft.boot.firmware = firmware;
    else if (draft.hasFlash || draft.boot.kernel !== undefined) {
      if (isDefault)
        draft.note(
          firmware === undefined ? 'no -bios' : '-bios default',
          'QEMU’s OpenSBI: here the machine provides SBI itself',
        );
      // Of flash that is what a description means anyway; of a kernel it depends on the kind of its file.
      if (!isDefault || !draft.hasFlash) draft.boot.privilege = isDefault ? 'supervisor' : 'machine';
    }
  }

  private readAlone(name: string): void {
    if (name === 'snapshot') this.devices.makeTemporary();
    else if (!OF_THE_PROCESS.has(name)) this.draft.note(`-${name}`, whyNot(name));
  }

  private readOption(name: string, value: string): void {
    const { draft } = this;
    const what = `-${name} ${value}`;
    switch (name) {
      case 'M':
      case 'machine':
        return this.readMachine(value);
      case 'cpu':
        return this.readCpu(value);
      case 'smp':
        return this.readHarts(value);
      case 'm':
        return this.readMemory(value);
      case 'accel': {
        const settings = Settings.parse(value, 'accel');
        settings.ignore('accel', 'tcg');
        settings.ignore('thread');
        return this.draft.noteRest(
          '-accel',
          settings,
          'guest code is interpreted and translated by the machine itself',
        );
      }
      case 'global': {
        if (value === 'virtio-mmio.force-legacy=false' || value === 'virtio-mmio.force-legacy=off')
          this.hasModernVirtio = true;
        else draft.note(what, 'there is no such setting here');
        return;
      }
      case 'kernel':
      case 'initrd':
      case 'append':
      case 'dtb':
        if (value !== '') draft.boot[name === 'dtb' ? 'fdt' : name] = value;
        return;
      case 'bios':
        return this.takeFirmware(value);
      case 'pflash':
        return this.draft.addFlash(what, { source: { file: value }, readOnly: false });
      case 'rtc':
        return readRtc(value, this.time, draft);
      case 'icount':
        return readIcount(value, this.time, draft);
      case 'seed':
        draft.seed = /^\d+$/.test(value) ? Number(value) : NaN;
        return;
      case 'display':
        if (value !== 'none') draft.note(what, 'there are no graphics yet');
        return;
      case 'vga':
        if (value !== 'none') draft.note(what, 'there are no graphics yet');
        return;
      default:
        if (this.devices.read(name, value) || OF_THE_PROCESS.has(name)) return;
        draft.note(what, whyNot(name));
    }
  }

  private readMachine(value: string): void {
    const settings = Settings.parse(value, 'type');
    const type = settings.take('type');
    if (type !== undefined && type !== 'virt') {
      throw new InterchangeError(
        `expected the board "virt", found ${JSON.stringify(type)}`,
        this.draft.notes,
      );
    }
    this.board ??= type;
    const aclint = settings.takeSwitch('aclint');
    if (aclint !== undefined) this.hasAclint = aclint;
    settings.ignore('accel', 'tcg');
    // What libvirt says of every machine, and what this board does not have anyway.
    settings.ignore('usb', 'off', 'false');
    settings.ignore('dump-guest-core');
    settings.ignore('memory-backend');
    settings.ignore('aia', 'none');
    settings.ignore('acpi', 'off', 'false');
    for (const unit of ['0', '1']) {
      const node = settings.take(`pflash${unit}`);
      if (node !== undefined) this.devices.useAsFlash(node, unit);
    }
    this.draft.noteRest('-M virt', settings, 'the board is as it is');
  }

  private readCpu(value: string): void {
    const settings = Settings.parse(value, 'model');
    const model = settings.take('model');
    this.cpu = model ?? CPU_MODEL;
    if (model !== CPU_MODEL)
      this.draft.note(
        `-cpu ${model}`,
        'harts are of one kind here, RV64GC with the extensions of RVA22S64 and more',
      );
    this.draft.paging = pagingOf(settings) ?? this.draft.paging;
    for (const setting of settings.rest) {
      const [name, value] = setting.split('=');
      const ours = ourSetting(name) ?? 'off';
      const given = /^(on|true|yes)$/.test(value) ? 'on' : /^(off|false|no)$/.test(value) ? 'off' : value;
      if (given !== ours) this.draft.note(`-cpu ${setting}`, `harts are of one kind here: ${name}=${ours}`);
    }
  }

  private readHarts(value: string): void {
    const settings = Settings.parse(value, 'cpus');
    const given = settings.take('cpus');
    const topology = ['drawers', 'books', 'sockets', 'dies', 'clusters', 'cores', 'threads'];
    const parts = topology.map((key) => settings.take(key));
    const product = parts.reduce((all, part) => all * Number(part ?? 1), 1);
    const most = settings.take('maxcpus');
    this.draft.harts = given === undefined && most === undefined ? product : Number(given ?? most);
    if (parts.some((part) => part !== undefined && part !== '1'))
      this.draft.note(`-smp ${value}`, 'harts have no topology here: one cluster of single cores');
    if (most !== undefined && Number(most) !== this.draft.harts)
      this.draft.note(`-smp maxcpus=${most}`, 'harts neither come nor go');
    this.draft.noteRest('-smp', settings, 'harts neither come nor go');
  }

  private readMemory(value: string): void {
    const settings = Settings.parse(value, 'size');
    const size = settings.take('size');
    const bytes = size === undefined ? undefined : parseQemuSize(size, MiB);
    if (bytes === undefined) {
      if (size !== undefined)
        throw new InterchangeError(
          `-m: expected a size such as 512M, found ${JSON.stringify(size)}`,
          this.draft.notes,
        );
    } else this.draft.memory = bytes;
    this.draft.noteRest('-m', settings, 'memory neither comes nor goes');
  }
}

/** The largest mode that is on, or below one that is off (QEMU 8.1 and later have these settings). */
function pagingOf(settings: Settings): Paging | undefined {
  const modes = ['sv57', 'sv48', 'sv39'] as const;
  const states = modes.map((mode) => settings.takeSwitch(mode));
  const on = states.indexOf(true);
  return modes[on >= 0 ? on : states.lastIndexOf(false) + 1 || modes.length];
}

function whyNot(name: string): string {
  return Object.hasOwn(WHY_NOT, name) ? WHY_NOT[name] : 'there is no such thing here';
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ...{ net: 'an old way of saying -nic or -netdev, which are understood' },
  ...{
    fw_cfg: 'fw_cfg has no items of the user’s own yet',
    smbios: 'there is no SMBIOS yet',
  },
  ...{ 'no-reboot': 'a guest’s reset starts it again', S: 'start the machine when you want it to run' },
  ...{ s: 'there is no debugger port yet', gdb: 'there is no debugger port yet' },
  ...{ 'enable-kvm': 'guest code is interpreted and translated by the machine itself' },
  ...{ loadvm: 'there are no snapshots yet' },
  ...Object.fromEntries(
    ['hda', 'hdb', 'hdc', 'hdd', 'cdrom', 'sd', 'mtdblock'].map((name) => [name, NO_DEVICE_OF_IMAGE]),
  ),
  ...{ numa: 'there is no NUMA', usb: 'there is no USB', audiodev: 'there is no sound' },
};
