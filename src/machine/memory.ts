/** Guest RAM for an embedder that may be on another thread. */
import { ArgumentError } from '../errors.ts';
import type { GuestMemory } from '../memory.ts';
import type { MachineMemory } from './api.ts';

export class LocalMemory implements MachineMemory {
  readonly base: number;
  readonly size: number;

  /** @param check throws when the memory is not to be had any more. */
  constructor(
    private readonly ram: GuestMemory,
    private readonly check: () => void,
  ) {
    this.base = ram.base;
    this.size = ram.size;
  }

  async read(address: bigint | number, length: number): Promise<Uint8Array> {
    this.check();
    if (!Number.isSafeInteger(length) || length < 0)
      throw new ArgumentError(`expected a length in bytes, found ${String(length)}`);
    return this.ram.view(checkAddress(address), length).slice();
  }

  async write(address: bigint | number, bytes: Uint8Array): Promise<void> {
    this.check();
    if (!(bytes instanceof Uint8Array))
      throw new ArgumentError(`expected bytes as a Uint8Array, found ${typeof bytes}`);
    this.ram.write(checkAddress(address), bytes);
  }
}

function checkAddress(address: bigint | number): bigint | number {
  if (typeof address === 'bigint' || Number.isSafeInteger(address)) return address;
  throw new ArgumentError(`expected an address, found ${String(address)}`);
}
