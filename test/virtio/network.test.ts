import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../../src/network/backend.ts';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { MAX_FRAME, VirtioNetwork } from '../../src/virtio/network.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const MAC = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);
const CONFIG = 0x100;
const LINK_UP = 1;
const HEADER = 12;
const NO_HEADER = new Uint8Array(HEADER);

/** `length` bytes that tell `seed`. */
const frameOf = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 7 + seed) & 0xff);

function plug(backend: Partial<NetworkBackend> | null = {}) {
  const memory = new FakeMemory();
  const sent: Uint8Array[] = [];
  const log: string[] = [];
  let receive: (frame: Uint8Array) => void = () => {};
  const whole: NetworkBackend = {
    attach: (callback) => void (receive = callback),
    send: (frame) => void sent.push(frame),
    ...backend,
  };
  const card = new VirtioNetwork({
    mac: MAC,
    backend: backend === null ? undefined : whole,
    log: (message) => void log.push(message),
  });
  card.attach();
  const transport = new VirtioMmio({ device: card, memory, interrupt: new RecordedLine() });
  const driver = new MockDriver(transport, memory);
  return { memory, card, driver, sent, log, receive: (frame: Uint8Array) => receive(frame) };
}

describe.each([
  ['split', SPLIT_FEATURES],
  ['packed', PACKED_FEATURES],
])('VirtioNetwork (%s)', (_format, wanted) => {
  it('says its address and the state of its link', () => {
    for (const [backend, link] of [
      [{}, LINK_UP],
      [null, 0],
    ] as const) {
      const { card } = plug(backend);
      expect(Array.from(MAC, (_, index) => card.readConfig(index, 1))).toEqual([...MAC]);
      expect(card.readConfig(6, 2)).toBe(link);
    }
    const { driver } = plug();
    expect(driver.readRegister(CONFIG)).toBe(0x12005452);
    driver.writeRegister(CONFIG, 0);
    expect(driver.readRegister(CONFIG)).toBe(0x12005452);
  });

  it('sends frames without their headers, however they are cut up', () => {
    const { driver, sent } = plug();
    const [, transmitq] = driver.start(wanted, [16, 16]);
    const frame = frameOf(60);
    const ids = [
      transmitq.request([NO_HEADER, frame], []).id,
      transmitq.request([Uint8Array.of(...NO_HEADER, ...frame.subarray(0, 1)), frame.subarray(1)], []).id,
      transmitq.request([NO_HEADER.subarray(5), NO_HEADER.subarray(7), frameOf(MAX_FRAME, 2)], []).id,
    ];
    transmitq.kick();
    expect(sent).toEqual([frame, frame, frameOf(MAX_FRAME, 2)]);
    expect(transmitq.takeUsed()).toEqual(ids.map((id) => ({ id, length: 0 })));
  });

  it('sends nothing that is no frame, and gives the buffer back', () => {
    const { driver, sent } = plug();
    const [, transmitq] = driver.start(wanted, [16, 16]);
    for (const packet of [NO_HEADER.subarray(1), NO_HEADER, new Uint8Array(HEADER + MAX_FRAME + 1)])
      transmitq.request([packet], []);
    transmitq.request([], [20]);
    transmitq.kick();
    expect(transmitq.takeUsed()).toHaveLength(4);
    expect(sent).toEqual([]);
  });

  it('gives each frame a buffer, with a header', () => {
    const { driver, memory, receive } = plug();
    const [receiveq] = driver.start(wanted, [16, 16]);
    const first = receiveq.request([], [HEADER, 2000]);
    const second = receiveq.request([], [HEADER + 60]);
    receiveq.kick();
    expect(receiveq.takeUsed()).toEqual([]);
    const bytes = frameOf(MAX_FRAME);
    receive(bytes);
    bytes.fill(0);
    receive(frameOf(60, 3));
    expect(receiveq.takeUsed()).toEqual([
      { id: first.id, length: HEADER + MAX_FRAME },
      { id: second.id, length: HEADER + 60 },
    ]);
    expect([...memory.view(first.writable[0], HEADER)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect(memory.view(first.writable[1], MAX_FRAME)).toEqual(frameOf(MAX_FRAME));
    expect(memory.view(second.writable[0] + HEADER, 60)).toEqual(frameOf(60, 3));
    expect(driver.acknowledge()).toBe(1);
  });

  it('keeps frames for which there is no buffer yet, as many as a card does, and loses the rest', () => {
    const { driver, receive } = plug();
    const [receiveq] = driver.start(wanted, [256, 16]);
    for (let count = 0; count < 300; count++) receive(frameOf(60, count));
    let taken = 0;
    for (;;) {
      receiveq.request([], [100]);
      receiveq.kick();
      const used = receiveq.takeUsed().length;
      if (used === 0) break;
      taken += used;
    }
    expect(taken).toBe(256);
  });

  it('writes nothing into a buffer that is too short', () => {
    const { driver, memory, receive } = plug();
    const [receiveq] = driver.start(wanted, [16, 16]);
    const short = receiveq.request([], [HEADER + 59]);
    receiveq.kick();
    receive(frameOf(60));
    expect(receiveq.takeUsed()).toEqual([{ id: short.id, length: 0 }]);
    expect(memory.view(short.writable[0], HEADER + 59).every((byte) => byte === 0)).toBe(true);
  });

  it('hears nothing before it is set up, behind a reset, or what is too long', () => {
    const { driver, receive } = plug();
    receive(frameOf(60));
    let [receiveq] = driver.start(wanted, [16, 16]);
    receive(frameOf(60));
    driver.writeRegister(0x070, 0);
    driver.release();
    receive(frameOf(60));
    [receiveq] = driver.start(wanted, [16, 16]);
    receive(frameOf(MAX_FRAME + 1));
    receiveq.request([], [2000]);
    receiveq.kick();
    expect(receiveq.takeUsed()).toEqual([]);
  });

  it('goes nowhere without a cable', () => {
    const { driver, sent } = plug(null);
    const [, transmitq] = driver.start(wanted, [16, 16]);
    transmitq.request([NO_HEADER, frameOf(60)], []);
    transmitq.kick();
    expect(transmitq.takeUsed()).toHaveLength(1);
    expect(sent).toEqual([]);
  });

  it('outlives a backend that fails, and says so', () => {
    const fail = (): never => {
      throw new Error('out of order');
    };
    const { driver, log, card } = plug({ attach: fail, send: fail, detach: fail });
    const [, transmitq] = driver.start(wanted, [16, 16]);
    transmitq.request([NO_HEADER, frameOf(60)], []);
    transmitq.kick();
    expect(transmitq.takeUsed()).toHaveLength(1);
    card.detach();
    expect(log).toEqual([
      'attach of the network failed: out of order',
      'send of the network failed: out of order',
      'detach of the network failed: out of order',
    ]);
  });

  it('answers a backend that answers at once', () => {
    let answer: (frame: Uint8Array) => void = () => {};
    const { driver } = plug({ attach: (receive) => void (answer = receive), send: (frame) => answer(frame) });
    const [receiveq, transmitq] = driver.start(wanted, [16, 16]);
    receiveq.request([], [100]);
    receiveq.kick();
    transmitq.request([NO_HEADER, frameOf(60)], []);
    transmitq.kick();
    expect(receiveq.takeUsed().map(({ length }) => length)).toEqual([HEADER + 60]);
  });
});
