/** The command line of `hartware conformance`. */
import type { JitMode } from '../../../../index.ts';
import { InterchangeError } from '../../../../interchange/error.ts';
import { splitCommand } from '../../../../interchange/shell.ts';
import { JIT_MODES, oneOf, quote, read, UsageError } from '../arguments.ts';

const TARGETS = ['here', 'browser', 'qemu'] as const;
type Target = (typeof TARGETS)[number];

export interface ConformanceArguments {
  /** What is checked: a machine in this process, one in a browser, or QEMU's board. */
  readonly target: Target;
  /** The command that is QEMU. */
  readonly qemu: string;
  /** The command that opens a page in a browser. Default: the user opens it. */
  readonly browser?: readonly [string, ...string[]];
  /** Where the page for the browser is served; 0 for any port that is free. */
  readonly port: number;
  /** Names of programs. Default all. */
  readonly only?: readonly string[];
  readonly jit?: JitMode;
  readonly json: boolean;
}

const OPTIONS = {
  target: { type: 'string' },
  qemu: { type: 'string' },
  browser: { type: 'string' },
  port: { type: 'string' },
  only: { type: 'string' },
  jit: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Options that not every target has. */
const OWNERS: Readonly<Record<'qemu' | 'browser' | 'port' | 'jit', readonly Target[]>> = {
  qemu: ['qemu'],
  browser: ['browser'],
  port: ['browser'],
  jit: ['here', 'browser'],
};

const DEFAULT_QEMU = 'qemu-system-riscv64';
const LAST_PORT = 65535;

/** Undefined for `--help`. @throws UsageError */
export function parseConformance(args: readonly string[]): ConformanceArguments | undefined {
  const { values, positionals } = read(args, OPTIONS, 'hartware conformance --help');
  if (values.help) return undefined;
  if (positionals.length > 0)
    throw new UsageError(
      `expected options alone, found "${positionals[0]}"; see "hartware conformance --help"`,
    );
  const target = oneOf('--target', values.target ?? 'here', TARGETS);
  for (const [name, owners] of Object.entries(OWNERS)) {
    if (values[name as keyof typeof OWNERS] !== undefined && !owners.includes(target))
      throw new UsageError(`--${name} belongs to --target ${owners.join(' or ')}`);
  }
  return {
    target,
    qemu: values.qemu ?? DEFAULT_QEMU,
    browser: values.browser === undefined ? undefined : parseBrowser(values.browser),
    port: values.port === undefined ? 0 : parsePort(values.port),
    only: values.only?.split(','),
    jit: values.jit === undefined ? undefined : oneOf('--jit', values.jit, JIT_MODES),
    json: values.json ?? false,
  };
}

function parseBrowser(text: string): readonly [string, ...string[]] {
  try {
    const [command, ...args] = splitCommand(text);
    if (command) return [command, ...args];
  } catch (error) {
    if (!(error instanceof InterchangeError)) throw error;
    throw new UsageError(`--browser: ${error.message}`);
  }
  throw new UsageError(`--browser: expected a command, found ${quote(text)}`);
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= LAST_PORT) return Number(text);
  throw new UsageError(`--port: expected a whole number from 0 to ${LAST_PORT}, found ${quote(text)}`);
}
