/**
 * The keys that the command takes for itself from a terminal: Ctrl-] and one more.
 * Everything else goes to the guest, Ctrl-C included.
 */

/** Ctrl-]. */
const PREFIX = 0x1d;

export type KeyAction = 'quit' | 'reset' | 'help';

/** Something typed: bytes for the guest, or an action of the command. */
export type KeyEvent = { readonly kind: 'input'; readonly bytes: Uint8Array } | { readonly kind: KeyAction };

const ACTIONS: Readonly<Record<string, KeyAction>> = { q: 'quit', r: 'reset', h: 'help', '?': 'help' };

/** What `help` shows. */
export const KEY_HELP =
  'Ctrl-] q leaves, Ctrl-] r resets the machine, Ctrl-] Ctrl-] sends one Ctrl-], Ctrl-] h shows this line';

/** Finds the keys in what is typed; a combination may come in several pieces. */
export class EscapeKeys {
  private isEscaped = false;

  /** Events in the order in which they were typed. A key that means nothing after Ctrl-] shows the help. */
  *read(bytes: Uint8Array): Generator<KeyEvent> {
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.isEscaped) {
        this.isEscaped = false;
        // The second Ctrl-] is the one to send.
        start = byte === PREFIX ? at : at + 1;
        if (byte !== PREFIX) yield { kind: ACTIONS[String.fromCharCode(byte).toLowerCase()] ?? 'help' };
      } else if (byte === PREFIX) {
        if (at > start) yield { kind: 'input', bytes: bytes.slice(start, at) };
        this.isEscaped = true;
        start = at + 1;
      }
    }
    if (start < bytes.length) yield { kind: 'input', bytes: bytes.slice(start) };
  }
}
