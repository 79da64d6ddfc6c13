/** What `hartware image` prints about images. */
import { chainExtents } from '../../../../disks/chain.ts';
import type { CheckReport, DiskImage, ImageInfo, SnapshotInfo } from '../../../../disks/disk-image.ts';
import { printable } from '../output.ts';

/** A line for each fact. */
export function infoText(name: string, info: ImageInfo): string {
  const rows: [string, string][] = [
    ['image', name],
    ['format', info.format],
    ['disk size', sizeText(info.virtualSize)],
    ['file size', sizeText(info.fileSize)],
  ];
  if (info.clusterSize !== undefined) rows.push(['cluster size', sizeText(info.clusterSize)]);
  if (info.backing) {
    const { reference, format } = info.backing;
    rows.push(['backing image', format ? `${reference} (${format})` : reference]);
  }
  if (info.isDirty) rows.push(['state', 'was not closed properly']);
  for (const { id, name } of info.snapshots ?? []) rows.push(['snapshot', `${id} ${name}`]);
  for (const [key, value] of Object.entries(info.details ?? {})) rows.push([words(key), String(value)]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${`${label}:`.padEnd(width + 2)}${printable(value)}\n`).join('');
}

/** camelCase in words. */
function words(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function sizeText(bytes: number): string {
  const unit = Math.min(4, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const exact = `${bytes} bytes`;
  return unit === 0
    ? exact
    : `${Number((bytes / 2 ** (10 * unit)).toPrecision(4))} ${' KMGT'[unit]}iB (${exact})`;
}

export function checkText(name: string, { errors, errorCount, leaks, repaired }: CheckReport): string {
  const lines = errors.map((error) => `${name}: ${error}`);
  if (errorCount === 0 && leaks === 0) lines.push(`${name}: no errors were found`);
  if (errorCount > 0) lines.push(`${name}: ${errorCount} errors`);
  if (leaks > 0) lines.push(`${name}: ${leaks} leaked clusters, which waste room and do no other harm`);
  if (repaired > 0) lines.push(`${name}: ${repaired} of these were repaired`);
  return `${lines.map(printable).join('\n')}\n`;
}

/** A table of an image's snapshots. */
export function snapshotsText(name: string, snapshots: readonly SnapshotInfo[]): string {
  if (snapshots.length === 0) return `${name} has no snapshots\n`;
  const rows = [
    ['ID', 'Name', 'Made (UTC)', 'Disk size', "Guest's state"],
    ...snapshots.map(({ id, name, time, size, stateSize }) => {
      const made = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
      return [
        printable(id),
        printable(name),
        made,
        sizeText(size),
        stateSize === 0 ? '-' : sizeText(stateSize),
      ];
    }),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The extents of a disk: JSON as `qemu-img map --output=json` prints it, or a table of those with content. */
export async function* mapText(image: DiskImage, json: boolean): AsyncGenerator<string> {
  yield json ? '[' : `${'Offset'.padEnd(16)}${'Length'.padEnd(16)}${'In the file at'.padEnd(16)}File\n`;
  let separator = '';
  for await (const extent of chainExtents(image)) {
    const { offset, length, depth, kind, fileOffset, isCompressed = false } = extent;
    if (json) {
      const entry = {
        start: offset,
        length,
        depth,
        present: kind !== 'absent',
        zero: kind !== 'data',
        data: kind === 'data',
        compressed: isCompressed,
        ...(fileOffset !== undefined && { offset: fileOffset }),
      };
      yield `${separator}${JSON.stringify(entry)}`;
      separator = ',\n';
    } else if (kind === 'data') {
      const place = fileOffset === undefined ? (isCompressed ? 'compressed' : '-') : hex(fileOffset);
      yield `${hex(offset).padEnd(16)}${hex(length).padEnd(16)}${place.padEnd(16)}${printable(extent.image.file.name)}\n`;
    }
  }
  if (json) yield ']\n';
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
