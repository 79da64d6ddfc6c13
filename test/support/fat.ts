/** FAT file systems as other programs make them: dosfstools and mtools. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

export interface FatOptions {
  /** Bits of an entry in its table. */
  readonly width: 12 | 16 | 32;
  readonly kilobytes: number;
  /** Paths of files, whose folders are made, too. */
  readonly files: readonly string[];
}

/** Makes an image of one; `/dev/null` is what is in its files. */
export function makeFat(image: string, { width, kilobytes, files }: FatOptions): void {
  const run = (command: string, ...args: string[]): void =>
    void execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  run('mkfs.vfat', '-C', '-F', String(width), image, String(kilobytes));
  const folders = new Set<string>();
  for (const file of files) {
    const above: string[] = [];
    for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) above.unshift(folder);
    for (const folder of above) if (!folders.has(folder)) run('mmd', '-i', image, `::${folder}`);
    above.forEach((folder) => folders.add(folder));
    run('mcopy', '-i', image, '/dev/null', `::${file}`);
  }
}
