/**
 * The parts of the platform that Node and browsers share and src/ uses:
 * WebAssembly, streams, messages, text encoding, decompression. The libraries of
 * TypeScript have them only together with the DOM.
 */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  type Imports = Record<string, Record<string, unknown>>;
  function validate(bytes: Uint8Array | ArrayBuffer): boolean;
  function compile(bytes: Uint8Array | ArrayBuffer): Promise<Module>;
  class Module {
    constructor(bytes: Uint8Array | ArrayBuffer);
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Table {
    constructor(descriptor: { element: 'anyfunc'; initial: number; maximum?: number });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    grow(slots: number): number;
  }
  class Global {
    value: number;
  }
}

interface ReadableStreamDefaultController<R> {
  enqueue(chunk: R): void;
  close(): void;
}

interface ReadableStreamDefaultReader<R> {
  read(): Promise<{ done: false; value: R } | { done: true; value: undefined }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

declare class ReadableStream<R> {
  constructor(
    source: {
      start?(controller: ReadableStreamDefaultController<R>): void;
      pull?(controller: ReadableStreamDefaultController<R>): void | Promise<void>;
      cancel?(reason: unknown): void;
    },
    strategy?: { highWaterMark?: number },
  );
  readonly locked: boolean;
  getReader(): ReadableStreamDefaultReader<R>;
  pipeThrough<T>(transform: { readable: ReadableStream<T>; writable: WritableStream<R> }): ReadableStream<T>;
}

interface WritableStreamDefaultWriter<W> {
  write(chunk: W): Promise<void>;
  close(): Promise<void>;
  releaseLock(): void;
}

declare class WritableStream<W> {
  constructor(sink: { write?(chunk: W): void | Promise<void>; close?(): void | Promise<void> });
  getWriter(): WritableStreamDefaultWriter<W>;
}

declare class MessageChannel {
  readonly port1: {
    postMessage(message: unknown, transfer: readonly ArrayBufferLike[]): void;
    close(): void;
  };
}

declare class DecompressionStream {
  constructor(format: 'gzip' | 'deflate' | 'deflate-raw');
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

declare class TextDecoder {
  constructor(encoding?: string, options?: { fatal?: boolean });
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
