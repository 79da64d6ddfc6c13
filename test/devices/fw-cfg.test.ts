import { beforeEach, describe, expect, it } from 'vitest';
import { FwCfg, FW_CFG_FILE_DIR, FW_CFG_ID, FW_CFG_KERNEL_DATA } from '../../src/devices/fw-cfg.ts';
import { FakeMemory } from '../support/fake-memory.ts';

const RAM = 0x8000_0000;
const KERNEL = Uint8Array.from({ length: 10 }, (_, i) => i + 1);

let memory: FakeMemory;
let device: FwCfg;

beforeEach(() => {
  memory = new FakeMemory(1 << 16);
  device = new FwCfg(memory);
  device.setItem(FW_CFG_KERNEL_DATA, [KERNEL.subarray(0, 4), KERNEL.subarray(4)]);
});

const select = (key: number): void => device.write(8, 2, ((key & 0xff) << 8) | (key >> 8));
const bytes = (count: number): number[] => Array.from({ length: count }, () => device.read(0, 1));
const text = (count: number): string => String.fromCharCode(...bytes(count));

/** Starts what a descriptor at `at` says, and returns its control afterwards. */
const transfer = (control: number, length = 0, address = 0n, at = RAM): number => {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, control);
  view.setUint32(4, length);
  view.setBigUint64(8, address);
  memory.write(at, new Uint8Array(view.buffer));
  start(BigInt(at));
  return new DataView(memory.view(at, 4).slice().buffer).getUint32(0);
};
const start = (at: bigint): void => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, at);
  device.write(16, 4, view.getUint32(0, true));
  device.write(20, 4, view.getUint32(4, true));
};

describe('the registers', () => {
  it('read the signature after a reset', () => {
    device.reset();
    expect(text(6)).toBe('QEMU\0\0');
  });

  it('tell that there is DMA', () => {
    select(FW_CFG_ID);
    expect(device.read(0, 4)).toBe(3);
    expect([16, 20].map((offset) => device.read(offset, 4))).toEqual([0x554d_4551, 0x4746_4320]);
    expect(device.read(23, 1)).toBe('G'.charCodeAt(0));
  });

  it('read an item in accesses of any size, across its pieces, and zeros behind', () => {
    select(FW_CFG_KERNEL_DATA);
    expect([device.read(0, 1), device.read(0, 2), device.read(0, 4), device.read(4, 4)]).toEqual([
      1, 0x0302, 0x0706_0504, 0x000a_0908,
    ]);
    expect(bytes(2)).toEqual([0, 0]);
    select(0x4000 | FW_CFG_KERNEL_DATA);
    expect(bytes(2)).toEqual([1, 2]);
  });

  it('have nothing under other keys', () => {
    select(0x1234);
    expect(bytes(4)).toEqual([0, 0, 0, 0]);
    // A selector is a halfword.
    select(FW_CFG_KERNEL_DATA);
    device.write(8, 4, 0);
    device.write(8, 1, 0);
    device.write(10, 2, 0);
    device.write(0, 4, 0);
    expect(bytes(1)).toEqual([1]);
    expect(device.read(8, 2)).toBe(0);
  });

  it('list files', () => {
    device.setFiles([
      { name: 'etc/one', content: Uint8Array.of(1) },
      { name: 'opt/two', content: Uint8Array.of(2, 3) },
    ]);
    select(FW_CFG_FILE_DIR);
    expect(bytes(4)).toEqual([0, 0, 0, 2]);
    expect(bytes(8)).toEqual([0, 0, 0, 1, 0, 0x20, 0, 0]);
    expect(text(56)).toBe('etc/one'.padEnd(56, '\0'));
    expect(bytes(8)).toEqual([0, 0, 0, 2, 0, 0x21, 0, 0]);
    expect(text(56)).toBe('opt/two'.padEnd(56, '\0'));
    select(0x21);
    expect(bytes(3)).toEqual([2, 3, 0]);
    expect(() => device.setFiles([{ name: 'x'.repeat(56), content: KERNEL }])).toThrow(/shorter name/);
  });
});

describe('DMA', () => {
  const SELECT_KERNEL = (FW_CFG_KERNEL_DATA << 16) | 8;
  const TO = BigInt(RAM + 0x100);

  it('selects, reads and goes on from there', () => {
    memory.bytes.fill(0xee);
    expect(transfer(SELECT_KERNEL | 2, 3, TO)).toBe(0);
    expect(transfer(2, 9, TO + 3n)).toBe(0);
    expect([...memory.view(TO, 13)]).toEqual([...KERNEL, 0, 0, 0xee]);
  });

  it('skips', () => {
    expect(transfer(SELECT_KERNEL | 4, 5)).toBe(0);
    expect(bytes(1)).toEqual([6]);
    expect(transfer(4, 0xffff_ffff)).toBe(0);
    expect(bytes(1)).toEqual([0]);
  });

  it('only selects', () => {
    expect(transfer(SELECT_KERNEL)).toBe(0);
    expect(bytes(1)).toEqual([1]);
  });

  it.each([
    ['behind RAM', BigInt(RAM + (1 << 16) - 8), 16],
    ['before RAM', BigInt(RAM - 8), 16],
    ['nowhere', 0xffff_ffff_ffff_fff8n, 16],
    ['more than RAM', BigInt(RAM), 0xffff_ffff],
  ])('refuses to write %s, and writes nothing', (_, address, length) => {
    expect(transfer(SELECT_KERNEL | 2, length, address, RAM + 0x8000)).toBe(1);
    expect(memory.bytes.subarray(0, 0x8000).every((byte) => byte === 0)).toBe(true);
    expect([memory.isGuardIntact, memory.refusals]).toEqual([true, 0]);
    expect(bytes(1)).toEqual([1]);
  });

  it('has no item that a guest may write', () => {
    expect(transfer(SELECT_KERNEL | 16, 4, TO)).toBe(1);
  });

  it.each([0n, BigInt(RAM + (1 << 16) - 8), 0xffff_ffff_ffff_ffffn])(
    'ignores a descriptor at 0x%s',
    (address) => {
      start(address);
      expect([memory.isGuardIntact, memory.refusals]).toEqual([true, 0]);
    },
  );

  it('may write over its descriptor, whose control comes last', () => {
    expect(transfer(SELECT_KERNEL | 2, 8, BigInt(RAM))).toBe(0);
    expect([...memory.view(RAM, 8)]).toEqual([0, 0, 0, 0, 5, 6, 7, 8]);
  });
});
