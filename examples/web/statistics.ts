/** The figures of the machine in front, drawn as they change. */
import type { Machine, MachineStatistics } from 'hartware';
import { element } from './page.ts';

const INTERVAL = 500;
const SAMPLES = 80;

interface Sample {
  readonly mips: number;
  readonly share: number;
  readonly disk: number;
}

export class StatisticsView {
  private machine: Machine | undefined;
  private before: { readonly statistics: MachineStatistics; readonly time: number } | undefined;
  private samples: Sample[] = [];

  constructor() {
    setInterval(() => void this.sample().catch(() => {}), INTERVAL);
  }

  /** Shows another machine from now on. */
  watch(machine: Machine | undefined): void {
    if (machine === this.machine) return;
    this.machine = machine;
    this.before = undefined;
    this.samples = [];
  }

  private async sample(): Promise<void> {
    // A page that nobody sees needs no figures.
    if (!this.machine || document.hidden) return;
    const { machine, before } = this;
    const statistics = await machine.statistics();
    const now = performance.now();
    if (machine !== this.machine) return;
    this.before = { statistics, time: now };
    if (!before) return;
    const seconds = (now - before.time) / 1000;
    const instructions = statistics.instructions - before.statistics.instructions;
    const translated = statistics.jit.instructions - before.statistics.jit.instructions;
    const bytes = ({ disk }: MachineStatistics): number => disk.bytesRead + disk.bytesWritten;
    this.samples.push({
      mips: instructions / seconds / 1e6,
      share: instructions > 0 ? Math.min(1, translated / instructions) : 0,
      disk: (bytes(statistics) - bytes(before.statistics)) / seconds,
    });
    this.samples = this.samples.slice(-SAMPLES);
    this.show(statistics);
  }

  private show(statistics: MachineStatistics): void {
    const last = this.samples.at(-1)!;
    element('mips').textContent = last.mips.toFixed(last.mips < 10 ? 1 : 0);
    element('share').textContent = `${(100 * last.share).toFixed(0)} %`;
    element('disk').textContent = `${(last.disk / 1024).toFixed(0)} KiB/s`;
    draw(
      'mips-chart',
      this.samples.map(({ mips }) => mips),
    );
    draw(
      'share-chart',
      this.samples.map(({ share }) => share),
      1,
    );
    draw(
      'disk-chart',
      this.samples.map(({ disk }) => disk),
    );
    const { time, jit, disk } = statistics;
    const part = (milliseconds: number): string =>
      time.run > 0 ? `${((100 * milliseconds) / time.run).toFixed(0)} %` : '–';
    const rows: [string, string][] = [
      ['Instructions', statistics.instructions.toLocaleString()],
      ['Time in the interpreter', part(time.interpreter)],
      ['in translated code', part(time.translated)],
      ['translating and compiling', part(time.translation + time.compile)],
      ['JIT', jit.state],
      ['Regions in use', jit.liveRegions.toLocaleString()],
      ['Disk reads, writes', `${disk.reads.toLocaleString()}, ${disk.writes.toLocaleString()}`],
    ];
    element('figures').replaceChildren(
      ...rows.flatMap(([name, value]) => {
        const [term, definition] = [document.createElement('dt'), document.createElement('dd')];
        term.textContent = name;
        definition.textContent = value;
        return [term, definition];
      }),
    );
  }
}

function draw(id: string, values: readonly number[], largest = Math.max(...values, 1e-9)): void {
  const canvas = element<HTMLCanvasElement>(id);
  const ratio = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  if (width === 0) return;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const color = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
  const x = (index: number): number => (index / (SAMPLES - 1)) * width;
  const y = (value: number): number => height - (value / largest) * (height - 4 * ratio) - ratio;
  context.beginPath();
  context.moveTo(x(0), height);
  values.forEach((value, index) => context.lineTo(x(index), y(value)));
  context.lineTo(x(values.length - 1), height);
  context.closePath();
  context.globalAlpha = 0.25;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  values.forEach((value, index) => context.lineTo(x(index), y(value)));
  context.stroke();
}
