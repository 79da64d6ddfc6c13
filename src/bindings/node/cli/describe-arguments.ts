/** The command line of `hartware describe`. */
import { quote, read, UsageError } from './arguments.ts';

const OPTIONS = {
  resolved: { type: 'boolean' },
  canonical: { type: 'boolean' },
  digest: { type: 'boolean' },
  files: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What of a description is printed. */
const FORMS = ['resolved', 'canonical', 'digest'] as const;

export interface DescribeArguments {
  readonly file: string;
  readonly form: (typeof FORMS)[number];
  /** Whether the files that it names are checked, too. */
  readonly files: boolean;
}

/** Undefined when help is wanted. @throws UsageError */
export function parseDescribe(args: readonly string[]): DescribeArguments | undefined {
  const { values, positionals } = read(args, OPTIONS, 'hartware describe --help');
  if (values.help) return undefined;
  const [file, surplus] = positionals;
  if (file === undefined || surplus !== undefined) {
    const found = surplus === undefined ? 'none' : `${quote(surplus)} as well`;
    throw new UsageError(
      `expected one machine description FILE.json, found ${found}; see "hartware describe --help"`,
    );
  }
  const [form = 'resolved', other] = FORMS.filter((each) => values[each]);
  if (other !== undefined) throw new UsageError(`--${form} and --${other} exclude each other`);
  return { file, form, files: values.files ?? false };
}
