/**
 * Queues full of nonsense under each virtio device, in both ring formats: no
 * exception leaves a device, every notification ends, nothing is touched that no
 * descriptor names, and the device works again after a reset. The seed is the name
 * of the case; FUZZ_SEED=n runs it again, FUZZ_FRESH=1 takes seeds nobody has tried.
 */
import { describe, expect, it } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import { MemoryFileSystem } from '../../src/filesystem/memory.ts';
import { Virtio9p } from '../../src/virtio/9p.ts';
import { VirtioBlock } from '../../src/virtio/block.ts';
import { VirtioConsole } from '../../src/virtio/console.ts';
import type { VirtioDevice } from '../../src/virtio/device.ts';
import { VirtioNetwork } from '../../src/virtio/network.ts';
import { VirtioEntropy } from '../../src/virtio/entropy.ts';
import { QUEUE_NOTIFY, QUEUE_READY, QUEUE_RESET, QUEUE_SEL, VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { ManualIo } from '../support/manual-io.ts';
import { MockDriver, type MockQueue, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { PciAsMmio, PciBench } from '../support/pci-as-mmio.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const ROUNDS = 400;
const SIZE = 8;
/** Rings and buffers lie in the first part; no descriptor names the rest, up to the end of RAM. */
const NAMED = 0xc000;
const RAM = 0x10000;

interface Bench {
  readonly device: VirtioDevice;
  readonly io: ManualIo;
  /** Something the host does of its own accord. */
  readonly hostEvent: () => void;
  /** Buffers of a request that the device answers, once it works again. */
  readonly proof: { readable: Uint8Array[]; writable: number[]; queue: number };
}

const makeBench = (kind: string, random: Random): Bench => {
  const io = new ManualIo();
  const idle = (): void => {};
  switch (kind) {
    case 'block': {
      const disk = new MemoryBlockBackend(random.bytes(64 * 512), random.oneIn(4));
      // Now and then it would have to wait.
      const [readNow, writeNow] = [disk.readNow.bind(disk), disk.writeNow.bind(disk)];
      disk.readNow = (offset, into) => random.oneIn(2) && readNow(offset, into);
      disk.writeNow = (offset, from) => random.oneIn(2) && writeNow(offset, from);
      const device = new VirtioBlock({ backend: disk, io, queues: 1 + random.below(4) });
      return {
        device,
        io,
        hostEvent: idle,
        proof: { readable: [new Uint8Array(16)], writable: [512, 1], queue: 0 },
      };
    }
    case 'console': {
      const device = new VirtioConsole({ output: idle });
      const hostEvent = (): void => {
        device.receive(random.bytes(random.below(64)));
        if (random.oneIn(4)) device.resize(random.below(200), random.below(200));
      };
      return { device, io, hostEvent, proof: { readable: [new Uint8Array(16)], writable: [], queue: 1 } };
    }
    case 'network': {
      let receive: (frame: Uint8Array) => void = idle;
      const backend = { attach: (callback: typeof receive) => void (receive = callback), send: idle };
      const device = new VirtioNetwork({ mac: random.bytes(6), backend });
      device.attach();
      const hostEvent = (): void => receive(random.bytes(random.below(2000)));
      return { device, io, hostEvent, proof: { readable: [new Uint8Array(72)], writable: [], queue: 1 } };
    }
    case '9p': {
      const backend = new MemoryFileSystem({ clock: { now: () => 0 } });
      backend.writeFile('a/b', random.bytes(1000));
      const device = new Virtio9p({ tag: 'fuzz', backend, readOnly: random.oneIn(4), io });
      const version = Uint8Array.of(
        21,
        0,
        0,
        0,
        100,
        255,
        255,
        0,
        32,
        0,
        0,
        8,
        0,
        ...Buffer.from('9P2000.L'),
      );
      return { device, io, hostEvent: idle, proof: { readable: [version], writable: [64], queue: 0 } };
    }
    default: {
      const device = new VirtioEntropy((into) => into.fill(0x5a));
      return { device, io, hostEvent: idle, proof: { readable: [], writable: [512], queue: 0 } };
    }
  }
};

const ODD_LENGTHS = [0, 1, 15, 16, 17, 32, 48, 128, 512, 513, 1024, 4096];
const FAR_ADDRESSES = [
  0n,
  0x7fff_ffffn,
  0x8000_ffffn,
  0x8001_0000n,
  0xffff_ffffn,
  0x1_8000_0000n,
  0xffff_ffff_ffff_fff0n,
];

const randomEntry = (random: Random, memory: FakeMemory) => {
  const length = random.pick(ODD_LENGTHS);
  const near = memory.base + random.below(NAMED - length);
  const isFar = random.oneIn(24);
  return {
    address: isFar ? random.pick(FAR_ADDRESSES) : near - (random.oneIn(2) ? near % 16 : 0),
    // At a far address any length leaves RAM, as does a huge one anywhere.
    length: isFar ? 17 + random.below(1000) : random.oneIn(24) ? 0xffff_0000 + random.below(0xffff) : length,
    flags: random.oneIn(24) ? random.below(65536) : random.pick([0, 0, 1, 1, 2, 2, 3, 4]),
    next: random.below(random.oneIn(24) ? 65536 : SIZE),
    id: random.below(65536),
  };
};

/** Requests as a driver would make them: 16 readable bytes, then room. */
const fillWithRequests = (random: Random, memory: FakeMemory, queue: MockQueue): void => {
  const place = (length: number): number => memory.base + 16 * random.below((NAMED - length) / 16);
  for (let i = 0; i < SIZE; i += 2) {
    const header = { address: place(16), length: 16, flags: 1, next: i + 1, id: i };
    queue.writeDescriptor(queue.descriptorArea, i, header);
    const length = random.pick([1, 21, 513, 1025]);
    queue.writeDescriptor(queue.descriptorArea, i + 1, { address: place(length), length, flags: 2, id: i });
    memory.setUint32(header.address, random.pick([0, 0, 1, 4, 8, 16]));
    memory.setUint32(header.address + 8, random.below(80));
    memory.setUint32(header.address + 12, 0);
  }
};

const fillWithNonsense = (random: Random, memory: FakeMemory, queue: MockQueue): void => {
  for (let i = 0; i < SIZE; i++) queue.writeDescriptor(queue.descriptorArea, i, randomEntry(random, memory));
  for (let table = 0; table < 4; table++) {
    const at = memory.base + 16 * random.below((NAMED - 256) / 16);
    for (let i = 0; i < 8; i++) queue.writeDescriptor(at, i, randomEntry(random, memory));
  }
};

/** Fills the ring, and sets its indices and flags to what is near the right values or far from them. */
const scramble = (random: Random, memory: FakeMemory, queue: MockQueue, isPacked: boolean): void => {
  if (random.oneIn(2)) fillWithNonsense(random, memory, queue);
  else {
    fillWithRequests(random, memory, queue);
    if (random.oneIn(2)) {
      const index = random.below(SIZE);
      queue.writeDescriptor(queue.descriptorArea, index, randomEntry(random, memory));
    }
  }
  if (isPacked) {
    // Available in this lap or the next, most of them.
    const wrap = random.pick([0x80, 0x8000]);
    for (let i = 0; i < SIZE; i++) {
      const at = queue.descriptorArea + 16 * i + 14;
      const lap = random.oneIn(24) ? 0x8080 : wrap;
      memory.setUint16(at, (memory.getUint16(at) & 0x7f) | lap);
    }
    memory.setUint16(queue.driverArea, random.uint32() & 0xffff);
    memory.setUint16(queue.driverArea + 2, random.below(4));
    return;
  }
  const idx = memory.getUint16(queue.deviceArea + 2);
  for (let i = 0; i < SIZE; i++) {
    const head = random.below(random.oneIn(64) ? 65536 : SIZE);
    memory.setUint16(queue.driverArea + 4 + 2 * i, random.oneIn(8) ? head : head & ~1);
  }
  const ahead = random.oneIn(32) ? random.below(65536) : 1 + random.below(SIZE / 2);
  memory.setUint16(queue.driverArea + 2, (idx + ahead) & 0xffff);
  memory.setUint16(queue.driverArea + 4 + 2 * SIZE, (idx + random.below(4)) & 0xffff);
};

/** Both transports; over PCI one format of rings is enough, because queues do not know their transport. */
const CASES = [
  ['MMIO', 'split', SPLIT_FEATURES | 0xffffn],
  ['MMIO', 'packed', PACKED_FEATURES | 0xffffn],
  ['PCI', 'split', SPLIT_FEATURES | 0xffffn],
] as const;

describe.each(['block', 'console', 'network', '9p', 'entropy'])('virtio %s', (kind) => {
  describe.each(CASES)('over %s with %s rings', (transport, format, wanted) => {
    it.each(fuzzSeeds(4))('survives nonsense (seed %i)', async (seed) => {
      const random = new Random(seed);
      const memory = new FakeMemory(RAM);
      const { device, io, hostEvent, proof } = makeBench(kind, random);
      const messages: string[] = [];
      const log = (message: string): void => void messages.push(message);
      const isPacked = format === 'packed';
      const driver = new MockDriver(
        transport === 'PCI'
          ? new PciAsMmio(new PciBench(device, memory, log))
          : new VirtioMmio({ device, memory, interrupt: new RecordedLine(), log }),
        memory,
      );
      const sizes = device.queueSizes.map(() => SIZE);
      let wasUsed = false;
      let queues: MockQueue[] = [];
      const start = (): void => {
        driver.writeRegister(0x070, 0);
        driver.release();
        memory.bytes.fill(0xa5, NAMED);
        queues = driver.start(wanted & driver.offeredFeatures(), sizes);
        expect(driver.status).toBe(15);
      };
      start();
      for (let round = 0; round < ROUNDS; round++) {
        const queue = random.pick(queues);
        scramble(random, memory, queue, isPacked);
        if (random.oneIn(4)) hostEvent();
        driver.writeRegister(QUEUE_NOTIFY, random.oneIn(16) ? random.uint32() : queue.index);
        while (io.pending.length > 0 && !random.oneIn(8)) await io.complete(random.below(io.pending.length));
        wasUsed ||= driver.acknowledge() % 2 === 1;
        if (random.oneIn(16)) {
          driver.writeRegister(QUEUE_SEL, queue.index);
          driver.writeRegister(random.oneIn(2) ? QUEUE_RESET : QUEUE_READY, random.below(2));
        }
        if (driver.needsReset || random.oneIn(16)) {
          expect(memory.bytes.subarray(NAMED).every((byte) => byte === 0xa5)).toBe(true);
          start();
        }
      }
      await io.drain();
      // The fuzzer reached both the good and the bad end, and failed because of the guest alone.
      expect(wasUsed).toBe(true);
      expect(messages.some((message) => message.startsWith('needs reset: queue'))).toBe(true);
      expect(messages.filter((message) => message.includes('failed'))).toEqual([]);
      expect(memory.refusals).toBe(0);
      expect(memory.isGuardIntact).toBe(true);

      start();
      const request = queues[proof.queue].request(proof.readable, proof.writable);
      queues[proof.queue].kick();
      await io.drain();
      expect(queues[proof.queue].takeUsed().map((used) => used.id)).toEqual([request.id]);
      expect(memory.bytes.subarray(NAMED).every((byte) => byte === 0xa5)).toBe(true);
    });
  });
});
