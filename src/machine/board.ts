/**
 * The `virt` board: which devices there are, where they lie, and how their
 * interrupts are wired (spec/tables/memory-map.json).
 */
import { messageOf } from '../errors.ts';
import type { BlockBackend } from '../block/backend.ts';
import { Bus } from '../bus.ts';
import type { Core } from '../core/core.ts';
import { AclintClint, AclintSswi, type MachineTimer } from '../devices/aclint.ts';
import { BootRom } from '../devices/boot-rom.ts';
import { CfiFlash, FlashBanks } from '../devices/cfi-flash.ts';
import type { Device, DeviceLog, IoScheduler, Timer, WallClock } from '../devices/device.ts';
import { FwCfg } from '../devices/fw-cfg.ts';
import { GoldfishRtc } from '../devices/goldfish-rtc.ts';
import { Plic } from '../devices/plic.ts';
import { TestFinisher, type Finish } from '../devices/test-finisher.ts';
import { Uart16550 } from '../devices/uart-16550.ts';
import { FLASH_BASE, FLASH_COUNT, FLASH_SIZE, MEMORY_MAP } from '../generated/memory-map.ts';
import { IRQ_M_EXT, IRQ_M_SOFT, IRQ_M_TIMER, IRQ_S_EXT, IRQ_S_SOFT } from '../generated/csr.ts';
import type { InterruptLine } from '../interrupt.ts';
import type { FileSystemBackend } from '../filesystem/backend.ts';
import type { GuestMemory } from '../memory.ts';
import type { NetworkBackend } from '../network/backend.ts';
import { Virtio9p } from '../virtio/9p.ts';
import { VirtioBlock } from '../virtio/block.ts';
import { VirtioConsole } from '../virtio/console.ts';
import { INTERRUPT_PINS } from '../pci/bus.ts';
import { PciHost } from '../pci/host-bridge.ts';
import type { VirtioDevice } from '../virtio/device.ts';
import { VirtioEntropy } from '../virtio/entropy.ts';
import { VirtioMmio } from '../virtio/mmio.ts';
import { VirtioNetwork } from '../virtio/network.ts';
import { VirtioPci } from '../virtio/pci.ts';
import { VirtioPowerButton } from '../virtio/power-button.ts';
import type { ResolvedDescription, VirtioBus } from './description.ts';
import { assignSlots, BUSES, SLOTS, type VirtioPart } from './virtio-slots.ts';
import { DeviceConflictError, checkPlaces, type CustomDevice, type DeviceContext } from './custom-device.ts';

/** The line of a device that has none. */
const NO_LINE: InterruptLine = { set: () => {} };

/** A device at its place on the board. */
export interface Placement {
  /** Name of its row in the memory map, or of an embedder's device. */
  readonly region: string;
  readonly base: number;
  readonly size: number;
  /** In how many equal parts the device tree tells of it. Default 1. */
  readonly parts?: number;
  readonly device: Device;
  /** PLIC source. */
  readonly irq?: number;
  /** Of a PCI host bridge: the windows of its bus, and the first of the PLIC sources of INTA to INTD. */
  readonly pci?: {
    readonly ports: { readonly base: number; readonly size: number };
    readonly memory: { readonly base: number; readonly size: number };
    readonly irq: number;
  };
  /** Interrupts it drives directly at every hart, as mip bit numbers; for the device tree. */
  readonly hartInterrupts?: readonly number[];
}

export interface Drive {
  readonly backend: BlockBackend;
  /** Serial number that the guest reads, at most 20 ASCII characters. */
  readonly id?: string;
  /** Default 1. */
  readonly queues?: number;
}

export interface BoardOptions {
  readonly core: Core;
  readonly memory: GuestMemory;
  readonly drives: readonly Drive[];
  /** There is flash, as the core has ROM for it, and this is behind its second bank. */
  readonly flash?: { readonly variables?: BlockBackend };
  /** Devices of the embedder's own. */
  readonly custom: readonly CustomDevice[];
  /** mtime and its comparators. */
  readonly timer: MachineTimer;
  readonly wallClock: WallClock;
  readonly createTimer: () => Timer;
  /** @param device what to call it in the log. */
  readonly createIo: (device: string) => IoScheduler;
  readonly random: (into: Uint8Array) => void;
  readonly network: readonly { readonly mac: Uint8Array; readonly backend?: NetworkBackend }[];
  readonly shares: readonly {
    readonly tag: string;
    readonly readOnly: boolean;
    readonly backend: FileSystemBackend;
  }[];
  /** The machine's own virtio devices, and their slots. */
  readonly virtio: ResolvedDescription['virtio'];
  /** Called when a line changed that may wake a waiting hart. */
  readonly onInterrupt: () => void;
  readonly onFinish: (finish: Finish) => void;
  readonly onSerialOutput: (bytes: Uint8Array) => void;
  readonly onConsoleOutput: (bytes: Uint8Array) => void;
  readonly onInputSpace: () => void;
  /** Arranges for a call soon, when the guest has gone on a little. */
  readonly defer: (callback: () => void) => void;
  readonly log: DeviceLog;
}

export class Board {
  readonly bus: Bus;
  readonly uart: Uart16550;
  readonly console: VirtioConsole | undefined;
  readonly powerButton: VirtioPowerButton | undefined;
  readonly rom: BootRom;
  readonly fwCfg: FwCfg;
  readonly flash: FlashBanks | undefined;
  readonly placements: Placement[] = [];
  /** Network cards. */
  readonly cards: VirtioNetwork[] = [];
  /** Shared folders. */
  readonly shares: Virtio9p[] = [];

  constructor(options: BoardOptions) {
    const { core, memory, log } = options;
    checkPlaces(options.custom);
    this.bus = new Bus(log);
    const line = (hart: number, irq: number): InterruptLine => ({
      set: (level) => {
        core.exports.setInterrupt(hart, 1 << irq, level ? 1 : 0);
        if (level) options.onInterrupt();
      },
    });
    const harts = Array.from({ length: core.harts }, (_, hart) => hart);
    const plic = new Plic(harts.flatMap((hart) => [line(hart, IRQ_M_EXT), line(hart, IRQ_S_EXT)]));

    this.rom = new BootRom();
    this.place('mrom', this.rom);
    this.place('test', new TestFinisher(options.onFinish));
    const rtcIrq = this.irq('rtc');
    this.place(
      'rtc',
      new GoldfishRtc({
        clock: options.wallClock,
        timer: options.createTimer(),
        interrupt: plic.source(rtcIrq),
      }),
      { irq: rtcIrq },
    );
    this.uart = new Uart16550({
      interrupt: plic.source(this.irq('uart')),
      output: options.onSerialOutput,
      scheduleFlush: options.defer,
      onInputSpace: options.onInputSpace,
      log,
    });
    this.place('uart', this.uart, { irq: this.irq('uart') });

    const io = options.createIo('virtio block');
    const has = (kind: VirtioPart['kind']): boolean => options.virtio.some((part) => part.kind === kind);
    this.console = has('console')
      ? new VirtioConsole({ output: options.onConsoleOutput, onInputSpace: options.onInputSpace, log })
      : undefined;
    this.powerButton = has('powerButton') ? new VirtioPowerButton() : undefined;
    const make = (part: VirtioPart): VirtioDevice => {
      if (part.kind === 'drive') {
        const { backend, id, queues } = options.drives[part.index];
        return new VirtioBlock({ backend, io, id, queues, log });
      }
      if (part.kind === 'network') {
        const { mac, backend } = options.network[part.index];
        const card = new VirtioNetwork({ mac, backend, log });
        this.cards.push(card);
        return card;
      }
      if (part.kind === 'share') {
        const share = new Virtio9p({ ...options.shares[part.index], io: options.createIo('virtio 9p'), log });
        this.shares.push(share);
        return share;
      }
      if (part.kind === 'rng') return new VirtioEntropy(options.random);
      return part.kind === 'console' ? this.console! : this.powerButton!;
    };
    const custom = options.custom.filter((device) => device.kind === 'virtio');
    const places = assignSlots([...options.virtio, ...custom.map(({ bus }) => ({ bus }))]);
    for (const bus of BUSES) {
      const { count, where } = SLOTS[bus];
      const found = places.filter((place) => place.bus === bus).length;
      if (found > count)
        throw new DeviceConflictError(`expected at most ${count} virtio devices${where}, found ${found}`);
    }
    const virtio: Record<VirtioBus, VirtioDevice[]> = { mmio: [], pci: [] };
    [
      ...options.virtio.map(make),
      ...custom.map((device) => device.create(this.contextOf(device, options, NO_LINE))),
    ].forEach((device, index) => (virtio[places[index].bus][places[index].slot] = device));
    const slots = this.region('virtio-mmio');
    for (let slot = 0; slot < slots.count!; slot++) {
      const irq = slots.irq! + slot;
      const interrupt = plic.source(irq);
      const transport = new VirtioMmio({ device: virtio.mmio[slot], memory, interrupt, log });
      this.place('virtio-mmio', transport, { irq, offset: slot * slots.step! });
    }
    this.placePci(plic, (host) =>
      virtio.pci.forEach((device, number) => host.attach(number, new VirtioPci({ device, memory, log }))),
    );

    this.fwCfg = new FwCfg(memory);
    this.place('fw-cfg', this.fwCfg);
    this.flash = options.flash && this.createFlash(options, options.flash.variables);

    this.place('plic', plic, { hartInterrupts: [IRQ_M_EXT, IRQ_S_EXT] });
    const clint = new AclintClint(
      options.timer,
      harts.map((hart) => line(hart, IRQ_M_SOFT)),
    );
    this.place('clint', clint, { hartInterrupts: [IRQ_M_SOFT, IRQ_M_TIMER] });
    const sswi = new AclintSswi(harts.map((hart) => line(hart, IRQ_S_SOFT)));
    this.place('aclint-sswi', sswi, { hartInterrupts: [IRQ_S_SOFT] });

    for (const custom of options.custom) {
      if (custom.kind !== 'mmio') continue;
      const { name, base, size, irq } = custom;
      const device = custom.create(
        this.contextOf(custom, options, irq === undefined ? NO_LINE : plic.source(irq)),
      );
      this.placements.push({ region: name, base, size, device, irq });
      this.bus.map(base, size, device, name);
    }
  }

  /** Two banks, of which the guest can only write the second. */
  private createFlash(options: BoardOptions, variables: BlockBackend | undefined): FlashBanks {
    const { core, log } = options;
    const io = options.createIo('flash');
    const banks = Array.from({ length: FLASH_COUNT }, (_, bank) => {
      const start = bank * FLASH_SIZE;
      return new CfiFlash({
        memory: {
          bytes: core.rom.subarray(start, start + FLASH_SIZE),
          show: (isShown) => core.exports.showRom(bank, isShown ? 1 : 0),
          changed: (offset, length) =>
            core.exports.noteHostWrite(BigInt(FLASH_BASE + start + offset), length),
        },
        ...(bank === 0 ? { readOnly: true } : { backend: variables }),
        io,
        log,
      });
    });
    const flash = new FlashBanks(banks, FLASH_SIZE);
    this.place('flash', flash, { parts: FLASH_COUNT });
    return flash;
  }

  reset(): void {
    for (const { device } of this.placements) device.reset();
  }

  private contextOf({ name }: CustomDevice, options: BoardOptions, interrupt: InterruptLine): DeviceContext {
    const { memory, wallClock, random } = options;
    const log: DeviceLog = (message) => options.log(`${name}: ${message}`);
    /** As in its registers, what a device throws goes to the log, and the guest goes on. */
    const guarded = (what: string, callback: () => void) => (): void => {
      try {
        callback();
      } catch (error) {
        log(`${what} failed: ${messageOf(error)}`);
      }
    };
    return {
      ...{ memory, interrupt, wallClock, random, log },
      createTimer: () => {
        const timer = options.createTimer();
        return {
          setDeadline: (deadline, callback) => timer.setDeadline(deadline, guarded('its timer', callback)),
        };
      },
      io: options.createIo(name),
      defer: (callback) => options.defer(guarded('what it deferred', callback)),
    };
  }

  /** The host bridge, with what `populate` puts on its bus, and its windows. */
  private placePci(plic: Plic, populate: (host: PciHost) => void): void {
    const irq = this.irq('pcie-ecam');
    const window = (name: string): { base: number; size: number } => {
      const { base, size } = this.region(name);
      return { base, size: size! };
    };
    const pci = { ports: window('pcie-pio'), memory: window('pcie-mmio'), irq };
    const host = new PciHost({
      interrupts: Array.from({ length: INTERRUPT_PINS }, (_, pin) => plic.source(irq + pin)),
      memoryBase: pci.memory.base,
    });
    populate(host);
    this.place('pcie-ecam', host, { pci });
    this.place('pcie-pio', host.ports);
    this.place('pcie-mmio', host.memory);
  }

  private region(region: string): (typeof MEMORY_MAP)[number] {
    return MEMORY_MAP.find(({ name }) => name === region)!;
  }

  private irq(region: string): number {
    return this.region(region).irq!;
  }

  private place(
    region: string,
    device: Device,
    options: Pick<Placement, 'irq' | 'hartInterrupts' | 'pci'> & { offset?: number; parts?: number } = {},
  ): void {
    const entry = this.region(region);
    const { offset = 0, parts = 1, ...wiring } = options;
    const base = entry.base + offset;
    const size = entry.size! * parts;
    this.placements.push({ region, base, size, parts, device, ...wiring });
    this.bus.map(base, size, device, `${region}@${base.toString(16)}`);
  }
}
