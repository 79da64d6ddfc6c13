/**
 * Words of a POSIX shell (POSIX.1-2017, XCU 2.2 and 2.3): quoting for every word, and
 * reading of a simple command. What a shell would look up or expand is refused with its
 * name, because the answer lies in the shell that the command was written for.
 */
import { InterchangeError } from './error.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

/** The word as a shell reads it back, whatever is in it. */
export function quoteWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command over several lines: the first group on the first line, each other on its own. */
export function formatCommand(groups: readonly (readonly string[])[]): string {
  return `${groups.map((group) => group.map(quoteWord).join(' ')).join(' \\\n  ')}\n`;
}

/** What ends a simple command, or starts another. */
const OPERATORS = '|&;<>()';
const GLOBS = '*?[';
const BLANKS = ' \t\n';
/** What a backslash quotes within double quotes; elsewhere there it stands for itself. */
const QUOTED_IN_DOUBLE = '$`"\\';

/**
 * The words of one simple command, without the quotes.
 * @throws InterchangeError for what only a shell can find out.
 */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  const refuse = (found: string, what: string): never => {
    throw new InterchangeError(
      `expected one command with plain words, found ${JSON.stringify(found)}: ${what}`,
    );
  };
  const expansion = (): never => {
    const [found] = /^(\$[\w{(]?\w*|`)/.exec(text.slice(at)) ?? [text[at]];
    return refuse(found, 'what a shell would put in its place is not known here');
  };
  const end = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  while (at < text.length) {
    const char = text[at];
    if (char === '\r' && text[at + 1] === '\n') {
      // The end of a line of Windows's.
      at++;
    } else if (char === '\\' && text.startsWith('\r\n', at + 1)) {
      at += 3;
    } else if (char === '\\') {
      if (at + 1 >= text.length) refuse('\\', 'nothing follows it');
      if (text[at + 1] !== '\n') word = (word ?? '') + text[at + 1];
      at += 2;
    } else if (char === "'") {
      const close = text.indexOf("'", at + 1);
      if (close < 0) refuse("'", 'it is not closed');
      word = (word ?? '') + text.slice(at + 1, close);
      at = close + 1;
    } else if (char === '"') {
      word ??= '';
      for (at++; text[at] !== '"'; at++) {
        if (at >= text.length) refuse('"', 'it is not closed');
        if (text[at] === '$' || text[at] === '`') expansion();
        const isQuoting = text[at] === '\\' && at + 1 < text.length;
        if (isQuoting && text[at + 1] === '\n') at++;
        else if (isQuoting && QUOTED_IN_DOUBLE.includes(text[at + 1])) word += text[++at];
        else word += text[at];
      }
      at++;
    } else if (char === '$' || char === '`') {
      expansion();
    } else if (char === '\n' && words.length + (word === undefined ? 0 : 1) > 0) {
      end();
      if (text.slice(at).trim() !== '') refuse('a new line', 'what follows is another command');
      break;
    } else if (BLANKS.includes(char)) {
      end();
      at++;
    } else if (char === '#' && word === undefined) {
      const line = text.indexOf('\n', at);
      at = line < 0 ? text.length : line;
    } else if (OPERATORS.includes(char)) {
      refuse(char, 'only the command itself can be read');
    } else if (GLOBS.includes(char)) {
      refuse(char, 'which files it stands for is not known here');
    } else if (char === '~' && word === undefined) {
      refuse(char, 'whose directory it stands for is not known here');
    } else {
      word = (word ?? '') + char;
      at++;
    }
  }
  end();
  return words;
}
