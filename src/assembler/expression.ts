/**
 * Integer expressions with the precedence of GNU as: unary - ~ +, then
 * * / % << >>, then | & ^, then + -. Values are integers without a width,
 * so that >> keeps the sign (GNU as shifts zeros in).
 */
import { floatRegister, integerRegister } from '../isa/registers.ts';
import { AssemblyError } from './error.ts';
import { literalBytes } from './literal.ts';

/** What an expression may refer to. */
export interface Scope {
  /** Value of a symbol, of `.` and of local labels such as `1f`. */
  lookUp(name: string): bigint;
  /** Value of a relocation function such as `%hi`. */
  relocate(name: string, argument: string): bigint;
}

const NUMBER = '0[xX][0-9a-fA-F]+|0[bB][01]+(?!\\w)|\\d+[fb](?!\\w)|\\d+';
const CHARACTER = "'(?:\\\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|[^])|[^\\\\])'?";
const TOKEN = new RegExp(
  `\\s*(${NUMBER}|${CHARACTER}|%[a-z_]+|[A-Za-z_.$][\\w.$]*|<<|>>|[-+*/%&|^~()])`,
  'y',
);

const LEVELS: readonly (readonly string[])[] = [
  ['+', '-'],
  ['|', '&', '^'],
  ['*', '/', '%', '<<', '>>'],
];

/** Limit of nested parentheses and signs. */
const MAX_DEPTH = 200;

class Parser {
  private depth = 0;
  private position = 0;
  private token = '';

  constructor(
    private readonly text: string,
    private readonly scope: Scope,
  ) {
    this.next();
  }

  parse(): bigint {
    const value = this.binary(0);
    if (this.token !== '') this.fail('an operator');
    return value;
  }

  private fail(expected: string): never {
    throw new AssemblyError(`expected ${expected}, found "${this.token}" in "${this.text}"`);
  }

  private next(): void {
    if (this.text.slice(this.position).trim() === '') {
      this.token = '';
      this.position = this.text.length;
      return;
    }
    TOKEN.lastIndex = this.position;
    const found = TOKEN.exec(this.text);
    if (!found) {
      throw new AssemblyError(`expected an expression, found "${this.text.slice(this.position).trim()}"`);
    }
    this.token = found[1]!;
    this.position = TOKEN.lastIndex;
  }

  private binary(level: number): bigint {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    while (operators.includes(this.token)) {
      const operator = this.token;
      this.next();
      left = this.apply(operator, left, this.binary(level + 1));
    }
    return left;
  }

  private apply(operator: string, left: bigint, right: bigint): bigint {
    switch (operator) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '|':
        return left | right;
      case '&':
        return left & right;
      case '^':
        return left ^ right;
      case '*':
        return left * right;
      case '<<':
      case '>>':
        if (right < 0n || right > 64n)
          throw new AssemblyError(`expected a shift from 0 to 64, found ${right}`);
        return operator === '<<' ? left << right : left >> right;
      default:
        if (right === 0n) throw new AssemblyError(`division by zero in "${this.text}"`);
        return operator === '/' ? left / right : left % right;
    }
  }

  private unary(): bigint {
    if (++this.depth > MAX_DEPTH)
      throw new AssemblyError(`expected at most ${MAX_DEPTH} levels in an expression`);
    const value = this.operand();
    this.depth--;
    return value;
  }

  private operand(): bigint {
    const token = this.token;
    if (token === '-' || token === '~' || token === '+') {
      this.next();
      const value = this.unary();
      return token === '-' ? -value : token === '~' ? ~value : value;
    }
    if (token === '(') {
      this.next();
      const value = this.binary(0);
      if (this.token !== ')') this.fail(')');
      this.next();
      return value;
    }
    if (token.startsWith('%') && token.length > 1) return this.relocation(token);
    return this.primary(token);
  }

  /** `%hi(argument)`: the argument is given on as text, for it may be the name of a label. */
  private relocation(name: string): bigint {
    const start = this.position;
    let depth = 0;
    do {
      this.next();
      const token: string = this.token;
      if (token === '(') depth++;
      else if (token === ')') depth--;
      else if (depth === 0 || token === '') this.fail(`${depth === 0 ? '(' : ')'} after ${name}`);
    } while (depth > 0);
    const argument = this.text.slice(start, this.position).trim().slice(1, -1);
    this.next();
    return this.scope.relocate(name, argument);
  }

  private primary(token: string): bigint {
    if (token === '') this.fail('a value');
    let value: bigint;
    if (/^\d+[fb]$/.test(token)) value = this.scope.lookUp(token);
    else if (/^0[0-7]+$/.test(token)) value = BigInt(`0o${token.slice(1)}`);
    else if (/^\d/.test(token)) value = this.number(token);
    else if (token.startsWith("'")) value = this.character(token);
    else if (/^[A-Za-z_.$]/.test(token)) {
      if (integerRegister(token) !== undefined || floatRegister(token) !== undefined) {
        throw new AssemblyError(`expected a value, found the register ${token}`);
      }
      value = this.scope.lookUp(token);
    } else this.fail('a value');
    this.next();
    return value;
  }

  private number(token: string): bigint {
    try {
      return BigInt(token);
    } catch {
      return this.fail('a number');
    }
  }

  private character(token: string): bigint {
    const content = /^'(\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|[^])|[^\\])'?$/.exec(token);
    const bytes = literalBytes(content![1]!);
    if (bytes.length !== 1) throw new AssemblyError(`expected one character, found ${token}`);
    return BigInt(bytes[0]!);
  }
}

/** Evaluates `text`. */
export function evaluate(text: string, scope: Scope): bigint {
  return new Parser(text, scope).parse();
}
