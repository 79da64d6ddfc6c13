/**
 * Console device (virtio 1.2, 5.3) with one port: receiveq, transmitq, terminal
 * size and emergency write.
 *
 * Left out on purpose: VIRTIO_CONSOLE_F_MULTIPORT.
 */
import { messageOf } from '../errors.ts';
import { ByteQueue } from '../byte-queue.ts';
import type { DeviceLog } from '../devices/device.ts';
import { ConfigSpace } from './config-space.ts';
import type { VirtioDevice, VirtioTransport } from './device.ts';
import { VIRTIO_ID_CONSOLE } from './features.ts';
import type { Virtqueue } from './queue.ts';

export const VIRTIO_CONSOLE_F_SIZE = 1n << 0n;
export const VIRTIO_CONSOLE_F_EMERG_WRITE = 1n << 2n;

export const CONFIG_COLS = 0;
export const CONFIG_ROWS = 2;
export const CONFIG_MAX_NR_PORTS = 4;
export const CONFIG_EMERG_WR = 8;
const CONFIG_SIZE = 12;

export const RECEIVEQ = 0;
export const TRANSMITQ = 1;
const QUEUE_SIZE = 128;
const INPUT_QUEUE = 65536;
const OUTPUT_CHUNK = 65536;

export interface VirtioConsoleOptions {
  /** Takes what the guest sent; the array is the receiver's to keep. */
  readonly output: (bytes: Uint8Array) => void;
  /** Called when the input queue has room again after `receive` took less than it was given. */
  readonly onInputSpace?: () => void;
  /** Terminal size in characters. Default 80 by 24. */
  readonly cols?: number;
  readonly rows?: number;
  readonly log?: DeviceLog;
}

export class VirtioConsole implements VirtioDevice {
  readonly deviceId = VIRTIO_ID_CONSOLE;
  readonly features = VIRTIO_CONSOLE_F_SIZE | VIRTIO_CONSOLE_F_EMERG_WRITE;
  readonly queueSizes = [QUEUE_SIZE, QUEUE_SIZE] as const;

  private readonly output: (bytes: Uint8Array) => void;
  private readonly onInputSpace: () => void;
  private readonly log: DeviceLog;
  private readonly config = new ConfigSpace(CONFIG_SIZE);
  private readonly input = new ByteQueue(INPUT_QUEUE);
  private wasInputRefused = false;
  private isDelivering = false;

  private transport: VirtioTransport | undefined;
  private queues: readonly Virtqueue[] = [];
  private hasSize = false;

  constructor({ output, onInputSpace, cols, rows, log }: VirtioConsoleOptions) {
    this.output = output;
    this.onInputSpace = onInputSpace ?? (() => {});
    this.log = log ?? (() => {});
    this.config.setUint16(CONFIG_COLS, cols ?? 80);
    this.config.setUint16(CONFIG_ROWS, rows ?? 24);
    this.config.setUint32(CONFIG_MAX_NR_PORTS, 1);
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
    // `onInputSpace` waits until the caller knows what was taken.
    this.wasInputRefused = false;
    let taken = 0;
    let pushed: number;
    do {
      pushed = this.input.push(bytes.subarray(taken));
      taken += pushed;
      this.deliver();
    } while (pushed > 0 && taken < bytes.length);
    this.wasInputRefused = taken < bytes.length;
    return taken;
  }

  /** Tells the guest the size of the terminal, in characters. */
  resize(cols: number, rows: number): void {
    this.config.setUint16(CONFIG_COLS, cols);
    this.config.setUint16(CONFIG_ROWS, rows);
    if (this.hasSize) this.transport?.notifyConfig();
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    return this.config.read(offset, size);
  }

  writeConfig(offset: number, _size: 1 | 2 | 4, value: number): void {
    // 5.3.4: a write to emerg_wr sends one character, before any set-up and whatever was negotiated.
    if (offset === CONFIG_EMERG_WR) this.send(Uint8Array.of(value & 0xff));
  }

  activate(transport: VirtioTransport, queues: readonly Virtqueue[], features: bigint): void {
    this.transport = transport;
    this.queues = queues;
    this.hasSize = (features & VIRTIO_CONSOLE_F_SIZE) !== 0n;
    this.deliver();
  }

  notify(index: number): void {
    if (index === RECEIVEQ) this.deliver();
    else if (index === TRANSMITQ) this.transmit();
  }

  /** Input that waits on the host's side is kept. */
  reset(): void {
    this.transport = undefined;
    this.queues = [];
    this.hasSize = false;
  }

  private transmit(): void {
    const queue = this.queues[TRANSMITQ];
    if (queue === undefined) return;
    for (let chain = queue.pop(); chain !== undefined; chain = queue.pop()) {
      for (let offset = 0; offset < chain.readableLength; offset += OUTPUT_CHUNK) {
        const bytes = new Uint8Array(Math.min(OUTPUT_CHUNK, chain.readableLength - offset));
        chain.read(offset, bytes);
        this.send(bytes);
      }
      queue.push(chain, 0);
    }
    this.transport?.notifyUsed(queue);
  }

  private send(bytes: Uint8Array): void {
    try {
      this.output(bytes);
    } catch (error) {
      this.log(`console output failed: ${messageOf(error)}`);
    }
  }

  /** Moves waiting input into the buffers of the driver, as far as there are any. */
  private deliver(): void {
    const queue = this.queues[RECEIVEQ];
    // `onInputSpace` may call `receive`; the loop below then takes what came.
    if (queue === undefined || this.isDelivering) return;
    this.isDelivering = true;
    while (this.input.length > 0) {
      const chain = queue.pop();
      if (chain === undefined) break;
      const bytes = this.input.take(chain.writableLength);
      queue.push(chain, chain.write(0, bytes));
      this.offerSpace();
    }
    this.isDelivering = false;
    this.transport?.notifyUsed(queue);
  }

  private offerSpace(): void {
    if (!this.wasInputRefused || this.input.space < INPUT_QUEUE / 2) return;
    this.wasInputRefused = false;
    try {
      this.onInputSpace();
    } catch (error) {
      this.log(`console input failed: ${messageOf(error)}`);
    }
  }
}
