/** Programs without an operating system: written, assembled, stepped through and run. */
import {
  assemble,
  createMachine,
  disassemble,
  type HartRegisters,
  type Machine,
  type MachineStop,
} from 'hartware';
import { complain, element, onClick } from './page.ts';

const SAMPLE = `# Prints a line, then fills "data" with Fibonacci numbers and stops.
        la    a0, text
        call  print
        la    s0, data
        li    s1, 0
        li    s2, 1
        li    s3, 16
next:   sd    s1, (s0)
        add   t0, s1, s2
        mv    s1, s2
        mv    s2, t0
        addi  s0, s0, 8
        addi  s3, s3, -1
        bnez  s3, next
        ebreak

print:  li    t0, 0x10000000      # the serial port
1:      lbu   t1, (a0)
        beqz  t1, 2f
        sb    t1, (t0)
        addi  a0, a0, 1
        j     1b
2:      ret

text:   .asciz "Hello from RISC-V\\n"
        .balign 8
data:   .zero 128
`;

const REGISTERS =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'.split(
    ' ',
  );
const LISTED = 10;
const MEMORY_ROWS = 8;
const ROW = 16;

export class PlaygroundView {
  machine: Machine | undefined;
  private shown: HartRegisters | undefined;

  constructor(private readonly onMachine: (machine: Machine) => void) {
    const source = element<HTMLTextAreaElement>('source');
    source.value = localStorage.getItem('source') ?? SAMPLE;
    source.addEventListener('input', () => localStorage.setItem('source', source.value));
    onClick('load', () => this.load());
    onClick('step', async () => {
      const machine = this.machine ?? (await this.load());
      await machine.step();
      await this.refresh();
    });
    onClick('run', async () => {
      const machine = this.machine?.state === 'ended' || !this.machine ? await this.load() : this.machine;
      this.show('running');
      const stop = await machine.run();
      if (machine === this.machine) await this.refresh(stop);
    });
    onClick('stop', async () => this.machine?.pause());
    element('address').addEventListener('change', () => void this.showMemory().catch(complain));
  }

  private async load(): Promise<Machine> {
    const { bytes, symbols } = assemble(element<HTMLTextAreaElement>('source').value);
    const machine = await createMachine(
      { hartware: 1, memory: '64M', boot: { kernel: 'program' } },
      {
        files: { program: bytes },
        symbols: [...symbols].map(([name, address]) => ({ name, address, size: 0, kind: 'other' })),
      },
    );
    await this.machine?.dispose();
    this.machine = machine;
    this.shown = undefined;
    await machine.haltOn({ ebreak: true, trap: true });
    element('output').textContent = '';
    void this.readOutput(machine);
    this.onMachine(machine);
    await this.refresh();
    return machine;
  }

  private async readOutput(machine: Machine): Promise<void> {
    const decoder = new TextDecoder();
    const reader = machine.serial.output.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const output = element('output');
      output.textContent = (output.textContent + decoder.decode(next.value, { stream: true })).slice(
        -100_000,
      );
      output.scrollTop = output.scrollHeight;
    }
  }

  private async refresh(stop?: MachineStop): Promise<void> {
    const { machine } = this;
    if (!machine) return;
    const registers = await machine.harts[0].registers();
    const { instructions } = await machine.statistics();
    this.show(`${describe(stop)}, ${instructions.toLocaleString()} instructions`);
    this.showRegisters(registers);
    await Promise.all([this.showListing(machine, registers.pc), this.showMemory()]);
  }

  private show(state: string): void {
    element('program-state').textContent = state;
  }

  private showRegisters(registers: HartRegisters): void {
    const before = this.shown;
    this.shown = registers;
    const cell = (name: string, value: bigint, old: bigint | undefined): HTMLElement => {
      const span = document.createElement('span');
      if (old !== undefined && old !== value) span.className = 'changed';
      const label = document.createElement('b');
      label.textContent = name;
      span.append(label, value.toString(16).padStart(16, '0'));
      return span;
    };
    element('registers').replaceChildren(
      cell('pc', registers.pc, before?.pc),
      ...REGISTERS.map((name, n) => cell(name, registers.x[n], before?.x[n])).slice(1),
    );
  }

  private async showListing(machine: Machine, pc: bigint): Promise<void> {
    const bytes = await machine.memory.read(pc, 4 * LISTED).catch(() => new Uint8Array());
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const lines: string[] = [];
    for (let at = 0; lines.length < LISTED && at + 4 <= bytes.length;) {
      const address = pc + BigInt(at);
      const { text, length } = disassemble(view.getUint32(at, true), address);
      lines.push(`${at === 0 ? '→' : ' '} ${address.toString(16)}  ${text}`);
      at += length;
    }
    element('listing').textContent = lines.join('\n') || `nothing can be executed at ${pc.toString(16)}`;
  }

  private async showMemory(): Promise<void> {
    const { machine } = this;
    if (!machine) return;
    const wanted = element<HTMLInputElement>('address').value.trim();
    const symbol = await machine.symbols.find(wanted);
    const base =
      symbol?.address ??
      (/^(0x)?[0-9a-f]+$/i.test(wanted)
        ? BigInt(wanted.startsWith('0x') ? wanted : `0x${wanted}`)
        : undefined);
    if (base === undefined) {
      element('memory').textContent = `there is no symbol ${wanted}`;
      return;
    }
    const bytes = await machine.memory.read(base, MEMORY_ROWS * ROW).catch((error: Error) => error.message);
    if (typeof bytes === 'string') {
      element('memory').textContent = bytes;
      return;
    }
    const rows = Array.from({ length: MEMORY_ROWS }, (_, row) => {
      const part = [...bytes.subarray(row * ROW, (row + 1) * ROW)];
      const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
      return `${(base + BigInt(row * ROW)).toString(16)}  ${hex}`;
    });
    element('memory').textContent = rows.join('\n');
  }
}

function describe(stop: MachineStop | undefined): string {
  if (!stop || stop.reason === 'paused') return 'stopped';
  if (stop.reason === 'ebreak') return 'stopped at ebreak';
  if (stop.reason === 'trap')
    return `crashed at ${stop.pc.toString(16)}: cause ${stop.cause}, value ${stop.value.toString(16)}`;
  if (stop.reason === 'ended') return `ended with code ${stop.exit.code}`;
  return `stopped: ${stop.reason}`;
}
