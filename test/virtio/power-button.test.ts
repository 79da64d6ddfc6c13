import { describe, expect, it } from 'vitest';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import {
  EV_KEY,
  KEY_POWER,
  VIRTIO_INPUT_CFG_EV_BITS,
  VIRTIO_INPUT_CFG_ID_DEVIDS,
  VIRTIO_INPUT_CFG_ID_NAME,
  VirtioPowerButton,
} from '../../src/virtio/power-button.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const CONFIG = 0x100;

const makeButton = (wanted: bigint) => {
  const memory = new FakeMemory();
  const button = new VirtioPowerButton();
  const transport = new VirtioMmio({ device: button, memory, interrupt: new RecordedLine() });
  const driver = new MockDriver(transport, memory);
  const [events, status] = driver.start(wanted, [16, 16]);
  const config = (select: number, subsel: number): Uint8Array => {
    transport.write(CONFIG, 1, select);
    transport.write(CONFIG + 1, 1, subsel);
    const size = transport.read(CONFIG + 2, 1);
    return Uint8Array.from({ length: size }, (_, i) => transport.read(CONFIG + 8 + i, 1));
  };
  return { memory, button, driver, events, status, config };
};

describe.each([
  ['split', SPLIT_FEATURES],
  ['packed', PACKED_FEATURES],
])('VirtioPowerButton (%s)', (_format, wanted) => {
  it('is an input device with a name and one key', () => {
    const { driver, config } = makeButton(wanted);
    expect(driver.readRegister(0x008)).toBe(18);
    expect(Buffer.from(config(VIRTIO_INPUT_CFG_ID_NAME, 0)).toString()).toBe('Hartware power button');
    expect(config(VIRTIO_INPUT_CFG_ID_DEVIDS, 0)).toHaveLength(8);
    const keys = config(VIRTIO_INPUT_CFG_EV_BITS, EV_KEY);
    const pressed = [...keys].flatMap((byte, i) =>
      Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1 && 8 * i + bit).filter(Boolean),
    );
    expect(pressed).toEqual([KEY_POWER]);
    expect(config(VIRTIO_INPUT_CFG_EV_BITS, 3)).toHaveLength(0);
    expect(config(VIRTIO_INPUT_CFG_ID_NAME, 1)).toHaveLength(0);
    expect(config(0xff, 0xff)).toHaveLength(0);
  });

  it('sends the key down and up, each with a report', () => {
    const { memory, button, events, driver } = makeButton(wanted);
    const buffers = Array.from({ length: 5 }, () => events.request([], [8]));
    events.kick();
    expect(events.takeUsed()).toEqual([]);
    button.press();
    expect(events.takeUsed()).toEqual(buffers.slice(0, 4).map(({ id }) => ({ id, length: 8 })));
    const sent = buffers.slice(0, 4).map(({ writable: [at] }) => {
      const view = new DataView(memory.view(at, 8).slice().buffer);
      return [view.getUint16(0, true), view.getUint16(2, true), view.getUint32(4, true)];
    });
    expect(sent).toEqual([
      [EV_KEY, KEY_POWER, 1],
      [0, 0, 0],
      [EV_KEY, KEY_POWER, 0],
      [0, 0, 0],
    ]);
    expect(driver.acknowledge()).toBe(1);
  });

  it('is pressed for nothing where there are no buffers, and gives status back unread', () => {
    const { button, status, driver } = makeButton(wanted);
    button.press();
    status.request([new Uint8Array(8)], []);
    status.kick();
    expect(status.takeUsed().map(({ length }) => length)).toEqual([0]);
    expect(driver.needsReset).toBe(false);
    new VirtioPowerButton().press();
  });
});
