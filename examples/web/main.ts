/** The page: two views, what is dropped on it, and the figures of the machine in front. */
import { LinuxView } from './linux.ts';
import { complain, element, onClick } from './page.ts';
import { PlaygroundView } from './playground.ts';
import { StatisticsView } from './statistics.ts';

const VIEWS = ['linux', 'playground'] as const;
type ViewName = (typeof VIEWS)[number];

const statistics = new StatisticsView();
const watch = (): void => statistics.watch(views[front].machine);
const views = { linux: new LinuxView(watch), playground: new PlaygroundView(watch) };
let front: ViewName = 'linux';

function show(name: ViewName): void {
  front = name;
  for (const view of VIEWS) {
    element(view).hidden = view !== name;
    element(`tab-${view}`).setAttribute('aria-selected', String(view === name));
  }
  watch();
  if (name === 'linux') {
    views.linux.resize();
    views.linux.focus();
  }
}

for (const name of VIEWS) element(`tab-${name}`).addEventListener('click', () => show(name));
element('tab-linux').parentElement!.addEventListener('keydown', ({ key }) => {
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
  show(front === 'linux' ? 'playground' : 'linux');
  element(`tab-${front}`).focus();
});

/** A kernel or program is started; anything else is taken for a disk. */
async function openFile(file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const starts = (at: number, ...magic: number[]): boolean =>
    magic.every((byte, i) => bytes[at + i] === byte);
  const isKernel =
    starts(0, 0x7f, 0x45, 0x4c, 0x46) || starts(0x38, 0x52, 0x53, 0x43, 0x05) || starts(0, 0x1f, 0x8b);
  show('linux');
  if (isKernel) return views.linux.startKernel(bytes, file.name);
  if (bytes.length === 0 || bytes.length % 512 !== 0)
    throw new Error(
      `${file.name}: expected a kernel, an ELF program or a raw disk image in whole sectors of 512 bytes`,
    );
  return views.linux.startDebian(bytes);
}

onClick('open', async () => element('file').click());
element<HTMLInputElement>('file').addEventListener('change', ({ target }) => {
  const input = target as HTMLInputElement;
  const [file] = input.files ?? [];
  input.value = '';
  if (file) void openFile(file).catch(complain);
});
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  element('drop-hint').hidden = false;
});
document.addEventListener('dragleave', ({ relatedTarget }) => {
  if (!relatedTarget) element('drop-hint').hidden = true;
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  element('drop-hint').hidden = true;
  const [file] = event.dataTransfer?.files ?? [];
  if (file) void openFile(file).catch(complain);
});

show('linux');
void views.linux.startDebian().catch((error: unknown) => {
  element('linux-state').textContent = 'not available';
  complain(error);
});
