/**
 * A bank of parallel flash as QEMU `virt` has it (pflash_cfi01): two 16-bit chips side by side
 * with Intel's command set (CFI command set 0001h; JESD68.01 for the query table), sectors of
 * 256 KiB, a write buffer of 4 KiB. A command goes to both chips, and the low byte of what is
 * written tells it.
 *
 * In read-array mode the content is memory of the harts (`ArrayMemory`), from which they also
 * execute; only in other modes loads come here. What is programmed or erased is ready when the
 * backend has it. Going back to read-array mode makes it durable; what is programmed after that
 * waits, so that an image never has later changes without earlier ones.
 *
 * Left out on purpose: suspending, locking of single blocks (the commands do nothing), protection registers.
 */
import type { BlockBackend } from '../block/backend.ts';
import { messageOf } from '../errors.ts';
import type { FdtNode } from '../fdt/fdt.ts';
import type { Device, DeviceLog, IoScheduler } from './device.ts';

/** Chips side by side, each with an equal share of the bus. */
const CHIPS = 2;
/** Intel. */
const MANUFACTURER_ID = 0x89;
const DEVICE_ID = 0x18;

const QUERY_SIZE = 0x40;
const EXTENDED_TABLE = 0x31;
/** Exponents of 2: microseconds of a word or a buffer, milliseconds of an erase, and how much longer each may take. */
const PROGRAM_TIME = 7;
const ERASE_TIME = 10;
const LONGEST = 13;

export const FLASH_SECTOR = 256 * 1024;
/** Bytes of the write buffer, both chips together. */
const BUFFER_SIZE = 4096;
const BUS_WIDTH = 4;
const DISK_SECTOR = 512;
/** How much is loaded at a time, in bytes. */
const PIECE = 1 << 20;

const STATUS_READY = 0x80;
const STATUS_ERASE_ERROR = 0x20;
const STATUS_PROGRAM_ERROR = 0x10;
const STATUS_LOCKED = 0x02;

const PROGRAM = 0x40;
const PROGRAM_ALTERNATE = 0x10;
const ERASE = 0x20;
const CLEAR_STATUS = 0x50;
const LOCK_SETUP = 0x60;
const READ_STATUS = 0x70;
const READ_ID = 0x90;
const READ_QUERY = 0x98;
const BUFFERED_PROGRAM = 0xe8;
const CONFIRM = 0xd0;
const READ_ARRAY = 0xff;
/** What follows LOCK_SETUP: lock, unlock, lock down. */
const LOCK_COMMANDS = [0x01, CONFIRM, 0x2f];

/** The content of a bank as the harts see it. */
export interface ArrayMemory {
  /** The content, used in place. */
  readonly bytes: Uint8Array;
  /** Whether harts read and execute it as memory; else each load is one of the device. */
  show(isShown: boolean): void;
  /** To be told after each change of the content. */
  changed(offset: number, length: number): void;
}

export interface CfiFlashOptions {
  readonly memory: ArrayMemory;
  /** Where the content comes from and goes to, from the bank's start. Default: none, and what is written is lost. */
  readonly backend?: BlockBackend;
  /** Whether programming and erasing fail. Default: what the backend says. */
  readonly readOnly?: boolean;
  readonly io: IoScheduler;
  readonly log: DeviceLog;
}

/** A piece of what is to be programmed. */
interface Store {
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

/** What the next write is. */
type Expected =
  'command' | 'word' | 'eraseConfirm' | 'lock' | 'count' | 'bufferData' | 'bufferConfirm' | 'nothing';

export class CfiFlash {
  private mode: 'array' | 'status' | 'id' | 'query' = 'array';
  private status = STATUS_READY;
  private expected: Expected = 'command';
  /** Sector of the buffered program under way. */
  private sector = 0;
  private left = 0;
  private buffer: Store[] = [];
  /** What the backend is doing; the next change starts after it. */
  private tail: Promise<unknown> = Promise.resolve();
  private isDirty = false;
  /** Counts resets: what ends after one says nothing of the state before it. */
  private resets = 0;
  private readonly query: Uint8Array;

  constructor(private readonly options: CfiFlashOptions) {
    this.query = cfiQuery({
      size: options.memory.bytes.length,
      sector: FLASH_SECTOR,
      buffer: BUFFER_SIZE,
    });
  }

  /** Fills the bank from its backend; what lies behind that is erased. To be called once, before the guest runs. */
  async load(): Promise<void> {
    const { memory, backend } = this.options;
    const size = backend?.size ?? 0;
    const piece = new Uint8Array(Math.min(PIECE, size));
    for (let offset = 0; offset < size; offset += piece.length) {
      const part = piece.subarray(0, size - offset);
      await backend!.read(offset, part);
      setWhereDifferent(memory.bytes, part, offset);
    }
    memory.bytes.fill(0xff, size);
  }

  /** Replaces the content, which no backend keeps; what lies behind `bytes` is erased. */
  fill(bytes: Uint8Array): void {
    const { memory } = this.options;
    setWhereDifferent(memory.bytes, bytes, 0);
    memory.bytes.fill(0xff, bytes.length);
    memory.changed(0, memory.bytes.length);
  }

  reset(): void {
    this.resets++;
    this.status = STATUS_READY;
    this.readArray();
  }

  read(offset: number, size: 1 | 2 | 4): number {
    const lane = offset % BUS_WIDTH;
    const word = this.readWord(offset - lane) >>> (8 * lane);
    return size === 4 ? word >>> 0 : word & (size === 2 ? 0xffff : 0xff);
  }

  private readWord(offset: number): number {
    const { bytes } = this.options.memory;
    const index = offset / BUS_WIDTH;
    switch (this.mode) {
      case 'array':
        return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
      case 'status':
        return bothChips(this.status);
      case 'id':
        return bothChips([MANUFACTURER_ID, DEVICE_ID][index % 256] ?? 0);
      case 'query':
        return bothChips(this.query[index] ?? 0);
    }
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    const command = value & 0xff;
    const abandoned = command === READ_ARRAY && this.expected.match(/command|lock|Confirm/) !== null;
    if (abandoned) return this.readArray();
    switch (this.expected) {
      case 'nothing':
        return; // busy
      case 'command':
        return this.command(command, offset);
      case 'word':
        return this.program([{ offset, size, value }]);
      case 'eraseConfirm':
        return command === CONFIRM ? this.erase(offset) : this.refuse();
      case 'lock':
        return LOCK_COMMANDS.includes(command) ? this.expect('command') : this.refuse();
      case 'count':
        this.left = (value & 0xffff) + 1;
        this.buffer = [];
        return this.left * BUS_WIDTH <= BUFFER_SIZE ? this.expect('bufferData') : this.refuse();
      case 'bufferData':
        this.buffer.push({ offset, size, value });
        if (--this.left === 0) this.expect('bufferConfirm');
        return;
      case 'bufferConfirm':
        if (command !== CONFIRM || this.buffer.some((store) => sectorOf(store.offset) !== this.sector))
          return this.refuse();
        return this.program(this.buffer.splice(0));
    }
  }

  private command(command: number, offset: number): void {
    switch (command) {
      case PROGRAM:
      case PROGRAM_ALTERNATE:
        return this.expect('word');
      case ERASE:
        return this.expect('eraseConfirm');
      case LOCK_SETUP:
        return this.expect('lock');
      case BUFFERED_PROGRAM:
        this.sector = sectorOf(offset);
        return this.expect('count');
      case READ_STATUS:
        return this.expect('command');
      case READ_ID:
        return this.show('id');
      case READ_QUERY:
        return this.show('query');
      case CLEAR_STATUS:
        this.status = STATUS_READY;
        return this.readArray();
      default:
        return this.readArray();
    }
  }

  private show(mode: CfiFlash['mode']): void {
    this.mode = mode;
    this.options.memory.show(mode === 'array');
  }

  private expect(expected: Expected): void {
    this.expected = expected;
    this.show('status');
  }

  private readArray(): void {
    this.expected = 'command';
    this.buffer = [];
    this.show('array');
    const { backend, io } = this.options;
    if (!this.isDirty) return;
    this.isDirty = false;
    if (!backend) return;
    this.tail = this.tail.then(() => backend.flush());
    const failed = this.report('making it durable');
    io.submit(this.tail, () => {}, failed);
    this.tail = this.tail.catch(() => {});
  }

  /** The commands make no sequence: both error bits, until they are cleared. */
  private refuse(): void {
    this.status |= STATUS_ERASE_ERROR | STATUS_PROGRAM_ERROR;
    this.buffer = [];
    this.expect('command');
  }

  /** Bits can be cleared only; erasing sets them. */
  private program(stores: readonly Store[]): void {
    const start = Math.min(...stores.map(({ offset }) => offset));
    const end = Math.max(...stores.map(({ offset, size }) => offset + size));
    this.change(start, end, STATUS_PROGRAM_ERROR, (bytes) => {
      for (const { offset, size, value } of stores)
        for (let i = 0; i < size; i++) bytes[offset - start + i] &= value >>> (8 * i);
    });
  }

  private erase(offset: number): void {
    const start = sectorOf(offset) * FLASH_SECTOR;
    this.change(start, start + FLASH_SECTOR, STATUS_ERASE_ERROR, (bytes) => bytes.fill(0xff));
  }

  /** Lets `edit` change a copy of the bytes from `start` to `end`, which becomes the content when the backend has it. */
  private change(start: number, end: number, error: number, edit: (bytes: Uint8Array) => void): void {
    const { memory, backend, readOnly = backend?.readOnly ?? false, io } = this.options;
    this.expect('command');
    if (readOnly || (backend && end > backend.size)) {
      this.status |= error | STATUS_LOCKED;
      return;
    }
    this.isDirty = true;
    if (!backend) {
      edit(memory.bytes.subarray(start, end));
      memory.changed(start, end - start);
      return;
    }
    const { resets } = this;
    this.status &= ~STATUS_READY;
    this.expect('nothing');
    const first = Math.floor(start / DISK_SECTOR) * DISK_SECTOR;
    const last = Math.ceil(end / DISK_SECTOR) * DISK_SECTOR;
    const work = this.tail.then(async () => {
      const bytes = memory.bytes.slice(first, last);
      edit(bytes.subarray(start - first, end - first));
      await backend.write(first, bytes);
      memory.bytes.set(bytes, first);
      memory.changed(first, bytes.length);
    });
    this.tail = work.catch(() => {});
    const ready = (): void => {
      if (resets !== this.resets) return;
      this.status |= STATUS_READY;
      this.expected = 'command';
    };
    const report = this.report('writing');
    io.submit(work, ready, (reason) => {
      report(reason);
      if (resets === this.resets) this.status |= error;
      ready();
    });
  }

  private report(what: string): (reason: unknown) => void {
    return (reason) => this.options.log(`flash: ${what} failed: ${messageOf(reason)}`);
  }
}

/** The banks of a board as one device: one after the other, described together. */
export class FlashBanks implements Device {
  readonly accessSizes = { min: 1, max: 8 } as const;

  /** @param bankSize bytes of each bank. */
  constructor(
    readonly banks: readonly CfiFlash[],
    private readonly bankSize: number,
  ) {}

  reset(): void {
    for (const bank of this.banks) bank.reset();
  }

  read(offset: number, size: 1 | 2 | 4): number {
    return this.banks[Math.floor(offset / this.bankSize)].read(offset % this.bankSize, size);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    this.banks[Math.floor(offset / this.bankSize)].write(offset % this.bankSize, size, value);
  }

  fdtNode(): FdtNode {
    return { name: 'flash', properties: { 'bank-width': 4, compatible: 'cfi-flash' } };
  }
}

/** The query table of one chip of a bank. All sizes are those of the bank: bytes of all chips together. */
function cfiQuery(bank: {
  readonly size: number;
  readonly sector: number;
  readonly buffer: number;
}): Uint8Array {
  const bytes = new Uint8Array(QUERY_SIZE);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void =>
    bytes.set(
      Array.from(value, (c) => c.charCodeAt(0)),
      at,
    );
  text(0x10, 'QRY');
  view.setUint16(0x13, 0x0001, true); // Intel's command set
  view.setUint16(0x15, EXTENDED_TABLE, true);
  bytes[0x1b] = 0x45; // 4.5 V to 5.5 V, no programming voltage
  bytes[0x1c] = 0x55;
  bytes[0x1f] = PROGRAM_TIME;
  bytes[0x20] = PROGRAM_TIME;
  bytes[0x21] = ERASE_TIME;
  bytes[0x23] = LONGEST;
  bytes[0x24] = LONGEST;
  bytes[0x25] = LONGEST - ERASE_TIME;
  bytes[0x27] = Math.log2(bank.size / CHIPS);
  view.setUint16(0x28, 0x0002, true); // 8 and 16 bits
  view.setUint16(0x2a, Math.log2(bank.buffer / CHIPS), true);
  bytes[0x2c] = 1; // one region of equal sectors
  view.setUint16(0x2d, bank.size / bank.sector - 1, true);
  view.setUint16(0x2f, bank.sector / CHIPS / 256, true);
  text(EXTENDED_TABLE, 'PRI10'); // no optional features, status register alone while suspended
  bytes[0x3f] = 1; // one protection register
  return bytes;
}

const sectorOf = (offset: number): number => Math.floor(offset / FLASH_SECTOR);

/** Each chip has half of the bus, and says the same. */
function bothChips(value: number): number {
  let word = 0;
  for (let chip = 0; chip < CHIPS; chip++) word |= value << ((8 * BUS_WIDTH * chip) / CHIPS);
  return word;
}

/** Copies `from` to `into` without touching host memory that is the same already: most of a bank is zeros. */
function setWhereDifferent(into: Uint8Array, from: Uint8Array, offset: number): void {
  const step = 64 * 1024;
  for (let at = 0; at < from.length; at += step) {
    const part = from.subarray(at, at + step);
    const old = into.subarray(offset + at, offset + at + part.length);
    if (!isSame(part, old)) old.set(part);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  const count = one.length >> 2;
  const [words, others] = [one, other].map(({ buffer, byteOffset }) =>
    byteOffset % 4 === 0 ? new Uint32Array(buffer, byteOffset, count) : undefined,
  );
  if (!words || !others || one.length % 4 !== 0) return false;
  for (let i = 0; i < count; i++) if (words[i] !== others[i]) return false;
  return true;
}
