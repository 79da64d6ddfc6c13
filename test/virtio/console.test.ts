import { describe, expect, it } from 'vitest';
import { VirtioConsole, type VirtioConsoleOptions } from '../../src/virtio/console.ts';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const VIRTIO_CONSOLE_F_SIZE = 1n;
const EMERG_WR = 0x108;
const text = (value: string): Uint8Array => Uint8Array.from(value, (char) => char.charCodeAt(0));

const makeConsole = (options: Partial<VirtioConsoleOptions> = {}) => {
  const memory = new FakeMemory();
  const output: number[] = [];
  const device = new VirtioConsole({ output: (bytes) => output.push(...bytes), ...options });
  const interrupt = new RecordedLine();
  const transport = new VirtioMmio({ device, memory, interrupt });
  const driver = new MockDriver(transport, memory);
  return { memory, output, console: device, interrupt, transport, driver };
};

describe.each([
  ['split', SPLIT_FEATURES],
  ['packed', PACKED_FEATURES],
])('VirtioConsole (%s)', (_format, wanted) => {
  it('passes on what the driver transmits', () => {
    const { driver, output } = makeConsole();
    const [, transmitq] = driver.start(wanted, [16, 16]);
    const ids = [
      transmitq.request([text('hello '), text('wor')], []).id,
      transmitq.request([text('ld')], []).id,
    ];
    transmitq.kick();
    expect(output).toEqual([...text('hello world')]);
    expect(transmitq.takeUsed()).toEqual(ids.map((id) => ({ id, length: 0 })));
    expect(driver.acknowledge()).toBe(1);
  });

  it('passes on a large buffer in pieces', () => {
    const lengths: number[] = [];
    const { driver } = makeConsole({ output: (bytes) => lengths.push(bytes.length) });
    const [, transmitq] = driver.start(wanted, [16, 16]);
    transmitq.request([new Uint8Array(150_000)], []);
    transmitq.kick();
    expect(lengths).toEqual([65536, 65536, 150_000 - 2 * 65536]);
  });

  it('delivers input into the buffers there are, and the rest when there are more', () => {
    const { driver, console, memory } = makeConsole();
    expect(console.receive(text('early '))).toBe(6);
    const [receiveq] = driver.start(wanted, [16, 16]);
    expect(receiveq.takeUsed()).toEqual([]);
    const first = receiveq.request([], [4]);
    receiveq.kick();
    expect(receiveq.takeUsed()).toEqual([{ id: first.id, length: 4 }]);
    expect(driver.acknowledge()).toBe(1);
    console.receive(text('bird'));
    const second = receiveq.request([], [10]);
    receiveq.kick();
    expect(receiveq.takeUsed()).toEqual([{ id: second.id, length: 6 }]);
    expect(memory.view(second.writable[0], 6)).toEqual(text('y bird'));
    const third = receiveq.request([], [10]);
    receiveq.kick();
    expect(receiveq.takeUsed()).toEqual([]);
    console.receive(text('!'));
    expect(receiveq.takeUsed()).toEqual([{ id: third.id, length: 1 }]);
  });

  it('keeps input over a reset', () => {
    const { driver, console } = makeConsole();
    driver.start(wanted, [16, 16]);
    console.receive(text('abc'));
    driver.writeRegister(0x070, 0);
    driver.release();
    const [receiveq] = driver.start(wanted, [16, 16]);
    receiveq.request([], [8]);
    receiveq.kick();
    expect(receiveq.takeUsed().map((used) => used.length)).toEqual([3]);
  });

  it('refuses input above its bound and says when there is room again', () => {
    let spaces = 0;
    const { driver, console } = makeConsole({ onInputSpace: () => void spaces++ });
    const data = new Uint8Array(100_000);
    expect(console.receive(data)).toBe(65536);
    expect(console.receive(data)).toBe(0);
    expect(console.inputSpace).toBe(0);
    const [receiveq] = driver.start(wanted, [16, 16]);
    receiveq.request([], [30_000]);
    receiveq.kick();
    expect(spaces).toBe(0);
    receiveq.request([], [30_000]);
    receiveq.kick();
    expect(spaces).toBe(1);
    expect(console.inputSpace).toBe(60_000);
  });

  it('takes more input from within onInputSpace', () => {
    let left = 200_000;
    const feed = (): void => {
      left -= device.receive(new Uint8Array(left));
    };
    const { driver, console: device } = makeConsole({ onInputSpace: feed });
    const [receiveq] = driver.start(wanted, [16, 16]);
    feed();
    for (let i = 0; i < 5; i++) receiveq.request([], [50_000]);
    receiveq.kick();
    expect(receiveq.takeUsed().reduce((sum, used) => sum + used.length, 0)).toBe(200_000);
    expect(left).toBe(0);
  });

  it('tells the size, and when it changes if the driver cares', () => {
    for (const hasSize of [true, false]) {
      const { driver, console } = makeConsole({ cols: 132, rows: 43 });
      driver.start(wanted | (hasSize ? VIRTIO_CONSOLE_F_SIZE : 0n), [16, 16]);
      expect([0x100, 0x104, 0x108].map((at) => driver.readRegister(at))).toEqual([(43 << 16) | 132, 1, 0]);
      const generation = driver.readRegister(0x0fc);
      console.resize(80, 25);
      expect(driver.readRegister(0x100)).toBe((25 << 16) | 80);
      expect(driver.acknowledge()).toBe(hasSize ? 2 : 0);
      expect(driver.readRegister(0x0fc)).toBe(generation + (hasSize ? 1 : 0));
    }
  });
});

describe('VirtioConsole', () => {
  it('is device 3 with 80 by 24 characters', () => {
    const { driver } = makeConsole();
    expect(driver.readRegister(0x008)).toBe(3);
    expect(driver.readRegister(0x100)).toBe((24 << 16) | 80);
    expect(driver.offeredFeatures() & 0xffffn).toBe(5n);
  });

  it('sends emergency writes before any set-up', () => {
    const { driver, output, transport } = makeConsole();
    driver.writeRegister(EMERG_WR, 0x1_41);
    transport.write(EMERG_WR, 1, 0x42);
    driver.writeRegister(0x104, 0x43);
    expect(output).toEqual([0x41, 0x42]);
  });

  it('survives a sink that throws', () => {
    const messages: string[] = [];
    const { driver } = makeConsole({
      output: () => {
        throw new Error('closed');
      },
      log: (message) => messages.push(message),
    });
    const [, transmitq] = driver.start(SPLIT_FEATURES, [16, 16]);
    transmitq.request([text('x')], []);
    transmitq.kick();
    expect(transmitq.takeUsed().length).toBe(1);
    expect(messages).toEqual(['console output failed: closed']);
  });
});
