/**
 * The script of the page that `hartware conformance --target browser` serves: it runs the
 * programs on machines of this browser, and tells what each printed. dist/conformance-page.js is
 * not part of the library, which it imports as an application would.
 */
import type { PageAnswer, PageResult, PageStart } from '../../conformance/page.ts';
import { runProgram } from '../../conformance/run.ts';
import { messageOf } from '../../errors.ts';
import { createMachine } from './index.ts';

const status = document.querySelector('[role=status]')!;
const progress = document.querySelector('progress')!;
const list = document.querySelector('ul')!;

async function send<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

async function fetchProgram(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`programs/${name}`);
  if (!response.ok) throw new Error(await response.text());
  return new Uint8Array(await response.arrayBuffer());
}

async function runAll(): Promise<string> {
  const { run, jit, programs } = await send<PageStart>('start', {});
  let answer: PageAnswer = { passed: 0, failed: [] };
  progress.max = programs.length;
  for (const [index, { name, machine }] of programs.entries()) {
    progress.value = index;
    status.textContent = `${index + 1} of ${programs.length}: ${name}`;
    const bytes = await fetchProgram(name);
    const result: Pick<PageResult, 'text' | 'error'> = await runProgram(
      { machine, bytes },
      createMachine,
      jit,
    ).then(
      (text) => ({ text }),
      (error: unknown) => ({ error: messageOf(error) }),
    );
    answer = await send<PageAnswer>('result', { run, program: name, ...result } satisfies PageResult);
    if (result.error !== undefined) throw new Error(`${name}: ${result.error}`);
    list.replaceChildren(...answer.failed.map(itemOf));
  }
  progress.value = programs.length;
  const { passed, failed } = answer;
  return failed.length === 0 ? `All ${passed} checks passed.` : `${passed} checks passed, these did not:`;
}

function itemOf(text: string): HTMLElement {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

const outcome = await runAll().catch((error: unknown) => `Stopped: ${messageOf(error)}`);
status.textContent = outcome;
document.title = `${document.title}: ${outcome}`;
