/** Calls between two threads by messages: each side may call what the other one serves. */
import { receiveError, sendError, WorkerError, type SentError } from './error.ts';

/** One end of a line to another thread. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer: readonly ArrayBufferLike[]): void;
}

type Message =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: SentError };

/** What a side serves. A result may say which buffers go with it: they are gone here then. */
export type Services = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A result with buffers that are moved instead of copied. */
export class Moved {
  constructor(
    readonly value: unknown,
    readonly transfer: readonly ArrayBufferLike[],
  ) {}
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class Peer {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private failure: Error | undefined;

  /** @param onPending told whether answers are waited for. */
  constructor(
    private readonly port: MessagePortLike,
    private readonly services: Services,
    private readonly onPending: (isPending: boolean) => void = () => {},
  ) {}

  /** Calls the other side. */
  call<T>(
    method: string,
    args: readonly unknown[] = [],
    transfer: readonly ArrayBufferLike[] = [],
  ): Promise<T> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise<T>((resolve, reject) => {
      const id = this.nextId++;
      this.pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      if (this.pending.size === 1) this.onPending(true);
      try {
        this.post({ type: 'call', id, method, args }, transfer);
      } catch (error) {
        this.take(id);
        reject(error as Error);
      }
    });
  }

  /** Calls the other side without waiting for it. */
  tell(method: string, args: readonly unknown[] = [], transfer: readonly ArrayBufferLike[] = []): void {
    if (!this.failure) this.post({ type: 'call', id: 0, method, args }, transfer);
  }

  /** To be called with each message that arrives. */
  receive(data: unknown): void {
    const message = data as Message;
    switch (message.type) {
      case 'call':
        void this.serve(message.id, message.method, message.args);
        break;
      case 'result':
        this.take(message.id)?.resolve(message.value);
        break;
      case 'error':
        this.take(message.id)?.reject(receiveError(message.error));
    }
  }

  /** The other side is gone: whoever waits for it, or asks it for something, gets this error. */
  fail(error: WorkerError): void {
    this.failure ??= error;
    for (const id of [...this.pending.keys()]) this.take(id)?.reject(error);
  }

  private async serve(id: number, method: string, args: readonly unknown[]): Promise<void> {
    try {
      if (!Object.hasOwn(this.services, method)) throw new WorkerError(`there is no service ${method}`);
      const result = await this.services[method](...(args as never[]));
      if (id === 0) return;
      if (result instanceof Moved) this.post({ type: 'result', id, value: result.value }, result.transfer);
      else this.post({ type: 'result', id, value: result }, []);
    } catch (error) {
      if (id !== 0) this.post({ type: 'error', id, error: sendError(error) }, []);
    }
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (pending && this.pending.size === 0) this.onPending(false);
    return pending;
  }

  private post(message: Message, transfer: readonly ArrayBufferLike[]): void {
    this.port.postMessage(message, transfer);
  }
}
