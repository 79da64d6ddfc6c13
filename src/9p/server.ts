/**
 * A server of 9P2000.L for one connection: takes messages, and answers each. Requests are carried
 * out several at a time; see `Turns`. Everything in a message is a guest's: what is wrong with it
 * becomes Rlerror.
 *
 * Left out on purpose: 9P2000 and 9P2000.u; authentication, which the host has no users for;
 * extended attributes.
 */
import { messageOf } from '../errors.ts';
import type { FileSystemBackend } from '../filesystem/backend.ts';
import { ERRNO, errnoNameOf, FileSystemError } from '../filesystem/error.ts';
import { getattr, setattr, statfs, xattr } from './attributes.ts';
import { fsync, getlock, lcreate, lock, lopen, read, readdir, write } from './files.ts';
import { Listings } from './listing.ts';
import * as messages from './messages.ts';
import { MessageReader, MessageWriter, RLERROR, TFLUSH, TVERSION } from './messages.ts';
import { Session, type Operation } from './session.ts';
import {
  attach,
  clunk,
  link,
  mkdir,
  mknod,
  readlink,
  remove,
  rename,
  renameat,
  symlink,
  unlinkat,
  walk,
} from './tree.ts';
import { Turns } from './turns.ts';

/** The most bytes of a message, header included; Linux has no longer ones over virtio. */
export const MAX_MESSAGE = 512 * 1024;
/** What Linux wants at least. */
const MIN_MESSAGE = 4096;
const VERSION = '9P2000.L';

export interface NinePOptions {
  readonly backend: FileSystemBackend;
  /** Whether guests may only read, whatever the backend lets them. */
  readonly readOnly: boolean;
  /** Takes what backends throw that has no error number. */
  readonly log: (message: string) => void;
}

/** An answer in parts, or undefined where the request was flushed before it began. */
export type Answer = readonly Uint8Array[] | undefined;

interface Request {
  readonly tag: number;
  readonly answer: Promise<Answer>;
  settle(answer: Answer): void;
}

export class NinePServer {
  private readonly session: Session;
  private readonly log: (message: string) => void;
  private readonly turns = new Turns();
  private readonly requests = new Set<Request>();
  private readonly operations: Readonly<Record<number, Operation>>;

  constructor({ backend, readOnly, log }: NinePOptions) {
    this.session = new Session(backend, readOnly || backend.readOnly);
    this.log = log;
    this.operations = {
      [messages.TSTATFS]: statfs,
      [messages.TLOPEN]: lopen,
      [messages.TLCREATE]: lcreate,
      [messages.TSYMLINK]: symlink,
      [messages.TMKNOD]: mknod,
      [messages.TRENAME]: rename,
      [messages.TREADLINK]: readlink,
      [messages.TGETATTR]: getattr,
      [messages.TSETATTR]: setattr,
      [messages.TXATTRWALK]: xattr,
      [messages.TXATTRCREATE]: xattr,
      [messages.TREADDIR]: readdir(new Listings()),
      [messages.TFSYNC]: fsync,
      [messages.TLOCK]: lock,
      [messages.TGETLOCK]: getlock,
      [messages.TLINK]: link,
      [messages.TMKDIR]: mkdir,
      [messages.TRENAMEAT]: renameat,
      [messages.TUNLINKAT]: unlinkat,
      [messages.TVERSION]: version,
      [messages.TATTACH]: attach,
      [messages.TWALK]: walk,
      [messages.TREAD]: read,
      [messages.TWRITE]: write,
      [messages.TCLUNK]: clunk,
      [messages.TREMOVE]: remove,
    };
  }

  /**
   * Carries out a request. Never rejects.
   * @param bytes at least a header; used until there is an answer.
   * @param room bytes that the answer may have, at least `ERROR_SIZE`.
   */
  answer(bytes: Uint8Array, room: number): Promise<Answer> {
    const message = new MessageReader(bytes);
    const request = this.begin(message.tag);
    void this.carryOut(request, message, room).then((answer) => {
      this.requests.delete(request);
      request.settle(answer);
    });
    return request.answer;
  }

  /** Ends the connection: what waits is dropped, and all files are closed when the rest has ended. */
  async reset(): Promise<void> {
    for (const request of this.requests) this.flush(request);
    await this.turns.take(this, true, async () => {
      this.session.messageSize = 0;
      await this.session.clear();
    });
  }

  private begin(tag: number): Request {
    let settle!: (answer: Answer) => void;
    const answer = new Promise<Answer>((resolve) => (settle = resolve));
    const request: Request = { tag, answer, settle };
    this.requests.add(request);
    return request;
  }

  /** A request that has not begun never will. */
  private flush(request: Request): void {
    if (!this.turns.cancel(request)) return;
    this.requests.delete(request);
    request.settle(undefined);
  }

  private async carryOut(request: Request, message: MessageReader, room: number): Promise<Answer> {
    const { tag, type } = message;
    try {
      message.trim();
      if (type === TFLUSH) return await this.answerFlush(request, message);
      const operation = Object.hasOwn(this.operations, type) ? this.operations[type] : undefined;
      if (!operation) throw new FileSystemError('EOPNOTSUPP');
      return await this.turns.take(request, operation.isAlone ?? false, () =>
        this.perform(operation, message, room),
      );
    } catch (error) {
      return [new MessageWriter().uint32(this.errnoOf(error)).finish(RLERROR, tag)];
    }
  }

  private async perform(operation: Operation, message: MessageReader, room: number): Promise<Answer> {
    const { session } = this;
    const { type, tag, size } = message;
    if (type !== TVERSION) {
      if (session.messageSize === 0) throw new FileSystemError('EPROTO');
      if (size > session.messageSize) throw new FileSystemError('EMSGSIZE');
      if (operation.isChange && session.readOnly) throw new FileSystemError('EROFS');
    }
    const limit = type === TVERSION ? room : Math.min(room, session.messageSize);
    const { fields = new MessageWriter(), data } = await operation.perform(session, message, limit);
    if (fields.length + (data?.length ?? 0) > limit) throw new FileSystemError('EMSGSIZE');
    const head = fields.finish(type + 1, tag, data?.length);
    return data ? [head, data] : [head];
  }

  /** flush(5): what was flushed is answered before this is, or never. */
  private async answerFlush(request: Request, message: MessageReader): Promise<Answer> {
    const { tag } = message;
    const oldTag = message.uint16();
    const flushed = [...this.requests].filter((other) => other.tag === oldTag && other !== request);
    for (const other of flushed) this.flush(other);
    for (const other of flushed) await other.answer;
    return [new MessageWriter().finish(TFLUSH + 1, tag)];
  }

  private errnoOf(error: unknown): number {
    const name = errnoNameOf(error);
    if (name === undefined) this.log(`a shared folder failed: ${messageOf(error)}`);
    return ERRNO[name ?? 'EIO'];
  }
}

/** Begins a session: all fids go (version(5)). */
const version: Operation = {
  isAlone: true,
  async perform(session, message) {
    const wanted = message.uint32();
    const name = message.text();
    await session.clear();
    session.messageSize = 0;
    if (wanted < MIN_MESSAGE) throw new FileSystemError('EMSGSIZE');
    const size = Math.min(wanted, MAX_MESSAGE);
    // version(5): a version that is not known is answered with this, and nothing begins.
    if (name === VERSION) session.messageSize = size;
    return { fields: new MessageWriter().uint32(size).text(name === VERSION ? VERSION : 'unknown') };
  },
};
