/** What the host is given to compile. */

/** Runs `run` while each module is compiled from what `replace` makes of its bytes. */
export async function replacingModules<T>(
  replace: (bytes: ArrayBuffer) => ArrayBuffer,
  run: () => T | Promise<T>,
): Promise<T> {
  const { Module } = WebAssembly;
  WebAssembly.Module = class extends Module {
    constructor(bytes: ArrayBuffer) {
      super(replace(bytes));
    }
  } as typeof Module;
  try {
    return await run();
  } finally {
    WebAssembly.Module = Module;
  }
}
