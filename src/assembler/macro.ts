/**
 * Macros and repetitions, before anything is assembled: `.macro` to `.endm`, `.rept` and `.irp`
 * to `.endr`, as in GNU as. `\name` in a body is an argument, `\@` counts the uses of macros,
 * `\()` separates. Arguments are separated by commas.
 */
import { AssemblyError } from './error.ts';
import { at, splitOperands, type SourceLine } from './source-line.ts';

interface Parameter {
  readonly name: string;
  readonly fallback: string;
  readonly isRequired: boolean;
  /** Takes the rest of the line, commas and all. */
  readonly isRest: boolean;
}

interface Macro {
  readonly parameters: readonly Parameter[];
  readonly body: readonly SourceLine[];
}

/** Statements of a program and uses of macros in it: more is a mistake. */
const MOST_STEPS = 1_000_000;
/** Characters that count as a statement more. */
const LONG = 64;
/** Macros that use macros. */
const MAX_DEPTH = 100;

const LABELS = /^(?:(?:[A-Za-z_.$][\w.$]*|\d+)\s*:(?!:)\s*)*/;
const OPENING = /^\.(macro|rept|irp)\b/i;
const CLOSING = { macro: '.endm', rept: '.endr', irp: '.endr' } as const;

class Expansion {
  readonly lines: SourceLine[] = [];
  private readonly macros = new Map<string, Macro>();
  private uses = 0;
  private steps = 0;

  expand(source: readonly SourceLine[], depth: number): void {
    // An empty body, too, must not be repeated for ever.
    this.step();
    if (depth > MAX_DEPTH) throw new AssemblyError(`expected at most ${MAX_DEPTH} nested macros`);
    for (let i = 0; i < source.length; i++) {
      const { text, line } = source[i]!;
      const labels = LABELS.exec(text)![0];
      const [, name = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(text.slice(labels.length))!;
      const opening = OPENING.exec(name)?.[1]?.toLowerCase() as keyof typeof CLOSING | undefined;
      const macro = this.macros.get(name.toLowerCase());
      if (!opening && !macro) {
        at(line, () => this.refuseStray(name));
        this.push(source[i]!);
        continue;
      }
      if (labels !== '') this.push({ text: labels.trim(), line });
      if (opening) {
        const end = at(line, () => this.endOf(source, i, opening));
        const body = source.slice(i + 1, end);
        at(line, () => this.define(opening, rest, body, depth));
        i = end;
      } else {
        at(line, () => this.use(name, macro!, rest, line, depth));
      }
    }
  }

  private push(line: SourceLine): void {
    this.step(line.text);
    this.lines.push(line);
  }

  /** Bounds what expanding takes, in time and in text. */
  private step(text = ''): void {
    this.steps += 1 + Math.floor(text.length / LONG);
    if (this.steps > MOST_STEPS) throw new AssemblyError(`expected at most ${MOST_STEPS} statements`);
  }

  private refuseStray(name: string): void {
    const end = name.toLowerCase();
    if (end === '.endm' || end === '.endr')
      throw new AssemblyError(`expected ${end === '.endm' ? '.macro' : '.rept or .irp'} before ${end}`);
  }

  private define(kind: keyof typeof CLOSING, rest: string, body: readonly SourceLine[], depth: number): void {
    if (kind === 'macro') {
      const [, name = '', parameters = ''] = /^([A-Za-z_.$][\w.$]*)?[\s,]*([^]*)$/.exec(rest)!;
      if (name === '') throw new AssemblyError(`expected the name of a macro, found "${rest}"`);
      if (this.macros.has(name.toLowerCase()))
        throw new AssemblyError(`expected a new macro, found "${name}" a second time`);
      this.macros.set(name.toLowerCase(), { parameters: parametersOf(parameters), body });
      return;
    }
    if (kind === 'rept') {
      if (!/^\d+$|^0[xX][0-9a-fA-F]+$/.test(rest))
        throw new AssemblyError(`expected a number of repetitions, found "${rest}"`);
      for (let left = Number(rest); left > 0; left--) this.expand(body, depth + 1);
      return;
    }
    const [name, ...values] = splitOperands(rest);
    if (!name) throw new AssemblyError('expected a name and values after .irp');
    for (const value of values.length > 0 ? values : ['']) {
      this.expand(this.substitute(body, new Map([[name, unquoted(value)]]), `${this.uses}`), depth + 1);
    }
  }

  private use(name: string, { parameters, body }: Macro, rest: string, line: number, depth: number): void {
    const values = new Map(parameters.map((parameter) => [parameter.name, parameter.fallback]));
    const isGiven = new Set<string>();
    const operands = splitOperands(rest);
    for (const [index, operand] of operands.entries()) {
      const [, key, value] = /^([A-Za-z_]\w*)\s*=(?!=)\s*([^]*)$/.exec(operand) ?? [];
      const named = key === undefined ? undefined : parameters.find((parameter) => parameter.name === key);
      const parameter = named ?? parameters[index];
      if (!parameter)
        throw new AssemblyError(
          `expected at most ${parameters.length} arguments of ${name}, found ${operands.length}`,
        );
      if (parameter.isRest && !named) {
        values.set(parameter.name, operands.slice(index).join(', '));
        isGiven.add(parameter.name);
        break;
      }
      const argument = unquoted(named ? value! : operand);
      if (argument === '') continue;
      values.set(parameter.name, argument);
      isGiven.add(parameter.name);
    }
    const missing = parameters.find((parameter) => parameter.isRequired && !isGiven.has(parameter.name));
    if (missing) throw new AssemblyError(`expected the argument ${missing.name} of ${name}`);
    const here = this.substitute(body, values, `${this.uses++}`).map(({ text }) => ({ text, line }));
    this.expand(here, depth + 1);
  }

  /** The line that ends what starts at `start`. */
  private endOf(source: readonly SourceLine[], start: number, kind: keyof typeof CLOSING): number {
    const open: string[] = [];
    for (let i = start; i < source.length; i++) {
      this.step();
      const text = source[i]!.text.replace(LABELS, '');
      const inner = OPENING.exec(text)?.[1]?.toLowerCase() as keyof typeof CLOSING | undefined;
      if (inner) open.push(CLOSING[inner]);
      else if (/^\.end[mr]\b/i.test(text) && text.slice(0, 5).toLowerCase() === open.at(-1)) {
        open.pop();
        if (open.length === 0) return i;
      }
    }
    throw new AssemblyError(`expected ${CLOSING[kind]} to end .${kind}`);
  }

  private substitute(
    body: readonly SourceLine[],
    values: ReadonlyMap<string, string>,
    use: string,
  ): SourceLine[] {
    return body.map(({ text: pattern, line }) => {
      const text = pattern.replace(/\\(?:([A-Za-z_]\w*)|(@)|\(\))/g, (all, name?: string, count?: string) => {
        if (name !== undefined) return values.get(name) ?? all;
        return count === undefined ? '' : use;
      });
      this.step(text);
      return { text, line };
    });
  }
}

const PARAMETER = /[\s,]*([A-Za-z_]\w*)(?::(req|vararg))?(?:\s*=\s*("(?:[^"\\]|\\[^])*"|[^\s,]*))?/y;

function parametersOf(text: string): Parameter[] {
  const parameters: Parameter[] = [];
  PARAMETER.lastIndex = 0;
  for (let end = 0; text.slice(end).trim() !== ''; end = PARAMETER.lastIndex) {
    const found = PARAMETER.exec(text);
    if (!found)
      throw new AssemblyError(
        `expected parameters such as "name", "name=value", "name:req" or "name:vararg", found "${text.slice(end).trim()}"`,
      );
    const [, name, qualifier, fallback = ''] = found;
    parameters.push({
      name: name!,
      fallback: unquoted(fallback),
      isRequired: qualifier === 'req',
      isRest: qualifier === 'vararg',
    });
  }
  return parameters;
}

function unquoted(text: string): string {
  return /^"[^]*"$/.test(text) ? text.slice(1, -1) : text;
}

/** The statements of a program with its macros and repetitions expanded; those of a macro have the line of its use. */
export function expandMacros(source: readonly SourceLine[]): readonly SourceLine[] {
  const expansion = new Expansion();
  expansion.expand(source, 0);
  return expansion.lines;
}
