/**
 * A power button, as an input device (virtio 1.2, 5.8) with one key, KEY_POWER: guests
 * treat it as the button of a computer's case. Events for which the driver has offered
 * no buffer are lost, as those of a real button are when nobody looks.
 */
import type { VirtioDevice, VirtioTransport } from './device.ts';
import { VIRTIO_ID_INPUT } from './features.ts';
import type { Virtqueue } from './queue.ts';

/** What the driver selects of the configuration (5.8.4). */
export const VIRTIO_INPUT_CFG_ID_NAME = 0x01;
export const VIRTIO_INPUT_CFG_ID_SERIAL = 0x02;
export const VIRTIO_INPUT_CFG_ID_DEVIDS = 0x03;
export const VIRTIO_INPUT_CFG_EV_BITS = 0x11;

/** Offsets in the configuration space. */
const CONFIG_SELECT = 0;
const CONFIG_SUBSEL = 1;
const CONFIG_SIZE = 2;
const CONFIG_DATA = 8;

/** Event types and codes are Linux's (5.8.6). */
export const EV_SYN = 0;
export const EV_KEY = 1;
export const KEY_POWER = 116;
const BUS_VIRTUAL = 0x06;
const EVENT_SIZE = 8;

export const EVENTQ = 0;
export const STATUSQ = 1;
const QUEUE_SIZE = 64;

const NAME = 'Hartware power button';
const SERIAL = 'power-button';

export class VirtioPowerButton implements VirtioDevice {
  readonly deviceId = VIRTIO_ID_INPUT;
  readonly features = 0n;
  readonly queueSizes = [QUEUE_SIZE, QUEUE_SIZE] as const;

  private select = 0;
  private subsel = 0;
  private transport: VirtioTransport | undefined;
  private queues: readonly Virtqueue[] = [];

  /** Presses the button and lets it go. */
  press(): void {
    for (const value of [1, 0]) {
      this.send(EV_KEY, KEY_POWER, value);
      this.send(EV_SYN, 0, 0);
    }
    if (this.queues[EVENTQ]) this.transport?.notifyUsed(this.queues[EVENTQ]);
  }

  private send(type: number, code: number, value: number): void {
    const queue = this.queues[EVENTQ];
    const chain = queue?.pop();
    if (!chain) return;
    const event = new DataView(new ArrayBuffer(EVENT_SIZE));
    event.setUint16(0, type, true);
    event.setUint16(2, code, true);
    event.setUint32(4, value, true);
    queue.push(chain, chain.write(0, new Uint8Array(event.buffer)));
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.configByte(offset + i);
    return value;
  }

  private configByte(offset: number): number {
    const data = this.selected();
    if (offset === CONFIG_SELECT) return this.select;
    if (offset === CONFIG_SUBSEL) return this.subsel;
    if (offset === CONFIG_SIZE) return data.length;
    return data[offset - CONFIG_DATA] ?? 0;
  }

  /** What the selection stands for; nothing means that there is no such thing (5.8.5.2). */
  private selected(): Uint8Array {
    switch (this.select) {
      case VIRTIO_INPUT_CFG_ID_NAME:
        return this.subsel === 0 ? ascii(NAME) : new Uint8Array();
      case VIRTIO_INPUT_CFG_ID_SERIAL:
        return this.subsel === 0 ? ascii(SERIAL) : new Uint8Array();
      case VIRTIO_INPUT_CFG_ID_DEVIDS:
        // Bus, vendor, product, version.
        return this.subsel === 0 ? Uint8Array.of(BUS_VIRTUAL, 0, 0, 0, 0, 0, 1, 0) : new Uint8Array();
      case VIRTIO_INPUT_CFG_EV_BITS: {
        if (this.subsel !== EV_KEY) return new Uint8Array();
        const keys = new Uint8Array((KEY_POWER >> 3) + 1);
        keys[KEY_POWER >> 3] = 1 << (KEY_POWER & 7);
        return keys;
      }
    }
    return new Uint8Array();
  }

  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) {
      const byte = (value >>> (8 * i)) & 0xff;
      if (offset + i === CONFIG_SELECT) this.select = byte;
      if (offset + i === CONFIG_SUBSEL) this.subsel = byte;
    }
  }

  activate(transport: VirtioTransport, queues: readonly Virtqueue[]): void {
    this.transport = transport;
    this.queues = queues;
  }

  notify(index: number): void {
    // Nothing can be set: what the driver sends is given back unread.
    const queue = this.queues[index];
    if (index !== STATUSQ || !queue) return;
    for (let chain = queue.pop(); chain; chain = queue.pop()) queue.push(chain, 0);
    this.transport?.notifyUsed(queue);
  }

  reset(): void {
    this.select = 0;
    this.subsel = 0;
    this.transport = undefined;
    this.queues = [];
  }
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
