import { describe, expect, it } from 'vitest';
import { IoQueue } from '../../src/machine/io.ts';

const makeQueue = (isVirtual: boolean) => {
  const log: string[] = [];
  const queue = new IoQueue({
    isVirtual,
    requestExit: () => log.push('exit'),
    onChange: () => log.push('change'),
    log: (message) => log.push(message),
  });
  return { queue, io: queue.scheduler('disk'), log };
};

/** A promise to be settled later. */
const later = () => {
  let resolve!: (value: string) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
};
const turn = () => new Promise<void>((done) => setImmediate(done));
const unexpected = (): void => expect.unreachable();

describe.each([false, true])('with a clock that is virtual: %s', (isVirtual) => {
  it('work has the core come back, and ends between two instructions', async () => {
    const { queue, io, log } = makeQueue(isVirtual);
    io.soon(() => log.push('soon'));
    expect([log, queue.isUnderWay]).toEqual([['exit'], true]);
    expect(queue.complete()).toBe(true);
    expect([log, queue.isUnderWay]).toEqual([['exit', 'soon'], false]);
    expect(queue.complete()).toBe(false);
  });

  it('ends begin more work, which ends in the next round', async () => {
    const { queue, io, log } = makeQueue(isVirtual);
    io.soon(() => {
      log.push('first');
      io.soon(() => log.push('second'));
    });
    queue.complete();
    expect(log).toEqual(['exit', 'first', 'exit']);
    await queue.settle();
    expect(log.at(-1)).toBe('second');
  });

  it('failures are told to the device, and what it throws to the log', async () => {
    const { queue, io, log } = makeQueue(isVirtual);
    const work = later();
    io.submit(work.promise, unexpected, (error) => {
      log.push(String(error));
      throw new Error('no such register');
    });
    io.soon(() => log.push('after'));
    work.reject(new Error('bad sector'));
    await queue.settle();
    expect(log.filter((entry) => entry !== 'exit' && entry !== 'change')).toEqual(
      isVirtual
        ? ['Error: bad sector', 'disk: the end of its work failed: no such register', 'after']
        : ['after', 'Error: bad sector', 'disk: the end of its work failed: no such register'],
    );
  });

  it('everybody who waits goes on', async () => {
    const { queue, io } = makeQueue(isVirtual);
    const work = later();
    io.submit(work.promise, () => {}, unexpected);
    const both = Promise.all([queue.settle(), queue.settle()]);
    work.resolve('');
    await both;
    expect(queue.isUnderWay).toBe(false);
  });
});

it("where time is the host's, work ends when the host is done with it", async () => {
  const { queue, io, log } = makeQueue(false);
  const [first, second] = [later(), later()];
  io.submit(first.promise, (value) => log.push(value), unexpected);
  io.submit(second.promise, (value) => log.push(value), unexpected);
  second.resolve('second');
  await turn();
  expect(log).toEqual(['exit', 'exit', 'second', 'change']);
  expect(queue.isUnderWay).toBe(true);
  first.resolve('first');
  await turn();
  expect(log.slice(4)).toEqual(['first', 'change']);
});

it('with a virtual clock work ends in its order, when all of it is done', async () => {
  const { queue, io, log } = makeQueue(true);
  const [first, second] = [later(), later()];
  io.submit(first.promise, (value) => log.push(value), unexpected);
  io.soon(() => log.push('soon'));
  io.submit(second.promise, (value) => log.push(value), unexpected);
  second.resolve('second');
  await turn();
  expect(queue.complete()).toBe(false);
  first.resolve('first');
  await queue.settle();
  expect(log.filter((entry) => entry !== 'exit' && entry !== 'change')).toEqual(['first', 'soon', 'second']);
});
