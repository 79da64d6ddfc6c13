/**
 * A RISC-V assembler: GNU syntax to the bytes of a flat image. It knows the
 * instructions of spec/tables, the usual pseudo-instructions and the directives
 * that tests and small programs need.
 *
 * Left out on purpose: object files and relocations (every address is known),
 * conditional assembly, and relaxation: an instruction has the size it is written with, and
 * a branch out of range is an error. After `.option rvc`, instructions other
 * than branches and jal take their 16-bit form where there is one.
 */
import { RAM_BASE } from '../generated/memory-map.ts';
import { runDirective } from './directives.ts';
import { AssemblyError } from './error.ts';
import { expand, high20, low12 } from './expansion.ts';
import { type Scope, evaluate } from './expression.ts';
import { Section, layOut } from './image.ts';
import { type Word, assembleSimple } from './instruction.ts';
import { at } from './source-line.ts';
import { type Statement, parseStatements } from './statement.ts';

export { AssemblyError } from './error.ts';

/** Where a program is to lie. */
export interface AssembleOptions {
  /** Address of the first byte. Default 0x80000000, the start of RAM. */
  readonly origin?: bigint;
}

/** A program as `assemble` makes it: a flat image and its symbols. */
export interface Program {
  /** All sections, from `origin` on; zeros between them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Address of the first byte. */
  readonly origin: bigint;
  /** Labels and `.equ` symbols with their values. */
  readonly symbols: ReadonlyMap<string, bigint>;
  /** Value of `_start`, or the origin if there is no such label. */
  readonly entry: bigint;
}

/**
 * Symbols and sizes depend on one another, so the source is gone through until
 * nothing changes; programs need two or three passes, this many is a mistake.
 */
const MAX_PASSES = 16;

class Pass implements Scope {
  readonly symbols = new Map<string, bigint>();
  /** Addresses of the labels `1:`, `2:`, .. in the order of the source. */
  readonly locals = new Map<string, bigint[]>();
  /** Address of an auipc with %pcrel_hi to its target. */
  readonly targets = new Map<bigint, bigint>();
  readonly sections = new Map<string, Section>();
  section: Section;
  address: bigint;
  isCompressing = false;
  /** Whether a value was used that no pass has yet. */
  isIncomplete = false;
  error: AssemblyError | undefined;
  private readonly options: boolean[] = [];

  constructor(
    private readonly statements: readonly Statement[],
    origin: bigint,
    private readonly before: Pass | undefined,
  ) {
    this.bases = before ? layOut(before.sections.values(), origin) : new Map();
    this.origin = origin;
    this.section = this.enter('.text');
    this.address = this.section.address;
  }
  private readonly bases: ReadonlyMap<string, bigint>;
  private readonly origin: bigint;

  /** Goes through the source. A mistake is kept: a later pass may not make it. */
  run(): void {
    for (const statement of this.statements) {
      try {
        at(statement.line, () => this.statement(statement));
      } catch (error) {
        if (!(error instanceof AssemblyError)) throw error;
        this.error ??= error;
      }
    }
  }

  /** Whether this pass used just the values that it also found. */
  get isSettled(): boolean {
    const { before } = this;
    if (this.isIncomplete) return false;
    if (!before) return this.symbols.size === 0 && this.locals.size === 0 && this.sections.size === 1;
    return (
      sameEntries(this.symbols, before.symbols) &&
      sameEntries(this.targets, before.targets) &&
      [...this.locals].every(([name, list]) => list.join() === before.locals.get(name)?.join()) &&
      [...this.sections].every(
        ([name, { size, base }]) => size === before.sections.get(name)?.size && base === this.bases.get(name),
      )
    );
  }

  evaluate(text: string): bigint {
    return evaluate(text, this);
  }

  lookUp(name: string): bigint {
    if (name === '.') return this.address;
    const local = /^(\d+)([fb])$/.exec(name);
    const value = local ? this.findLocal(local[1]!, local[2] === 'f') : this.findSymbol(name);
    return value ?? this.missing(`expected a symbol that is defined, found "${name}"`);
  }

  relocate(name: string, argument: string): bigint {
    switch (name) {
      case '%hi':
        return BigInt(high20(this.evaluate(argument)));
      case '%lo':
        return BigInt(low12(this.evaluate(argument)));
      case '%pcrel_hi': {
        const target = this.evaluate(argument);
        this.targets.set(this.address, target);
        return BigInt(high20(target - this.address));
      }
      case '%pcrel_lo': {
        const place = this.evaluate(argument);
        const target = this.targets.get(place) ?? this.before?.targets.get(place);
        if (target !== undefined) return BigInt(low12(target - place));
        return this.missing(`expected the label of an instruction with %pcrel_hi, found "${argument}"`);
      }
      default:
        throw new AssemblyError(`expected %hi, %lo, %pcrel_hi or %pcrel_lo, found ${name}`);
    }
  }

  private findSymbol(name: string): bigint | undefined {
    return this.symbols.get(name) ?? this.before?.symbols.get(name);
  }

  private findLocal(name: string, isForward: boolean): bigint | undefined {
    const soFar = this.locals.get(name) ?? [];
    return isForward ? this.before?.locals.get(name)?.[soFar.length] : soFar.at(-1);
  }

  /** The value of something that the first pass cannot know yet. */
  private missing(reason: string): bigint {
    if (this.before) throw new AssemblyError(reason);
    this.isIncomplete = true;
    return 0n;
  }

  private enter(name: string): Section {
    let section = this.sections.get(name);
    if (!section) {
      section = new Section(name, this.bases.get(name) ?? this.origin);
      this.sections.set(name, section);
    }
    this.section = section;
    return section;
  }

  private statement({ labels, name, operands }: Statement): void {
    this.address = this.section.address;
    for (const label of labels) this.defineLabel(label);
    if (name === '') return;
    if (name === '=' || name === '.equ' || name === '.set') this.assign(operands);
    else if (name.startsWith('.')) this.directive(name, operands);
    else this.instruction(name, operands);
  }

  private defineLabel(name: string): void {
    if (/^\d/.test(name)) {
      const list = this.locals.get(name) ?? [];
      list.push(this.address);
      this.locals.set(name, list);
    } else if (this.symbols.has(name)) {
      throw new AssemblyError(`expected a new label, found "${name}" a second time`);
    } else {
      this.symbols.set(name, this.address);
    }
  }

  private assign(operands: readonly string[]): void {
    if (operands.length !== 2 || !/^[A-Za-z_.$][\w.$]*$/.test(operands[0]!)) {
      throw new AssemblyError(`expected "symbol, value", found "${operands.join(', ')}"`);
    }
    this.symbols.set(operands[0]!, this.evaluate(operands[1]!));
  }

  private directive(name: string, operands: readonly string[]): void {
    if (name === '.text' || name === '.data' || name === '.bss' || name === '.rodata') {
      this.enter(name);
    } else if (name === '.section') {
      if (!operands[0]) throw new AssemblyError('expected the name of a section');
      this.enter(operands[0]);
    } else if (name === '.option') {
      this.option(operands[0] ?? '');
    } else if (!runDirective(this, name, operands)) {
      throw new AssemblyError(`expected a directive, found "${name}"`);
    }
  }

  private option(name: string): void {
    switch (name) {
      case 'rvc':
      case 'norvc':
        this.isCompressing = name === 'rvc';
        return;
      case 'push':
        this.options.push(this.isCompressing);
        return;
      case 'pop': {
        const option = this.options.pop();
        if (option === undefined) throw new AssemblyError('expected .option push before .option pop');
        this.isCompressing = option;
        return;
      }
      case 'relax':
      case 'norelax':
      case 'pic':
      case 'nopic':
        return;
      default:
        throw new AssemblyError(`expected rvc, norvc, push or pop, found "${name}"`);
    }
  }

  private instruction(name: string, operands: readonly string[]): void {
    const words: readonly Word[] = expand(this, name, operands) ?? [assembleSimple(this, name, operands)];
    for (const { value, size } of words) this.section.append(BigInt(value), size);
  }
}

function sameEntries<K>(a: ReadonlyMap<K, bigint>, b: ReadonlyMap<K, bigint>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/**
 * Assembles `source` to a flat image: `.text` first, then the other sections
 * in the order of their appearance, each at its alignment.
 * @throws AssemblyError with the line, what was expected and what was found.
 */
export function assemble(source: string, options: AssembleOptions = {}): Program {
  const origin = options.origin ?? BigInt(RAM_BASE);
  const statements = parseStatements(source);
  let pass: Pass | undefined;
  for (let i = 0; i < MAX_PASSES; i++) {
    pass = new Pass(statements, origin, pass);
    pass.run();
    if (!pass.isSettled) continue;
    if (pass.error) throw pass.error;
    return finish(pass, origin);
  }
  throw (
    pass?.error ??
    new AssemblyError('expected sizes and addresses that settle, found that they keep changing')
  );
}

function finish(pass: Pass, origin: bigint): Program {
  let size = 0;
  for (const section of pass.sections.values()) size = Number(section.address - origin);
  const bytes = new Uint8Array(size);
  for (const section of pass.sections.values()) bytes.set(section.contents, Number(section.base - origin));
  return { bytes, origin, symbols: pass.symbols, entry: pass.symbols.get('_start') ?? origin };
}
