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
import type { GuestMemory } from '../memory.ts';
import type { NetworkBackend } from '../network/backend.ts';
import { VirtioBlock } from '../virtio/block.ts';
import { VirtioConsole } from '../virtio/console.ts';
import type { VirtioDevice } from '../virtio/device.ts';
import { VirtioEntropy } from '../virtio/entropy.ts';
import { VirtioMmio } from '../virtio/mmio.ts';
import { VirtioNetwork } from '../virtio/network.ts';
import { VirtioPowerButton } from '../virtio/power-button.ts';
import type { ResolvedDescription } from './description.ts';
import { assignSlots, type VirtioPart } from './virtio-slots.ts';
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
  /** Interrupts it drives directly at every hart, as mip bit numbers; for the device tree. */
  readonly hartInterrupts?: readonly number[];
}

export interface Drive {
  readonly backend: BlockBackend;
  /** Serial number that the guest reads, at most 20 ASCII characters. */
  readonly id?: string;
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
        const { backend, id } = options.drives[part.index];
        return new VirtioBlock({ backend, io, id, log });
      }
      if (part.kind === 'network') {
        const { mac, backend } = options.network[part.index];
        const card = new VirtioNetwork({ mac, backend, log });
        this.cards.push(card);
        return card;
      }
      if (part.kind === 'rng') return new VirtioEntropy(options.random);
      return part.kind === 'console' ? this.console! : this.powerButton!;
    };
    const custom = options.custom.filter((device) => device.kind === 'virtio');
    const slots = MEMORY_MAP.find(({ name }) => name === 'virtio-mmio')!;
    const count = options.virtio.length + custom.length;
    if (count > slots.count!)
      throw new DeviceConflictError(`expected at most ${slots.count} virtio devices, found ${count}`);
    const places = assignSlots([...options.virtio.map(({ slot }) => slot), ...custom.map(() => undefined)]);
    const virtio: VirtioDevice[] = [];
    [
      ...options.virtio.map(make),
      ...custom.map((device) => device.create(this.contextOf(device, options, NO_LINE))),
    ].forEach((device, index) => (virtio[places[index]] = device));
    for (let slot = 0; slot < slots.count!; slot++) {
      const irq = slots.irq! + slot;
      const interrupt = plic.source(irq);
      const transport = new VirtioMmio({ device: virtio[slot], memory, interrupt, log });
      this.place('virtio-mmio', transport, { irq, offset: slot * slots.step! });
    }

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

  private irq(region: string): number {
    return MEMORY_MAP.find(({ name }) => name === region)!.irq!;
  }

  private place(
    region: string,
    device: Device,
    options: { irq?: number; hartInterrupts?: readonly number[]; offset?: number; parts?: number } = {},
  ): void {
    const entry = MEMORY_MAP.find(({ name }) => name === region)!;
    const { irq, hartInterrupts, offset = 0, parts = 1 } = options;
    const base = entry.base + offset;
    const size = entry.size! * parts;
    this.placements.push({ region, base, size, parts, device, irq, hartInterrupts });
    this.bus.map(base, size, device, `${region}@${base.toString(16)}`);
  }
}
