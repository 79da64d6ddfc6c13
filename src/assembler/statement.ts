/** Splits source text into statements: labels, a mnemonic or directive, operands. */
import { AssemblyError } from './error.ts';
import { expandMacros } from './macro.ts';
import { at, splitLines, splitOperands } from './source-line.ts';

export interface Statement {
  /** From 1. */
  readonly line: number;
  readonly labels: readonly string[];
  /** Instruction, directive with its dot, or `=` for `symbol = value`; empty if there are labels alone. */
  readonly name: string;
  /** Operands, without the space around them. */
  readonly operands: readonly string[];
}

/** The statements of a source text, its macros expanded. Comments are `#`, `//` and C block comments; `;` separates statements. */
export function parseStatements(source: string): Statement[] {
  return expandMacros(splitLines(source.replaceAll('\r\n', '\n'))).map(({ text, line }) =>
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
