/** Debian in a terminal, with a disk that stays when the page goes; or whatever kernel was opened. */
import {
  createMachine,
  createOpfsDisk,
  MemoryBlockBackend,
  type BlockBackend,
  type Machine,
  type MachineDescription,
} from 'hartware';
import { Consoles } from './consoles.ts';
import { formatFat16 } from './fat.ts';
import { complain, element, onClick } from './page.ts';

const DISK = 'hartware-demo.img';
const DISK_SIZE = 64 << 20;

/** What the server has of Debian. */
interface Guest {
  readonly append: string;
  /** Whether the guest can use disks. */
  readonly hasDisk: boolean;
}

export class LinuxView {
  machine: Machine | undefined;
  private readonly consoles = new Consoles();
  /** Counts what was started: of two that start at once the later one counts. */
  private generation = 0;
  private restart: () => Promise<void> = () => this.startDebian();

  constructor(private readonly onMachine: (machine: Machine) => void) {
    onClick('linux-pause', async () => {
      if (this.machine?.state === 'paused') await this.machine.resume();
      else await this.machine?.pause();
    });
    onClick('linux-reset', async () => this.machine?.reset());
    onClick('linux-restart', () => this.restart());
    for (const button of document.querySelectorAll<HTMLElement>('[data-keys]')) {
      button.addEventListener('click', () => this.consoles.input(button.dataset['keys']!));
    }
  }

  /** The view is shown: fits the terminal to its place, and takes the keyboard there. */
  enter(): void {
    this.consoles.resize();
    this.consoles.focus();
  }

  /** @param image a disk to have beside the one that stays. */
  async startDebian(image?: Uint8Array): Promise<void> {
    this.restart = () => this.startDebian(image);
    const generation = await this.clear('fetching Debian');
    const answer = await fetch('guest/guest.json');
    if (!answer.ok) throw new Error(`Debian cannot be had: ${await answer.text()}`);
    const { append, hasDisk } = (await answer.json()) as Guest;
    if (hasDisk) await createOpfsDisk(DISK, DISK_SIZE, () => formatFat16(DISK_SIZE, 'HARTWARE'));
    const drives: Record<string, BlockBackend> = image ? { image: new MemoryBlockBackend(image) } : {};
    await this.start(
      {
        hartware: 1,
        memory: '512M',
        boot: { kernel: 'guest/kernel', initrd: ['initrd', 'guest/shell'], append },
        ...(hasDisk && {
          drives: [{ file: `opfs:${DISK}`, id: 'disk' }, ...(image ? [{ file: 'image' }] : [])],
        }),
        devices: { console: true },
      },
      { initrd: unpackedInitrd },
      drives,
      generation,
    );
  }

  /** Runs a kernel or program of the visitor's, which has the serial port alone. */
  async startKernel(bytes: Uint8Array, name: string): Promise<void> {
    this.restart = () => this.startKernel(bytes, name);
    const generation = await this.clear(`starting ${name}`);
    const description: MachineDescription = {
      hartware: 1,
      memory: '512M',
      boot: { kernel: name, append: 'console=ttyS0' },
    };
    await this.start(description, { [name]: bytes }, {}, generation);
  }

  private async clear(state: string): Promise<number> {
    const generation = ++this.generation;
    const { machine } = this;
    this.machine = undefined;
    await machine?.dispose();
    this.consoles.clear();
    this.show(state);
    element('linux-restart').hidden = true;
    return generation;
  }

  private async start(
    description: MachineDescription,
    files: Record<string, Uint8Array | (() => Promise<Uint8Array>)>,
    drives: Record<string, BlockBackend>,
    generation: number,
  ): Promise<void> {
    const machine = await createMachine(description, {
      files,
      drives,
      log: (message) => console.warn(message),
    });
    if (generation !== this.generation) return machine.dispose();
    this.machine = machine;
    this.consoles.attach(machine);
    machine.on('state', (state) => {
      if (machine === this.machine) this.show(state);
    });
    void machine.ended.then(
      ({ reason, code }) =>
        machine === this.machine && this.show(reason === 'failure' ? `failed with code ${code}` : 'off'),
      complain,
    );
    this.onMachine(machine);
    await machine.start();
    this.consoles.focus();
  }

  private show(state: string): void {
    element('linux-state').textContent = state;
    element('linux-pause').textContent = state === 'paused' ? 'Go on' : 'Pause';
    const isOver = state === 'ended' || state === 'off' || state.startsWith('failed');
    element('linux-restart').hidden = !isOver;
  }
}

/** Unpacked here: in the guest that is more than half of the whole boot. */
async function unpackedInitrd(): Promise<Uint8Array> {
  const response = await fetch('guest/initrd');
  if (!response.ok || !response.body)
    throw new Error(`cannot fetch guest/initrd: HTTP status ${response.status}`);
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
