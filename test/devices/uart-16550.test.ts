import { describe, expect, it } from 'vitest';
import * as uartRegisters from '../../src/devices/uart-16550.ts';
import { Uart16550, type Uart16550Options } from '../../src/devices/uart-16550.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const { RBR, THR, DLL, DLM, IER, IIR, FCR, LCR, MCR, LSR, MSR, SCR } = uartRegisters;
const NONE = 0x01;
const THR_EMPTY = 0x02;
const DATA = 0x04;
const LINE_STATUS = 0x06;
const TIMEOUT = 0x0c;

const text = (value: string): Uint8Array => Uint8Array.from(value, (char) => char.charCodeAt(0));

const makeUart = (options: Partial<Uart16550Options> = {}) => {
  const interrupt = new RecordedLine();
  const output: number[][] = [];
  const uart = new Uart16550({ interrupt, output: (bytes) => output.push([...bytes]), ...options });
  const write = (register: number, value: number): void => uart.write(register, 1, value);
  const read = (register: number): number => uart.read(register);
  const iir = (): number => read(IIR) & 0x0f;
  return { uart, interrupt, output, write, read, iir };
};

describe('Uart16550 registers', () => {
  it('come up as the data sheet says', () => {
    const { read, interrupt } = makeUart();
    expect([IER, IIR, LCR, MCR, LSR, MSR, SCR, 8, 100].map(read)).toEqual([0, 1, 0, 0, 0x60, 0xb0, 0, 0, 0]);
    expect(interrupt.level).toBe(false);
  });

  it('keep what is written, within the bits that exist', () => {
    const { write, read } = makeUart();
    for (const register of [IER, LCR, MCR, SCR]) write(register, 0x7f);
    expect([IER, LCR, MCR, SCR].map(read)).toEqual([0x0f, 0x7f, 0x1f, 0x7f]);
    write(LSR, 0xff);
    expect(read(LSR)).toBe(0x60);
  });

  it('show the divisor latches under DLAB', () => {
    const { write, read, output, uart } = makeUart();
    write(LCR, 0x83);
    write(DLL, 0x34);
    write(DLM, 0x12);
    expect([DLL, DLM].map(read)).toEqual([0x34, 0x12]);
    write(LCR, 0x03);
    expect([RBR, IER].map(read)).toEqual([0, 0]);
    expect(output).toEqual([]);
    uart.receive(text('x'));
    write(LCR, 0x83);
    expect(read(DLL)).toBe(0x34);
    write(LCR, 0x03);
    expect(read(RBR)).toBe(0x78);
  });

  it('return to their reset values, with waiting input kept', () => {
    const { uart, write, read, interrupt } = makeUart();
    for (const register of [SCR, MCR, IER, FCR]) write(register, 0x0f);
    uart.receive(text('0123456789abcdefgh'));
    write(LCR, 0x80);
    uart.reset();
    expect([LCR, SCR, MCR, IER, IIR, MSR].map(read)).toEqual([0, 0, 0, 0, 1, 0xb0]);
    expect(interrupt.level).toBe(false);
    // Without FIFO one character at a time; what stood in the FIFO is lost, as on the chip.
    expect([read(RBR), read(RBR), read(LSR) & 1]).toEqual([0x67, 0x68, 0]);
  });

  it('are described as QEMU does', () => {
    expect(makeUart().uart.fdtNode()).toEqual({
      name: 'serial',
      properties: { compatible: 'ns16550a', 'clock-frequency': 0x384000 },
    });
  });
});

describe('Uart16550 transmitter', () => {
  it('sends each byte at once and is always empty', () => {
    const { write, read, output } = makeUart();
    for (const byte of [0x41, 0, 0xff]) {
      write(THR, byte);
      expect(read(LSR)).toBe(0x60);
    }
    expect(output).toEqual([[0x41], [0], [0xff]]);
  });

  it('gathers bytes until the scheduled flush', () => {
    const scheduled: (() => void)[] = [];
    const { uart, write, output } = makeUart({ scheduleFlush: (flush) => scheduled.push(flush) });
    write(THR, 1);
    write(THR, 2);
    expect([scheduled.length, output.length]).toEqual([1, 0]);
    scheduled[0]();
    write(THR, 3);
    expect(scheduled.length).toBe(2);
    uart.flush();
    uart.flush();
    expect(output).toEqual([[1, 2], [3]]);
  });

  it('flushes a full buffer without waiting', () => {
    const { write, output } = makeUart({ scheduleFlush: () => {} });
    for (let i = 0; i < 5000; i++) write(THR, i & 0xff);
    expect(output.map((bytes) => bytes.length)).toEqual([4096]);
  });

  it('survives a sink that throws', () => {
    const messages: string[] = [];
    const { write, read } = makeUart({
      output: () => {
        throw new Error('closed');
      },
      log: (message) => messages.push(message),
    });
    write(THR, 1);
    expect(read(LSR)).toBe(0x60);
    expect(messages).toEqual(['serial output failed: closed']);
  });

  it('interrupts when enabled, after each byte, and is acknowledged by reading IIR', () => {
    const { write, iir, interrupt } = makeUart();
    write(IER, 0x02);
    expect(interrupt.level).toBe(true);
    expect([iir(), iir()]).toEqual([THR_EMPTY, NONE]);
    expect(interrupt.level).toBe(false);
    write(THR, 1);
    expect(interrupt.level).toBe(true);
    write(IER, 0x02); // No rising bit: nothing new.
    expect([iir(), iir()]).toEqual([THR_EMPTY, NONE]);
    write(IER, 0x02);
    expect(iir()).toBe(NONE);
    write(IER, 0);
    write(IER, 0x02);
    expect(iir()).toBe(THR_EMPTY);
  });
});

describe('Uart16550 receiver', () => {
  it('holds one character without FIFO and takes the next when it is read', () => {
    const { uart, write, read, iir, interrupt } = makeUart();
    write(IER, 0x01);
    uart.receive(text('ab'));
    expect(interrupt.level).toBe(true);
    expect([iir(), read(LSR)]).toEqual([DATA, 0x61]);
    expect([read(RBR), read(LSR), read(RBR), read(LSR)]).toEqual([0x61, 0x61, 0x62, 0x60]);
    expect(interrupt.level).toBe(false);
    expect(read(RBR)).toBe(0);
  });

  it.each([
    [0x01, 1],
    [0x41, 4],
    [0x81, 8],
    [0xc1, 14],
  ])('FCR 0x%x triggers at %i characters, and times out below', (fcr, trigger) => {
    const { uart, write, read, iir, interrupt } = makeUart();
    write(FCR, fcr);
    write(IER, 0x01);
    expect(read(IIR)).toBe(0xc1);
    for (let count = 1; count <= 16; count++) {
      uart.receive(text('x'));
      expect(interrupt.level).toBe(true);
      expect(iir()).toBe(count >= trigger ? DATA : TIMEOUT);
    }
    for (let count = 15; count >= 0; count--) {
      read(RBR);
      if (count === 0) expect(iir()).toBe(NONE);
      else expect(iir()).toBe(count >= trigger ? DATA : TIMEOUT);
    }
    expect(interrupt.level).toBe(false);
  });

  it('clears its FIFO on request and when FIFO mode changes', () => {
    const { uart, write, read } = makeUart();
    write(FCR, 0x01);
    uart.receive(text('abc'));
    write(FCR, 0x03);
    expect(read(LSR)).toBe(0x60);
    uart.receive(text('abc'));
    write(FCR, 0x00);
    expect(read(LSR)).toBe(0x60);
    expect(read(IIR) & 0xc0).toBe(0);
    write(FCR, 0xc6); // Without bit 0 nothing is programmed.
    expect(read(IIR)).toBe(0x01);
  });

  it('never loses input that waits on the side of the host', () => {
    let spaces = 0;
    const { uart, write, read } = makeUart({ onInputSpace: () => void spaces++ });
    write(FCR, 0x01);
    const data = Uint8Array.from({ length: 100_000 }, (_, index) => index * 7);
    const got: number[] = [];
    let sent = uart.receive(data);
    expect(sent).toBeLessThan(data.length);
    expect(uart.inputSpace).toBe(16);
    while (got.length < data.length) {
      if ((read(LSR) & 1) === 0) break;
      got.push(read(RBR));
      if (spaces > 0 && sent < data.length) {
        spaces = 0;
        sent += uart.receive(data.subarray(sent));
      }
    }
    expect(Uint8Array.from(got)).toEqual(data);
    expect(read(LSR) & 1).toBe(0);
  });
});

describe('Uart16550 loopback and modem status', () => {
  it('returns what is sent and cuts off the line', () => {
    const { uart, write, read, output } = makeUart();
    write(FCR, 0x01);
    write(MCR, 0x10);
    write(THR, 0x55);
    uart.receive(text('x'));
    expect([read(RBR), read(LSR)]).toEqual([0x55, 0x60]);
    expect(output).toEqual([]);
    write(MCR, 0);
    expect(read(RBR)).toBe(0x78);
  });

  it('overruns: a full FIFO keeps its content, a single register takes the new character', () => {
    const { write, read, iir } = makeUart();
    write(FCR, 0x01);
    write(IER, 0x05);
    write(MCR, 0x10);
    for (let byte = 0; byte < 17; byte++) write(THR, byte);
    expect(iir()).toBe(LINE_STATUS);
    expect([read(LSR), read(LSR)]).toEqual([0x63, 0x61]);
    expect(iir()).toBe(DATA);
    expect(Array.from({ length: 17 }, () => read(RBR))).toEqual([...Array(16).keys(), 0]);
    write(FCR, 0x00);
    write(THR, 1);
    write(THR, 2);
    expect([read(LSR), read(RBR), read(LSR)]).toEqual([0x63, 2, 0x60]);
  });

  it('connects modem outputs to inputs and reports changes', () => {
    const { write, read, iir, interrupt } = makeUart();
    write(MCR, 0x10);
    expect([read(MSR), read(MSR)]).toEqual([0x0b, 0]);
    write(IER, 0x08);
    write(MCR, 0x1f);
    expect(interrupt.level).toBe(true);
    expect(iir()).toBe(0x00);
    expect([read(MSR), read(MSR)]).toEqual([0xfb, 0xf0]);
    expect(interrupt.level).toBe(false);
    write(MCR, 0x1b); // RI falls: trailing edge.
    expect(read(MSR)).toBe(0xb4);
    write(MCR, 0x1f); // RI rises: no delta.
    expect(read(MSR)).toBe(0xf0);
  });

  it('reports by priority: line status, data, transmitter, modem', () => {
    const { write, read, iir } = makeUart();
    write(IER, 0x0f);
    write(MCR, 0x10);
    write(THR, 1);
    write(THR, 2);
    expect(iir()).toBe(LINE_STATUS);
    read(LSR);
    expect(iir()).toBe(DATA);
    read(RBR);
    expect(iir()).toBe(THR_EMPTY);
    expect(iir()).toBe(0x00);
    read(MSR);
    expect(iir()).toBe(NONE);
  });
});
