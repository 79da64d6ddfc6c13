/** A client of 9P2000.L for tests: makes messages, and takes answers apart. */
import { expect } from 'vitest';
import { MessageReader, MessageWriter, RLERROR, TATTACH, TVERSION, TWALK } from '../../src/9p/messages.ts';
import { NinePServer } from '../../src/9p/server.ts';
import type { FileSystemBackend } from '../../src/filesystem/backend.ts';
import { ERRNO, type ErrnoName } from '../../src/filesystem/error.ts';
import { MemoryFileSystem } from '../../src/filesystem/memory.ts';

export const ROOM = 65536;
export const NOTAG = 0xffff;
export const NOFID = 0xffff_ffff;

/** Fields of a message: 32 bits, 64 bits, text, or bytes. */
type Field = number | bigint | string | Uint8Array | { readonly u8: number } | { readonly u16: number };

export function request(type: number, tag: number, ...fields: readonly Field[]): Uint8Array {
  const writer = new MessageWriter();
  const tail: number[] = [];
  for (const field of fields) {
    if (typeof field === 'number') writer.uint32(field);
    else if (typeof field === 'bigint') writer.uint64(field);
    else if (typeof field === 'string') writer.text(field);
    else if (field instanceof Uint8Array) tail.push(...field);
    else if ('u8' in field) writer.uint8(field.u8);
    else writer.uint16(field.u16);
  }
  return Uint8Array.of(...writer.finish(type, tag, tail.length), ...tail);
}

export class Client {
  readonly log: string[] = [];
  readonly server: NinePServer;
  private tag = 0;

  constructor(backend: FileSystemBackend, readOnly = false) {
    this.server = new NinePServer({ backend, readOnly, log: (message) => this.log.push(message) });
  }

  /** One whose session has begun, with the root as fid 0. */
  static async attached(backend: FileSystemBackend, readOnly = false): Promise<Client> {
    const client = new Client(backend, readOnly);
    await client.call(TVERSION, ROOM, '9P2000.L');
    await client.call(TATTACH, 0, NOFID, 'root', '', 0);
    return client;
  }

  /** The answer to a message, all of it; undefined when it was flushed. */
  async send(message: Uint8Array, room = ROOM): Promise<Uint8Array | undefined> {
    const answer = await this.server.answer(message, room);
    if (!answer) return undefined;
    const bytes = Uint8Array.from(answer.flatMap((part) => [...part]));
    expect(new MessageReader(bytes).size).toBe(bytes.length);
    expect(bytes.length).toBeLessThanOrEqual(room);
    return bytes;
  }

  /** The fields of an answer that is no error. */
  async call(type: number, ...fields: readonly Field[]): Promise<MessageReader> {
    const answer = new MessageReader((await this.send(request(type, this.nextTag(), ...fields)))!);
    if (answer.type === RLERROR) throw new Error(`error ${errorName(answer.uint32())}`);
    expect(answer.type).toBe(type + 1);
    return answer;
  }

  /** The name of the error that a request gets. */
  async errorOf(type: number, ...fields: readonly Field[]): Promise<string> {
    const answer = new MessageReader((await this.send(request(type, this.nextTag(), ...fields)))!);
    return answer.type === RLERROR ? errorName(answer.uint32()) : `type ${answer.type}`;
  }

  /** Has `fid` stand for what a path leads to. */
  async walk(fid: number, path: string): Promise<void> {
    const names = path.split('/').filter((name) => name !== '');
    const answer = await this.call(TWALK, 0, fid, { u16: names.length }, ...names);
    if (answer.uint16() < names.length) throw new Error(`there is no ${path}`);
  }

  private nextTag(): number {
    return (this.tag = (this.tag + 1) % 1000);
  }
}

function errorName(number: number): string {
  const names = Object.keys(ERRNO) as ErrnoName[];
  return names.find((name) => ERRNO[name] === number) ?? String(number);
}

export function memoryFiles(): MemoryFileSystem {
  let time = 1_000_000;
  const files = new MemoryFileSystem({ clock: { now: () => time++ } });
  files.writeFile('greeting', 'hello');
  files.writeFile('folder/inner/leaf', 'a leaf');
  return files;
}
