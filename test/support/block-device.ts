/** A block device on a virtio slot, with a driver that sends it requests and a backend that notes what it is asked for. */
import { type BlockBackend, MemoryBlockBackend } from '../../src/block/backend.ts';
import { VirtioBlock, type VirtioBlockOptions } from '../../src/virtio/block.ts';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from './fake-memory.ts';
import { ManualIo } from './manual-io.ts';
import { MockDriver, SPLIT_FEATURES } from './mock-driver.ts';
import { RecordedLine } from './recorded-line.ts';

export const [OK, IOERR, UNSUPP] = [0, 1, 2];
export const DISK = 16 * 512;
/** What a status byte holds before the device writes it. */
export const UNWRITTEN = 0xee;

export const header = (type: number, sector: number | bigint): Uint8Array => {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setBigUint64(8, BigInt(sector), true);
  return bytes;
};

export const pattern = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i >> 9) * 16 + ((i * 7 + seed) & 15));

/** A disk in memory that does nothing at once, and writes down what is asked of it. */
export class RecordingBackend implements BlockBackend {
  readonly log: string[] = [];
  error: Error | undefined;
  readonly size: number;
  private readonly disk: MemoryBlockBackend;

  constructor(
    readonly bytes: Uint8Array,
    readonly readOnly = false,
  ) {
    this.disk = new MemoryBlockBackend(bytes, readOnly);
    this.size = bytes.length;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    this.note(`read ${offset} ${into.length}`);
    await this.disk.read(offset, into);
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    this.note(`write ${offset} ${from.length}`);
    await this.disk.write(offset, from);
  }

  async flush(): Promise<void> {
    this.note('flush');
  }

  async discard(offset: number, length: number): Promise<void> {
    this.note(`discard ${offset} ${length}`);
    await this.disk.discard(offset, length);
  }

  async writeZeroes(offset: number, length: number, mayUnmap?: boolean): Promise<void> {
    this.note(`zero ${offset} ${length} ${mayUnmap}`);
    await this.disk.writeZeroes(offset, length);
  }

  protected note(entry: string): void {
    this.log.push(entry);
    if (this.error) throw this.error;
  }
}

/** One that does at once what it can: everything, unless it is `busy`. */
export class PromptBackend extends RecordingBackend {
  isBusy = false;

  readNow(offset: number, into: readonly Uint8Array[]): boolean {
    if (this.isBusy) return false;
    this.note(`read now ${offset} ${into.map(({ length }) => length).join('+')}`);
    return new MemoryBlockBackend(this.bytes).readNow(offset, into);
  }

  writeNow(offset: number, from: readonly Uint8Array[]): boolean {
    if (this.isBusy) return false;
    this.note(`write now ${offset} ${from.map(({ length }) => length).join('+')}`);
    return new MemoryBlockBackend(this.bytes).writeNow(offset, from);
  }
}

/** @param wanted features that the driver accepts where they are offered. */
export const makeBlock = <B extends BlockBackend = RecordingBackend>(
  wanted = SPLIT_FEATURES | 0xffffn,
  options: Partial<VirtioBlockOptions> & { readonly backend?: B } = {},
) => {
  const backend = options.backend ?? (new RecordingBackend(pattern(DISK)) as BlockBackend as B);
  const memory = new FakeMemory(8 << 20);
  const io = new ManualIo();
  const messages: string[] = [];
  const device = new VirtioBlock({
    ...{ io, log: (message) => messages.push(message), ...options },
    backend,
  });
  const line = new RecordedLine();
  const transport = new VirtioMmio({ device, memory, interrupt: line });
  const driver = new MockDriver(transport, memory);
  const sizes = device.queueSizes.map(() => 256);
  let queues = driver.start(wanted & driver.offeredFeatures(), sizes);
  const send = (readable: Uint8Array[], room: number[] = [], queue = 0) => {
    const request = queues[queue].request(readable, [...room, 1]);
    const statusAt = request.writable.at(-1) ?? 0;
    memory.setUint8(statusAt, UNWRITTEN);
    queues[queue].kick();
    return {
      id: request.id,
      status: () => memory.getUint8(statusAt),
      data: (i = 0) => memory.view(request.writable[i], room[i]),
    };
  };
  const restart = (): void => {
    driver.writeRegister(0x070, 0);
    queues = driver.start(wanted & driver.offeredFeatures(), sizes);
  };
  return {
    ...{ memory, io, messages, device, driver, line, send, restart, backend },
    takeUsed: () => queues[0].takeUsed(),
    queue: (index = 0) => queues[index],
  };
};
