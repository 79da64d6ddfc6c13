/** Names and addresses of a machine's kernel and firmware. */
import { ArgumentError } from '../errors.ts';
import type { GuestSymbol, Location, Symbols } from './api.ts';

export class SymbolTable implements Symbols {
  private byName = new Map<string, GuestSymbol>();
  private byAddress: GuestSymbol[] = [];

  /** Replaces all symbols; of those with the same name the first counts. */
  set(symbols: readonly GuestSymbol[]): void {
    this.byName = new Map([...symbols].reverse().map((symbol) => [symbol.name, symbol]));
    // Where some share an address, functions and objects come last, so that they are found.
    const rank = ({ kind }: GuestSymbol): number => (kind === 'other' ? 0 : 1);
    this.byAddress = [...symbols].sort((a, b) =>
      a.address < b.address ? -1 : a.address > b.address ? 1 : rank(a) - rank(b),
    );
  }

  get(name: string): GuestSymbol | undefined {
    return this.byName.get(name);
  }

  async find(name: string): Promise<GuestSymbol | undefined> {
    return this.get(name);
  }

  async at(address: bigint | number): Promise<GuestSymbol | undefined> {
    const place = BigInt(address);
    let low = 0;
    let high = this.byAddress.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.byAddress[middle].address <= place) low = middle + 1;
      else high = middle;
    }
    // One that ends before may lie within another that reaches so far.
    for (let index = low - 1; index >= 0 && index >= low - NESTING; index--) {
      const symbol = this.byAddress[index];
      if (symbol.size === 0 ? index === low - 1 : place < symbol.address + BigInt(symbol.size)) return symbol;
    }
    return undefined;
  }

  async list(): Promise<readonly GuestSymbol[]> {
    return this.byAddress;
  }

  /**
   * The address that `location` says.
   * @throws ArgumentError when there is no such symbol, or it is no address.
   */
  resolve(location: Location): bigint {
    if (typeof location === 'bigint') return BigInt.asUintN(64, location);
    if (typeof location === 'number') {
      if (Number.isSafeInteger(location) && location >= 0) return BigInt(location);
      throw new ArgumentError(`expected an address, found ${location}`);
    }
    const form = typeof location === 'string' ? /^(.+?)(?:\+(0x[0-9a-f]+|\d+))?$/i.exec(location) : null;
    const symbol = this.byName.get(String(location)) ?? (form ? this.byName.get(form[1]) : undefined);
    if (!form || !symbol) {
      const found = typeof location === 'string' ? JSON.stringify(location) : typeof location;
      const known = this.byName.size === 0 ? 'the boot files have no symbols' : 'there is none of that name';
      throw new ArgumentError(`expected an address or a symbol, found ${found}: ${known}`);
    }
    const offset = symbol.name === location ? 0n : BigInt(form[2] ?? 0);
    return BigInt.asUintN(64, symbol.address + offset);
  }
}

/** How many symbols may begin and end within another one that is still found. */
const NESTING = 16;
