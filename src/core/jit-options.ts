/** How much of a guest's code is translated, and when. */

export type JitMode = 'on' | 'off' | 'force';

/** How guest code becomes WebAssembly. Nothing here is visible to the guest. */
export interface JitOptions {
  /**
   * `on`: code that is executed often is translated; `off`: all code is interpreted;
   * `force`: all code is translated before its first execution, for tests. Default `on`.
   */
  readonly mode?: JitMode;
  /**
   * `sync`: the machine waits for the host's compiler; `async`: it interprets until the host,
   * on a thread of its own, has compiled. `force` is always synchronous. Default `sync`.
   */
  readonly compile?: 'sync' | 'async';
  /** With `on`, how often control must come to code before it is translated: 1 to 2^24 - 1. Default: what is best. */
  readonly threshold?: number;
}
