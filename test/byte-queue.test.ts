import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../src/byte-queue.ts';

describe('ByteQueue', () => {
  it('keeps order across its end and takes no more than its capacity', () => {
    const queue = new ByteQueue(5);
    expect(queue.push(Uint8Array.of(1, 2, 3))).toBe(3);
    expect(queue.shift()).toBe(1);
    expect([...queue.take(1)]).toEqual([2]);
    expect(queue.push(Uint8Array.of(4, 5, 6, 7, 8, 9))).toBe(4);
    expect(queue.space).toBe(0);
    expect(queue.push(Uint8Array.of(1))).toBe(0);
    expect([...queue.take(99)]).toEqual([3, 4, 5, 6, 7]);
    expect(queue.length).toBe(0);
    expect(queue.shift()).toBe(-1);
  });

  it('is empty after clear', () => {
    const queue = new ByteQueue(2);
    queue.push(Uint8Array.of(1));
    queue.clear();
    expect(queue.shift()).toBe(-1);
    expect(queue.space).toBe(2);
  });
});
