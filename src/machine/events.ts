/** Subscriptions to what a machine tells: by callback, or as an async iterator. */
import { ArgumentError } from '../errors.ts';
import type { AbortOptions, MachineEvents, Subscription } from './api.ts';

type Listener = (value: never) => void;

/** All that there are. */
export const EVENTS: readonly (keyof MachineEvents)[] = ['state', 'stop', 'reset', 'log'];

export class EventSource {
  private readonly listeners = new Map<keyof MachineEvents, Set<Listener>>();
  private readonly onClose = new Set<() => void>();
  private isClosed = false;

  on<K extends keyof MachineEvents>(
    event: K,
    listener: (value: MachineEvents[K]) => void,
    { signal }: AbortOptions = {},
  ): Subscription {
    if (!EVENTS.includes(event))
      throw new ArgumentError(`expected an event out of ${EVENTS.join(', ')}, found ${String(event)}`);
    if (typeof listener !== 'function')
      throw new ArgumentError(`expected a function that takes the event ${event}, found ${typeof listener}`);
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners);
    // An object of its own, so that a function may be subscribed twice.
    const own: Listener = (value) => listener(value);
    const dispose = (): void => {
      listeners.delete(own);
      signal?.removeEventListener('abort', dispose);
    };
    if (!signal?.aborted && !this.isClosed) {
      listeners.add(own);
      signal?.addEventListener('abort', dispose);
    }
    return { dispose, [Symbol.dispose]: dispose };
  }

  /** The events from now on, none of them lost between two steps; ends with the source, and rejects when aborted. */
  iterate<K extends keyof MachineEvents>(
    event: K,
    { signal }: AbortOptions = {},
  ): AsyncIterableIterator<MachineEvents[K]> {
    const arrived: MachineEvents[K][] = [];
    let isDone = false;
    let wake = (): void => {};
    const onChange = (): void => wake();
    const subscription = this.on(event, (value) => {
      arrived.push(value);
      onChange();
    });
    this.onClose.add(onChange);
    signal?.addEventListener('abort', onChange);
    const end = (): void => {
      isDone = true;
      subscription.dispose();
      this.onClose.delete(onChange);
      signal?.removeEventListener('abort', onChange);
      onChange();
    };
    return {
      next: async () => {
        while (!isDone) {
          if (signal?.aborted) {
            end();
            throw signal.reason;
          }
          if (arrived.length > 0) return { done: false, value: arrived.shift()! };
          if (this.isClosed) end();
          else await new Promise<void>((resolve) => (wake = resolve));
        }
        return { done: true, value: undefined };
      },
      return: async () => {
        end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Tells all subscribers. What one of them throws is its own affair and reaches the host as an unhandled rejection. */
  emit<K extends keyof MachineEvents>(event: K, value: MachineEvents[K]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        (listener as (value: MachineEvents[K]) => void)(value);
      } catch (error) {
        void Promise.reject(error as Error);
      }
    }
  }

  /** Ends iterators and drops subscriptions. */
  close(): void {
    this.isClosed = true;
    this.listeners.clear();
    for (const onClose of [...this.onClose]) onClose();
  }
}
