/** The command line of `hartware conformance`. */
import type { JitMode } from '../../../../index.ts';
import { JIT_MODES, oneOf, read, UsageError } from '../arguments.ts';

export interface ConformanceArguments {
  /** What is checked: a machine in this process, or QEMU's board. */
  readonly target: 'here' | 'qemu';
  /** The command that is QEMU. */
  readonly qemu: string;
  /** Names of programs. Default all. */
  readonly only?: readonly string[];
  readonly jit?: JitMode;
  readonly json: boolean;
}

const OPTIONS = {
  target: { type: 'string' },
  qemu: { type: 'string' },
  only: { type: 'string' },
  jit: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_QEMU = 'qemu-system-riscv64';

/** Undefined for `--help`. @throws UsageError */
export function parseConformance(args: readonly string[]): ConformanceArguments | undefined {
  const { values, positionals } = read(args, OPTIONS, 'hartware conformance --help');
  if (values.help) return undefined;
  if (positionals.length > 0)
    throw new UsageError(
      `expected options alone, found "${positionals[0]}"; see "hartware conformance --help"`,
    );
  const target = oneOf('--target', values.target ?? 'here', ['here', 'qemu']);
  const [foreign, owner] = target === 'here' ? (['qemu', 'qemu'] as const) : (['jit', 'here'] as const);
  if (values[foreign] !== undefined) throw new UsageError(`--${foreign} belongs to --target ${owner}`);
  return {
    target,
    qemu: values.qemu ?? DEFAULT_QEMU,
    only: values.only?.split(','),
    jit: values.jit === undefined ? undefined : oneOf('--jit', values.jit, JIT_MODES),
    json: values.json ?? false,
  };
}
