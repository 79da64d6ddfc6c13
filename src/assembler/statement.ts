/** Splits source text into statements: labels, a mnemonic or directive, operands. */
import { AssemblyError } from './error.ts';

export interface Statement {
  /** From 1. */
  readonly line: number;
  readonly labels: readonly string[];
  /** Instruction, directive with its dot, or `=` for `symbol = value`; empty if there are labels alone. */
  readonly name: string;
  /** Operands, without the space around them. */
  readonly operands: readonly string[];
}

/** End of the string or character literal that starts at `start`, past its closing quote. */
function literalEnd(text: string, start: number): number {
  const quote = text[start]!;
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i + 1;
  }
  // A character literal needs no closing quote: 'a
  if (quote === "'") return Math.min(start + (text[start + 1] === '\\' ? 3 : 2), text.length);
  throw new AssemblyError(`expected a closing ${quote}`);
}

/** Replaces comments by a space and gives the text of each statement with its line. */
function splitStatements(source: string): { text: string; line: number }[] {
  const result: { text: string; line: number }[] = [];
  let line = 1;
  let text = '';
  const finish = () => {
    if (text.trim() !== '') result.push({ text: text.trim(), line });
    text = '';
  };
  let i = 0;
  while (i < source.length) {
    const c = source[i]!;
    if (c === '\n') {
      finish();
      line++;
      i++;
    } else if (c === ';') {
      finish();
      i++;
    } else if (c === '"' || c === "'") {
      const end = at(line, () => literalEnd(source, i));
      text += source.slice(i, end);
      i = end;
    } else if (c === '#' || source.startsWith('//', i)) {
      while (i < source.length && source[i] !== '\n') i++;
    } else if (source.startsWith('/*', i)) {
      const end = source.indexOf('*/', i + 2);
      if (end < 0) throw new AssemblyError('expected */ to end the comment', line);
      text += ' ';
      for (const newline of source.slice(i, end).matchAll(/\n/g)) if (newline) line++;
      i = end + 2;
    } else {
      text += c;
      i++;
    }
  }
  finish();
  return result;
}

/** Runs `action`, giving its errors a line. */
export function at<T>(line: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof AssemblyError && error.line === 0) throw new AssemblyError(error.reason, line);
    throw error;
  }
}

/** Splits at commas outside parentheses and literals. */
function splitOperands(text: string): string[] {
  if (text === '') return [];
  const result: string[] = [];
  let depth = 0;
  let start = 0;
  let i = 0;
  while (i < text.length) {
    const c = text[i]!;
    if (c === '"' || c === "'") {
      i = literalEnd(text, i);
      continue;
    }
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (c === ',' && depth === 0) {
      result.push(text.slice(start, i).trim());
      start = i + 1;
    }
    i++;
  }
  result.push(text.slice(start).trim());
  return result;
}

/** The statements of a source text. Comments are `#`, `//` and C block comments; `;` separates statements. */
export function parseStatements(source: string): Statement[] {
  return splitStatements(source.replaceAll('\r\n', '\n')).map(({ text, line }) =>
    at(line, () => {
      const labels: string[] = [];
      let rest = text;
      for (;;) {
        const label = /^([A-Za-z_.$][\w.$]*|\d+)\s*:(?!:)\s*/.exec(rest);
        if (!label) break;
        labels.push(label[1]!);
        rest = rest.slice(label[0].length);
      }
      const assignment = /^([A-Za-z_.$][\w.$]*)\s*=(?!=)\s*([^]*)$/.exec(rest);
      if (assignment) return { line, labels, name: '=', operands: [assignment[1]!, assignment[2]!.trim()] };
      const found = /^([A-Za-z_.][\w.]*)(?:\s+([^]*))?$/.exec(rest);
      if (rest !== '' && !found)
        throw new AssemblyError(`expected an instruction or a directive, found "${rest}"`);
      return {
        line,
        labels,
        name: found?.[1]?.toLowerCase() ?? '',
        operands: splitOperands(found?.[2]?.trim() ?? ''),
      };
    }),
  );
}
