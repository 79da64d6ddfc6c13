/** The page: two views, what is dropped on it, and the figures of the machine in front. */
import { LinuxView } from './linux.ts';
import { complain, element, onClick } from './page.ts';
import { PlaygroundView } from './playground.ts';
import { StatisticsView } from './statistics.ts';
import { tabs } from './tabs.ts';

type ViewName = 'linux' | 'playground';

const statistics = new StatisticsView();
const watch = (): void => statistics.watch(views[front].machine);
const views = { linux: new LinuxView(watch), playground: new PlaygroundView(watch) };
let front: ViewName = 'linux';
const { select: show } = tabs<ViewName>(element('views'), (name) => {
  front = name;
  watch();
  if (name === 'linux') views.linux.enter();
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
/** Text that is dragged is for whatever is below it. */
const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

/** @throws an Error that says what else was dropped. */
function droppedFile({ files, items }: DataTransfer): File {
  const [file] = files;
  if (!file || files.length > 1) throw new Error(`expected one file, found ${files.length}`);
  // Its bytes could not be read, which is all that would be said of it.
  if (items[0]?.webkitGetAsEntry()?.isDirectory)
    throw new Error(`${file.name}: expected a file, found a folder`);
  return file;
}

document.addEventListener('dragover', (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  element('drop-hint').hidden = false;
});
document.addEventListener('dragleave', ({ relatedTarget }) => {
  if (!relatedTarget) element('drop-hint').hidden = true;
});
document.addEventListener('drop', (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  element('drop-hint').hidden = true;
  try {
    void openFile(droppedFile(event.dataTransfer!)).catch(complain);
  } catch (error) {
    complain(error);
  }
});

show('linux');
void views.linux.startDebian().catch((error: unknown) => {
  element('linux-state').textContent = 'not available';
  complain(error);
});
