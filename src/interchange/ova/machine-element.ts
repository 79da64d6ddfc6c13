/** The description that a package of our own has in it. */
import { isDiskFormat } from '../../disks/formats.ts';
import { messageOf } from '../../errors.ts';
import { validateDescription, type MachineDescription } from '../../machine/description.ts';
import { InterchangeError } from '../error.ts';
import { renameFiles } from '../references.ts';
import type { XmlElement } from '../xml.ts';
import { childrenOf, type Envelope } from './envelope.ts';
import { isPlainName } from './package.ts';
import type { Unpacking } from './unpack.ts';

/**
 * Every file that the description names is one of the package: its author could name any other.
 * @throws InterchangeError
 */
export function readMachineElement(
  machine: XmlElement,
  envelope: Envelope,
  unpacking: Unpacking,
): MachineDescription {
  const wrong = (reason: string): InterchangeError =>
    new InterchangeError(`the description in the package: ${reason}`);
  const [text] = childrenOf(machine, 'hartware:Description');
  let description: MachineDescription;
  try {
    description = validateDescription(JSON.parse(text?.text ?? ''));
  } catch (error) {
    throw wrong(messageOf(error));
  }
  const files = new Map<string, Readonly<Record<string, string>>>();
  for (const { attributes } of childrenOf(machine, 'hartware:File')) {
    const { name = '' } = attributes;
    const isOther = [...files.keys()].every((other) => other.toLowerCase() !== name.toLowerCase());
    if (!isPlainName(name) || !isOther) throw wrong(`it cannot have a file ${JSON.stringify(name)}`);
    files.set(name, attributes);
  }
  const disks = [...envelope.disks.values()];
  const formats = new Map<string, string>();
  const longer = new Set<string>();
  const renamed = renameFiles(description, (file, place) => {
    const shown = JSON.stringify(file.slice(0, 200));
    const attributes = files.get(file);
    const packaged = envelope.files.get(attributes?.fileRef ?? '');
    if (!attributes || !packaged) throw wrong(`it names the file ${shown}, which is not in the package`);
    if (place.kind !== 'drive') return unpacking.wantFile(packaged, file);
    const disk = disks.find((each) => each.file === packaged);
    if (!disk) throw wrong(`it names the disk ${shown}, which is not in the package`);
    const { format = 'raw', contentSize } = attributes;
    if (!isDiskFormat(format)) throw wrong(`there is no format ${JSON.stringify(format)} of disks`);
    const name = unpacking.wantDisk(disk, file, format, Number(contentSize) || undefined);
    formats.set(name, unpacking.formatOf(format));
    if (contentSize !== undefined && unpacking.formatOf(format) !== 'raw') longer.add(name);
    return name;
  });
  // What was of one format, and said so, may be of another one now.
  const drives = renamed.drives?.map(({ sha256, ...drive }) => {
    const isLonger = sha256 !== undefined && longer.has(drive.file!);
    if (isLonger)
      unpacking.notes.push(`${drive.file}: its sha256 is left out: it has whole sectors now, and had not`);
    return {
      ...drive,
      ...(sha256 !== undefined && !isLonger && { sha256 }),
      ...(drive.format !== undefined && { format: formats.get(drive.file!)! }),
    };
  });
  return { ...renamed, ...(drives && { drives }) } as MachineDescription;
}
