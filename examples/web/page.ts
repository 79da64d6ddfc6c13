/** Small helpers for the elements of the page. */

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

let hiding: ReturnType<typeof setTimeout> | undefined;

/** Says what went wrong, in one sentence, for some seconds. */
export function complain(error: unknown): void {
  const message = element('message');
  message.textContent = error instanceof Error ? error.message : String(error);
  message.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (message.hidden = true), 10_000);
}

/** Calls `action` at each click; what fails is shown. */
export function onClick(id: string, action: () => Promise<unknown>): void {
  element(id).addEventListener('click', () => void action().catch(complain));
}
