/** Makes the disk before the tests that boot it, where the cache does not have it. */
import { obtainDebianDisk } from '../../tools/debian-disk/disk.ts';
import { hasTools } from './tools.ts';

export default async function setup(): Promise<void> {
  if (hasTools) await obtainDebianDisk({ report: console.log });
}
