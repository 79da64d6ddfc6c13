/** Comparing the metadata of a VHDX with itself. */
import type { CheckReport, WorkOptions } from '../disk-image.ts';
import { Findings } from '../findings.ts';
import { BITMAP_SIZE, decodeEntry, ENTRY_SIZE, isStored, STATE } from './block-table.ts';
import { MIB, viewOf } from './header.ts';
import type { VhdxImage } from './image.ts';

const CHUNK = 65536;
/** MiB that QEMU leaves in front of the first block. */
const ROOM = 4;

interface Survey {
  readonly findings: Findings;
  /** Indexes of entries that refer to what cannot be a block. */
  readonly faulty: number[];
  /** Where what is in use ends. */
  end: number;
  /** Bytes that nothing uses. */
  unused: number;
}

/** Reads the whole table; memory is needed for blocks that there are, not for those that there could be. */
export async function surveyTable(image: VhdxImage, { signal, progress }: WorkOptions = {}): Promise<Survey> {
  const { file, table, regions } = image;
  const { hasParent, blockSize } = image.metadata;
  const { layout } = table;
  const findings = new Findings();
  const survey: Survey = { findings, faulty: [], end: MIB, unused: 0 };
  // In MiB: a number of 32 bits holds more than any file system.
  const starts = new Numbers();
  const bitmaps = new Numbers();
  const most = Math.ceil(image.end / MIB);
  const entries = layout.entriesOf(image.size, hasParent);
  const buffer = new Uint8Array(CHUNK);
  const perChunk = CHUNK / ENTRY_SIZE;
  for (let first = 0; first < entries; first += perChunk) {
    signal?.throwIfAborted();
    progress?.(first, entries);
    const chunk = buffer.subarray(0, Math.min(perChunk, entries - first) * ENTRY_SIZE);
    await file.read(table.offsetOf(first), chunk);
    const view = viewOf(chunk);
    for (let i = 0; i < chunk.length / ENTRY_SIZE; i++) {
      const index = first + i;
      const entry = decodeEntry(view, i * ENTRY_SIZE);
      if (entry.state === STATE.notPresent) continue;
      const isBitmap = (index + 1) % (layout.ratio + 1) === 0;
      // Without a parent, entries of bitmaps mean nothing.
      if (isBitmap && !hasParent) continue;
      const isStrange = isBitmap
        ? entry.state !== STATE.present
        : entry.state === STATE.partial && !hasParent;
      const fault = isStrange
        ? `the state ${entry.state} is not one of ${isBitmap ? 'a bitmap' : 'a block without a parent'}`
        : table.fault(entry, isBitmap ? BITMAP_SIZE : table.lengthOf(layout.blockOf(index)));
      if (fault) {
        findings.error(`${fault} (entry at offset ${table.offsetOf(index)})`);
        survey.faulty.push(index);
      } else if (isStored(entry.state)) {
        (isBitmap ? bitmaps : starts).add(entry.offset / MIB);
      }
    }
    if (starts.count + bitmaps.count > most) {
      findings.error('more blocks are named than the file has room for: they overlap');
      return survey;
    }
  }
  const blockMiB = blockSize / MIB;
  const used: (readonly [start: number, length: number])[] = regions.reserved.map(
    ({ offset, length }) => [offset / MIB, length / MIB] as const,
  );
  const payload = starts.sorted();
  const bits = bitmaps.sorted();
  let end = 1;
  let unused = 0;
  // Room in front of the first block is how the image was laid out, and no leak.
  const first = Math.min(payload[0] ?? Infinity, bits[0] ?? Infinity);
  used.sort((a, b) => a[0] - b[0]);
  const take = (start: number, length: number): void => {
    if (start < end) findings.error(`blocks overlap at ${start * MIB}`);
    else if (start > first) unused += start - end;
    end = Math.max(end, start + length);
  };
  // Three lists, each in order, taken in the order of all.
  for (let [p, b, u] = [0, 0, 0]; ;) {
    const next = Math.min(payload[p] ?? Infinity, bits[b] ?? Infinity, used[u]?.[0] ?? Infinity);
    if (next === Infinity) break;
    if (payload[p] === next) {
      take(next, blockMiB);
      p++;
    } else if (bits[b] === next) {
      take(next, BITMAP_SIZE / MIB);
      b++;
    } else {
      take(next, used[u]![1]);
      u++;
    }
  }
  if (first === Infinity) end = Math.min(end + ROOM, most);
  survey.end = end * MIB;
  survey.unused = unused * MIB + Math.max(0, image.end - survey.end);
  return survey;
}

/** Numbers of 32 bits, as many as come. */
class Numbers {
  count = 0;
  private values = new Uint32Array(1024);

  add(value: number): void {
    if (this.count === this.values.length) {
      const more = new Uint32Array(this.count * 2);
      more.set(this.values);
      this.values = more;
    }
    this.values[this.count++] = value;
  }

  sorted(): Uint32Array {
    return this.values.subarray(0, this.count).sort();
  }
}

export async function checkVhdx(
  image: VhdxImage,
  { repair, ...work }: WorkOptions & { readonly repair?: 'leaks' | 'all' },
): Promise<CheckReport> {
  const { file, headers, regions } = image;
  const survey = await surveyTable(image, work);
  const { findings } = survey;
  const inTable = findings.errorCount;
  let repaired = 0;
  if (repair === 'all' && survey.faulty.length > 0) {
    // What such a block had is lost; without it, the disk can be written to.
    for (const index of survey.faulty) {
      await image.patch([{ offset: image.table.offsetOf(index), bytes: new Uint8Array(ENTRY_SIZE) }]);
      await image.limitDirty();
    }
    await image.flush();
    repaired += survey.faulty.length;
  }
  if (!headers.areIntact) {
    findings.error('one of the two headers is damaged');
    if (repair === 'all') {
      await headers.update({});
      repaired++;
    }
  }
  for (const offset of regions.damaged) {
    findings.error(`the region table at offset ${offset} is damaged`);
    if (repair === 'all') {
      await file.write(offset, regions.bytes);
      await file.flush();
      repaired++;
    }
  }
  if (repair === 'all') regions.damaged = [];
  findings.leaks = Math.floor(survey.unused / image.clusterSize);
  if (
    repair &&
    survey.end < image.end &&
    inTable === survey.faulty.length &&
    findings.errorCount === repaired
  ) {
    await file.truncate(survey.end);
    await file.flush();
    repaired += Math.floor((image.end - survey.end) / image.clusterSize);
    image.end = survey.end;
  }
  return findings.report(repaired);
}
