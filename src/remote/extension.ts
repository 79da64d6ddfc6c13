/** Modules of embedders for the thread of a machine. */
import { ArgumentError, messageOf } from '../errors.ts';
import type { MachineExtension } from '../machine/host-options.ts';

/** Where a module for the machine's thread is. */
export interface ExtensionSource {
  /** The module. Its default export is a `MachineExtension`, or a function that makes one of `data`. */
  readonly url:
    | string
    | {
        /** As of a `URL`, which this may be. */
        readonly href: string;
      };
  /** Plain data for that function. */
  readonly data?: unknown;
}

export function urlOf({ url }: ExtensionSource): string {
  return typeof url === 'string' ? url : url.href;
}

/** @throws ArgumentError when the module cannot be loaded, or has no such export. */
export async function loadExtension(source: ExtensionSource): Promise<MachineExtension> {
  const { data } = source;
  const url = urlOf(source);
  let module: { readonly default?: unknown };
  try {
    module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as typeof module;
  } catch (error) {
    const reason = messageOf(error);
    throw new ArgumentError(`the extension ${url} cannot be loaded: ${reason}`, { cause: error });
  }
  const made: unknown = typeof module.default === 'function' ? await module.default(data) : module.default;
  if (typeof made === 'object' && made !== null) return made;
  throw new ArgumentError(
    `the extension ${url}: expected a default export that is { devices, sbi } or makes it, found ${typeof made}`,
  );
}
