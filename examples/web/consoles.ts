/** The consoles of a machine, each in a terminal of its own. The one that is shown gets what is typed. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { attachTerminal, type Machine, type Subscription } from 'hartware';
import { element } from './page.ts';
import { tabs } from './tabs.ts';

/** By the ids of their panels. */
const CONSOLES = { console: 'virtioConsole', serial: 'serial' } as const;
type Name = keyof typeof CONSOLES;
const NAMES = Object.keys(CONSOLES) as Name[];

export class Consoles {
  private readonly terminals: Readonly<Record<Name, Screen>>;
  private shown: Name = 'console';
  private attachments: Subscription[] = [];
  private readonly tabs = tabs<Name>(element('console-tabs'), (name) => {
    this.shown = name;
    this.resize();
  });

  constructor() {
    this.terminals = { console: new Screen('console'), serial: new Screen('serial') };
    for (const { terminal } of Object.values(this.terminals)) {
      // The Tab key is the guest's, so that there must be another way out.
      terminal.attachCustomKeyEventHandler(({ type, key, ctrlKey }) => {
        if (key !== 'F6' || !ctrlKey) return true;
        if (type === 'keydown') this.leave();
        return false;
      });
    }
    new ResizeObserver(() => this.resize()).observe(element('terminal'));
    element('console-tabs').addEventListener('click', () => this.focus());
  }

  /** Shows the consoles that the machine has, the virtio console first. */
  attach(machine: Machine): void {
    for (const name of NAMES) {
      const console = machine[CONSOLES[name]];
      const { terminal } = this.terminals[name];
      if (!console) continue;
      const resize = (columns: number, rows: number): unknown =>
        machine.resizeConsole(columns, rows).catch(() => {});
      this.attachments.push(attachTerminal(console, terminal, name === 'console' ? { resize } : {}));
    }
    element('consoles').hidden = !machine.virtioConsole;
    this.tabs.select(machine.virtioConsole ? 'console' : 'serial');
  }

  /** Lets go of the machine and forgets what it printed. */
  clear(): void {
    for (const attachment of this.attachments.splice(0)) attachment.dispose();
    for (const { terminal } of Object.values(this.terminals)) terminal.reset();
  }

  /** Types what a key of a keyboard would send. */
  input(keys: string): void {
    this.terminals[this.shown].terminal.input(keys);
    this.focus();
  }

  /** Fits the terminal that is shown to its place. */
  resize(): void {
    this.terminals[this.shown].fit();
  }

  focus(): void {
    this.terminals[this.shown].terminal.focus();
  }

  private leave(): void {
    if (element('consoles').hidden) element('tab-linux').focus();
    else this.tabs.focus();
  }
}

class Screen {
  readonly terminal = new Terminal({
    cursorBlink: true,
    fontSize: 14,
    theme: { background: '#101417' },
  });
  private readonly fitting = new FitAddon();

  constructor(private readonly place: Name) {
    this.terminal.loadAddon(this.fitting);
  }

  fit(): void {
    const place = element(this.place);
    if (place.clientWidth === 0) return;
    // Only now: what is hidden has no size to measure characters by.
    if (!this.terminal.element) this.terminal.open(place);
    this.fitting.fit();
  }
}
