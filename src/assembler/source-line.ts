/** Source text as it is before it has a meaning: statements without comments, operands, literals. */
import { AssemblyError } from './error.ts';

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

/** The text of a statement, and its line, from 1. */
export interface SourceLine {
  readonly text: string;
  readonly line: number;
}

/** Replaces comments by a space and gives the text of each statement with its line. */
export function splitLines(source: string): SourceLine[] {
  const result: SourceLine[] = [];
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
export function splitOperands(text: string): string[] {
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
