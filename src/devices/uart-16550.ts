/**
 * 16550A UART (National Semiconductor PC16550D data sheet, section 8), registers
 * one byte apart. Characters take no time: what is written to THR is sent at
 * once, and a character timeout is reported as soon as there is a character
 * below the trigger level.
 *
 * Known differences from QEMU 7.2, where this follows the data sheet: MCR comes up
 * as 0 and not with OUT2 set; a FIFO reset makes no new THRE interrupt; a FIFO reset
 * bit without FIFO enable does nothing; MSR shows deltas in loopback.
 *
 * Left out on purpose: line speed and format (DLL, DLM and LCR only keep what
 * is written), parity and framing errors, break, DMA mode.
 */
import { messageOf } from '../errors.ts';
import { ByteQueue } from '../byte-queue.ts';
import type { FdtNode } from '../fdt/fdt.ts';
import type { InterruptLine } from '../interrupt.ts';
import type { Device, DeviceLog } from './device.ts';

/** Receive buffer (read), transmit holding (write), divisor low (DLAB). */
export const RBR = 0;
export const THR = 0;
export const DLL = 0;
/** Interrupt enable; divisor high (DLAB). */
export const IER = 1;
export const DLM = 1;
/** Interrupt identification (read), FIFO control (write). */
export const IIR = 2;
export const FCR = 2;
export const LCR = 3;
export const MCR = 4;
export const LSR = 5;
export const MSR = 6;
export const SCR = 7;

export const IER_ERBFI = 0x01;
export const IER_ETBEI = 0x02;
export const IER_ELSI = 0x04;
export const IER_EDSSI = 0x08;

export const IIR_NO_INTERRUPT = 0x01;
export const IIR_MODEM_STATUS = 0x00;
export const IIR_THR_EMPTY = 0x02;
export const IIR_RECEIVED_DATA = 0x04;
export const IIR_RECEIVER_LINE_STATUS = 0x06;
export const IIR_CHARACTER_TIMEOUT = 0x0c;
export const IIR_FIFOS_ENABLED = 0xc0;

export const FCR_FIFO_ENABLE = 0x01;
export const FCR_RCVR_RESET = 0x02;
export const FCR_XMIT_RESET = 0x04;

export const LCR_DLAB = 0x80;

export const MCR_DTR = 0x01;
export const MCR_RTS = 0x02;
export const MCR_OUT1 = 0x04;
export const MCR_OUT2 = 0x08;
export const MCR_LOOP = 0x10;

export const LSR_DR = 0x01;
export const LSR_OE = 0x02;
export const LSR_THRE = 0x20;
export const LSR_TEMT = 0x40;

export const MSR_DCTS = 0x01;
export const MSR_DDSR = 0x02;
export const MSR_TERI = 0x04;
export const MSR_DDCD = 0x08;
export const MSR_CTS = 0x10;
export const MSR_DSR = 0x20;
export const MSR_RI = 0x40;
export const MSR_DCD = 0x80;

export const FIFO_SIZE = 16;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;
const OUTPUT_BUFFER = 4096;
const INPUT_QUEUE = 65536;
/** Divisor of 9600 baud at 1.8432 MHz; the data sheet leaves it open. */
const RESET_DIVISOR = 12;
/** Input clock in Hz that QEMU's tree states for `virt`. */
const CLOCK_FREQUENCY = 3686400;

export interface Uart16550Options {
  readonly interrupt: InterruptLine;
  /** Takes what the guest sent; the array is the receiver's to keep. */
  readonly output: (bytes: Uint8Array) => void;
  /**
   * Arranges for `flush` to be called soon, so that bytes sent one at a time reach `output`
   * together; called once for each batch. Default: every byte is passed on at once.
   */
  readonly scheduleFlush?: (flush: () => void) => void;
  /** Called when the input queue has room again after `receive` took less than it was given. */
  readonly onInputSpace?: () => void;
  readonly log?: DeviceLog;
}

export class Uart16550 implements Device {
  private readonly interrupt: InterruptLine;
  private readonly output: (bytes: Uint8Array) => void;
  private readonly scheduleFlush: ((flush: () => void) => void) | undefined;
  private readonly onInputSpace: () => void;
  private readonly log: DeviceLog;

  private readonly sent = new Uint8Array(OUTPUT_BUFFER);
  private sentCount = 0;
  private isFlushScheduled = false;

  /** Input that the host has delivered and that did not fit into the FIFO yet. */
  private readonly input = new ByteQueue(INPUT_QUEUE);
  private wasInputRefused = false;

  private readonly fifo = new ByteQueue(FIFO_SIZE);
  private ier = 0;
  private fcr = 0;
  private lcr = 0;
  private mcr = 0;
  private scr = 0;
  private dll = RESET_DIVISOR;
  private dlm = 0;
  private isOverrun = false;
  private msrDelta = 0;
  /** Modem inputs as they were last, to find the deltas. */
  private modemInputs = MSR_DCD | MSR_DSR | MSR_CTS;
  /** THR became empty, and neither reading IIR nor writing THR has acknowledged that yet. */
  private isThrEmptyPending = false;

  constructor({ interrupt, output, scheduleFlush, onInputSpace, log }: Uart16550Options) {
    this.interrupt = interrupt;
    this.output = output;
    this.scheduleFlush = scheduleFlush;
    this.onInputSpace = onInputSpace ?? (() => {});
    this.log = log ?? (() => {});
  }

  /** Bytes that `receive` would take now. */
  get inputSpace(): number {
    return this.input.space;
  }

  /**
   * Delivers input to the guest. Returns how many of `bytes` were taken; offer the rest
   * again when `onInputSpace` is called.
   */
  receive(bytes: Uint8Array): number {
    const taken = this.input.push(bytes);
    if (taken < bytes.length) this.wasInputRefused = true;
    this.fillFifo();
    this.update();
    return taken;
  }

  /** Passes on what was sent and is still held back for `scheduleFlush`. */
  readonly flush = (): void => {
    this.isFlushScheduled = false;
    if (this.sentCount === 0) return;
    const bytes = this.sent.slice(0, this.sentCount);
    this.sentCount = 0;
    try {
      this.output(bytes);
    } catch (error) {
      this.log(`serial output failed: ${messageOf(error)}`);
    }
  };

  /** Master reset (data sheet, table III). Input that waits on the host's side is kept. */
  reset(): void {
    this.fifo.clear();
    this.ier = 0;
    this.fcr = 0;
    this.lcr = 0;
    this.mcr = 0;
    this.scr = 0;
    this.dll = RESET_DIVISOR;
    this.dlm = 0;
    this.isOverrun = false;
    this.msrDelta = 0;
    this.modemInputs = MSR_DCD | MSR_DSR | MSR_CTS;
    this.isThrEmptyPending = false;
    this.fillFifo();
    this.update();
  }

  read(offset: number): number {
    switch (offset) {
      case RBR:
        return this.isDivisorSelected ? this.dll : this.readRbr();
      case IER:
        return this.isDivisorSelected ? this.dlm : this.ier;
      case IIR:
        return this.readIir();
      case LCR:
        return this.lcr;
      case MCR:
        return this.mcr;
      case LSR:
        return this.readLsr();
      case MSR:
        return this.readMsr();
      case SCR:
        return this.scr;
      default:
        return 0;
    }
  }

  write(offset: number, _size: 1 | 2 | 4, word: number): void {
    const value = word & 0xff;
    switch (offset) {
      case THR:
        if (this.isDivisorSelected) this.dll = value;
        else this.writeThr(value);
        return;
      case IER:
        if (this.isDivisorSelected) this.dlm = value;
        else this.writeIer(value & 0x0f);
        return;
      case FCR:
        return this.writeFcr(value);
      case LCR:
        this.lcr = value;
        return;
      case MCR:
        return this.writeMcr(value & 0x1f);
      case SCR:
        this.scr = value;
        return;
    }
  }

  fdtNode(): FdtNode {
    return { name: 'serial', properties: { compatible: 'ns16550a', 'clock-frequency': CLOCK_FREQUENCY } };
  }

  private get isDivisorSelected(): boolean {
    return (this.lcr & LCR_DLAB) !== 0;
  }

  private get isFifoEnabled(): boolean {
    return (this.fcr & FCR_FIFO_ENABLE) !== 0;
  }

  private get isLoopback(): boolean {
    return (this.mcr & MCR_LOOP) !== 0;
  }

  private readRbr(): number {
    const byte = this.fifo.shift();
    this.fillFifo();
    this.update();
    return byte < 0 ? 0 : byte;
  }

  private writeThr(value: number): void {
    if (this.isLoopback) this.loopBack(value);
    else this.send(value);
    this.isThrEmptyPending = true;
    this.update();
  }

  private send(value: number): void {
    this.sent[this.sentCount++] = value;
    if (this.scheduleFlush === undefined || this.sentCount === OUTPUT_BUFFER) this.flush();
    else if (!this.isFlushScheduled) {
      this.isFlushScheduled = true;
      this.scheduleFlush(this.flush);
    }
  }

  private loopBack(value: number): void {
    const isFull = this.fifo.length >= (this.isFifoEnabled ? FIFO_SIZE : 1);
    if (isFull) {
      this.isOverrun = true;
      // Data sheet, line status register, bit 1: a full FIFO keeps its content, without FIFO the new character replaces the old.
      if (this.isFifoEnabled) return;
      this.fifo.clear();
    }
    this.fifo.push(Uint8Array.of(value));
  }

  private writeIer(value: number): void {
    const rising = value & ~this.ier;
    this.ier = value;
    // THR is empty at all times, so that enabling its interrupt raises it.
    if ((rising & IER_ETBEI) !== 0) this.isThrEmptyPending = true;
    this.update();
  }

  private writeFcr(value: number): void {
    const isEnabled = (value & FCR_FIFO_ENABLE) !== 0;
    if (isEnabled !== this.isFifoEnabled || (isEnabled && (value & FCR_RCVR_RESET) !== 0)) this.fifo.clear();
    // Bit 0 must be one for the other bits to be programmed.
    this.fcr = isEnabled ? value & ~(FCR_RCVR_RESET | FCR_XMIT_RESET) : 0;
    this.fillFifo();
    this.update();
  }

  private writeMcr(value: number): void {
    this.mcr = value;
    let inputs = MSR_DCD | MSR_DSR | MSR_CTS;
    if (this.isLoopback) {
      inputs = 0;
      if ((value & MCR_DTR) !== 0) inputs |= MSR_DSR;
      if ((value & MCR_RTS) !== 0) inputs |= MSR_CTS;
      if ((value & MCR_OUT1) !== 0) inputs |= MSR_RI;
      if ((value & MCR_OUT2) !== 0) inputs |= MSR_DCD;
    }
    const changed = inputs ^ this.modemInputs;
    if ((changed & MSR_CTS) !== 0) this.msrDelta |= MSR_DCTS;
    if ((changed & MSR_DSR) !== 0) this.msrDelta |= MSR_DDSR;
    if ((changed & MSR_DCD) !== 0) this.msrDelta |= MSR_DDCD;
    if ((changed & this.modemInputs & MSR_RI) !== 0) this.msrDelta |= MSR_TERI;
    this.modemInputs = inputs;
    this.fillFifo();
    this.update();
  }

  private readLsr(): number {
    let lsr = LSR_THRE | LSR_TEMT;
    if (this.fifo.length > 0) lsr |= LSR_DR;
    if (this.isOverrun) {
      lsr |= LSR_OE;
      this.isOverrun = false;
      this.update();
    }
    return lsr;
  }

  private readMsr(): number {
    const msr = this.modemInputs | this.msrDelta;
    if (this.msrDelta !== 0) {
      this.msrDelta = 0;
      this.update();
    }
    return msr;
  }

  private readIir(): number {
    const source = this.interruptSource();
    if (source === IIR_THR_EMPTY) {
      this.isThrEmptyPending = false;
      this.update();
    }
    return this.isFifoEnabled ? source | IIR_FIFOS_ENABLED : source;
  }

  /** The enabled condition of highest priority (data sheet, table IV). */
  private interruptSource(): number {
    const { ier } = this;
    if ((ier & IER_ELSI) !== 0 && this.isOverrun) return IIR_RECEIVER_LINE_STATUS;
    if ((ier & IER_ERBFI) !== 0 && this.fifo.length > 0) {
      const trigger = this.isFifoEnabled ? TRIGGER_LEVELS[this.fcr >> 6] : 1;
      return this.fifo.length >= trigger ? IIR_RECEIVED_DATA : IIR_CHARACTER_TIMEOUT;
    }
    if ((ier & IER_ETBEI) !== 0 && this.isThrEmptyPending) return IIR_THR_EMPTY;
    if ((ier & IER_EDSSI) !== 0 && this.msrDelta !== 0) return IIR_MODEM_STATUS;
    return IIR_NO_INTERRUPT;
  }

  private update(): void {
    this.interrupt.set(this.interruptSource() !== IIR_NO_INTERRUPT);
  }

  /** Moves waiting input into the FIFO; in loopback the receiver is cut off from the line. */
  private fillFifo(): void {
    if (this.isLoopback || this.input.length === 0) return;
    const room = (this.isFifoEnabled ? FIFO_SIZE : 1) - this.fifo.length;
    if (room <= 0) return;
    this.fifo.push(this.input.take(room));
    if (this.wasInputRefused && this.input.space >= INPUT_QUEUE / 2) {
      this.wasInputRefused = false;
      this.onInputSpace();
    }
  }
}
