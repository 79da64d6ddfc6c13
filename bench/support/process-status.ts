/** What the system knows of a process (Linux, proc(5)). */
import { open, readdir, readFile } from 'node:fs/promises';

const PAGE = 4096;
/** Bits of a /proc/<pid>/pagemap entry that say the page has memory: present, or swapped out. */
const PAGEMAP_HAS_MEMORY = 0xc0;

/** CPU time of all threads that are there, in milliseconds, to the nanosecond. */
export async function cpuTime(pid: number): Promise<number> {
  let nanoseconds = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    // A thread that ended in between has none; it counts no more.
    const schedstat = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
    nanoseconds += Number(schedstat.split(' ')[0]);
  }
  return nanoseconds / 1e6;
}

/** Resident memory in bytes. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const line = /^VmRSS:\s*(\d+) kB$/m.exec(status);
  if (!line) throw new Error(`expected VmRSS in the status of process ${pid}, found none`);
  return Number(line[1]) * 1024;
}

/** Bytes that have memory behind them in a mapping that ends with `size` bytes of guest RAM. */
export interface LinearMemory {
  /** Of the part before guest RAM. */
  readonly core: number;
  readonly guest: number;
}

/**
 * The linear memory of the one machine in process `pid`: the smallest private mapping
 * that holds `size` bytes of guest RAM and at most 64 MiB of the core's own before it.
 */
export async function linearMemory(pid: number, size: number): Promise<LinearMemory> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  const mappings = [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw-p 0+ 00:00 0\s*$/gm)]
    .map(([, start, end]) => ({ start: parseInt(start, 16), end: parseInt(end, 16) }))
    .filter(({ start, end }) => end - start > size && end - start <= size + 64 * 2 ** 20)
    .sort((a, b) => a.end - a.start - (b.end - b.start));
  if (mappings.length === 0)
    throw new Error(`expected a mapping of ${size} bytes and the core's own, found none`);
  const { start, end } = mappings[0];
  const pagemap = await open(`/proc/${pid}/pagemap`);
  try {
    const entries = Buffer.alloc(((end - start) / PAGE) * 8);
    const { bytesRead } = await pagemap.read(entries, 0, entries.length, (start / PAGE) * 8);
    if (bytesRead !== entries.length)
      throw new Error(`expected ${entries.length} bytes of pagemap, found ${bytesRead}`);
    let core = 0;
    let guest = 0;
    for (let page = 0; page < entries.length / 8; page++) {
      if ((entries[page * 8 + 7] & PAGEMAP_HAS_MEMORY) === 0) continue;
      if (start + page * PAGE < end - size) core += PAGE;
      else guest += PAGE;
    }
    return { core, guest };
  } finally {
    await pagemap.close();
  }
}
