/** Comparing the metadata of a dynamic or differencing VHD with itself. */
import type { CheckReport, WorkOptions } from '../disk-image.ts';
import { Findings } from '../findings.ts';
import { FOOTER_SIZE, isFooter, SECTOR, viewOf } from './footer.ts';
import { HEADER_SIZE, tableEnd } from './header.ts';
import { NO_BLOCK, type SparseVhd } from './sparse.ts';

const CHUNK = 65536;

/** What the table of an image refers to. */
interface Survey {
  readonly findings: Findings;
  /** Where entries lie in the file that refer to what cannot be a block. */
  readonly outside: number[];
  /** Where what is in use ends. */
  end: number;
}

/** Reads the whole table; memory is needed for blocks that there are, not for those that there could be. */
export async function surveyBlocks(
  image: SparseVhd,
  { signal, progress }: WorkOptions = {},
): Promise<Survey> {
  const { file, header } = image;
  const stride = image.bitmapSize + image.clusterSize;
  const findings = new Findings();
  const survey: Survey = { findings, outside: [], end: metadataEnd(image) };
  let found = new Uint32Array(1024);
  let count = 0;
  // More blocks than this overlap, whatever else they do.
  const most = Math.ceil(image.end / stride);
  const length = image.blocks * 4;
  const buffer = new Uint8Array(CHUNK);
  for (let at = 0; at < length; at += CHUNK) {
    signal?.throwIfAborted();
    progress?.(at, length);
    const chunk = buffer.subarray(0, Math.min(CHUNK, length - at));
    await file.read(header.tableOffset + at, chunk);
    const view = viewOf(chunk);
    for (let i = 0; i < chunk.length; i += 4) {
      const value = view.getUint32(i);
      if (value === NO_BLOCK) continue;
      const entry = header.tableOffset + at + i;
      if (image.isOutside(value * SECTOR)) {
        findings.error(
          `the entry at offset ${entry} names a block at ${value * SECTOR}, not among the blocks`,
        );
        if (survey.outside.length < image.blocks) survey.outside.push(entry);
        continue;
      }
      if (count === found.length) {
        if (count > most) {
          findings.error(`more blocks are named than the file has room for: they overlap`);
          return survey;
        }
        const more = new Uint32Array(count * 2);
        more.set(found);
        found = more;
      }
      found[count++] = value;
    }
  }
  found = found.subarray(0, count).sort();
  for (let i = 0; i < count; i++) {
    const start = found[i]! * SECTOR;
    if (i === 0) continue;
    const gap = start - (found[i - 1]! * SECTOR + stride);
    if (gap < 0) findings.error(`the blocks at ${found[i - 1]! * SECTOR} and ${start} overlap`);
    else findings.leaks += Math.floor(gap / stride);
  }
  if (count > 0) survey.end = Math.max(survey.end, found[count - 1]! * SECTOR + stride);
  findings.leaks += Math.floor((image.end - survey.end) / stride);
  return survey;
}

/** Where the last of header, table and names of the parent ends. */
function metadataEnd({ footer, header }: SparseVhd): number {
  let end = Math.max(footer.headerOffset + HEADER_SIZE, tableEnd(header));
  for (const { offset, length } of header.locators)
    end = Math.max(end, Math.ceil((offset + length) / SECTOR) * SECTOR);
  return end;
}

export async function checkSparseVhd(
  image: SparseVhd,
  { repair, ...work }: WorkOptions & { readonly repair?: 'leaks' | 'all' },
): Promise<CheckReport> {
  const { file } = image;
  const survey = await surveyBlocks(image, work);
  const { findings } = survey;
  let repaired = 0;
  if (repair === 'all') {
    // What such a block had is lost; without it, the disk can be written to.
    for (const entry of survey.outside) await file.write(entry, new Uint8Array(4).fill(0xff));
    repaired += survey.outside.length;
  }
  for (const [offset, what] of [
    [image.end, 'the footer'],
    [0, 'the copy of the footer'],
  ] as const) {
    if (await hasFooter(image, offset)) continue;
    findings.error(`${what} at offset ${offset} is damaged or differs`);
    if (repair !== 'all') continue;
    await file.write(offset, image.footer.bytes);
    repaired++;
  }
  if (repair && survey.end < image.end && findings.errorCount - survey.outside.length <= repaired) {
    const cut = Math.floor((image.end - survey.end) / (image.bitmapSize + image.clusterSize));
    await file.flush();
    await file.write(survey.end, image.footer.bytes);
    await file.flush();
    await file.truncate(survey.end + FOOTER_SIZE);
    image.end = survey.end;
    repaired += cut;
  }
  if (repair) {
    await file.flush();
    image.forgetTables();
  }
  return findings.report(repaired);
}

/** Whether the footer that counts lies at `offset`, too. */
async function hasFooter(image: SparseVhd, offset: number): Promise<boolean> {
  if (offset + FOOTER_SIZE > image.file.size) return false;
  const bytes = new Uint8Array(FOOTER_SIZE);
  await image.file.read(offset, bytes);
  return isFooter(bytes) && bytes.every((byte, i) => byte === image.footer.bytes[i]);
}
