/** Writes the core's decoder: opcodes, decode table, and operand extraction for each format. */
import {
  type CompressedInstruction,
  type Field,
  type Instruction,
  KINDS,
  type Tables,
  sourceKey,
} from './tables.ts';

export const HEADER = '// Generated from spec/tables by tools/generate. Do not edit.\n';

/** `add.uw` → `ADD_UW`. */
export function opName(name: string): string {
  return name.toUpperCase().replaceAll('.', '_');
}

/** The instructions that have an op, in the order of their numbers. */
export function decodedInstructions(tables: Tables): Instruction[] {
  return KINDS.flatMap((kind) => tables.instructions.filter((row) => row.kind === kind && !row.aliasOf));
}

const FIRST_OP = 2;

/** Op numbers: ILLEGAL and END, then one kind after the other, so that a kind is a range. */
export function writeOpcodes(tables: Tables): string {
  const rows = decodedInstructions(tables);
  const lines = rows.map((row, i) => `  ${opName(row.name)} = ${i + FIRST_OP},`);
  const ranges = KINDS.flatMap((kind) => {
    const first = rows.findIndex((row) => row.kind === kind);
    const last = rows.findLastIndex((row) => row.kind === kind);
    const name = kind.toUpperCase();
    return [
      `export const FIRST_${name}: u32 = ${first + FIRST_OP};`,
      `export const LAST_${name}: u32 = ${last + FIRST_OP};`,
    ];
  });
  return `${HEADER}
export const enum Op {
  ILLEGAL = 0,
  /** Ends a block that was cut off; no instruction. */
  END = 1,
${lines.join('\n')}
}

export const OP_COUNT: u32 = ${rows.length + FIRST_OP};
${ranges.join('\n')}
`;
}

/** The fixed bits of each instruction as constants of their own, so that a bundle holds only those in use. */
export function writeMatches(tables: Tables): string {
  const rows = tables.instructions.map(
    ({ name, match }) => `export const MATCH_${opName(name)} = ${hex(match, 1)};`,
  );
  return `${HEADER}
${rows.join('\n')}
`;
}

/** What the numbers of `Op` stand for, for those who read the core's counts. */
export function writeOperations(tables: Tables): string {
  const names = (kind: string): string =>
    decodedInstructions(tables)
      .filter((row) => row.kind === kind)
      .map(({ name }) => name)
      .join(' ');
  return `${HEADER}
import type { InstructionKind } from './isa.ts';

/** Number of the first operation in the core (Op in assembly/generated/opcodes.ts). */
export const FIRST_OPERATION = ${FIRST_OP};

const NAMES: Readonly<Record<InstructionKind, string>> = {
${KINDS.map((kind) => `  ${kind}: '${names(kind)}',`).join('\n')}
};

/** What the core executes, by number from there on; 16-bit instructions are among their expansions. */
export const OPERATIONS: readonly { readonly name: string; readonly kind: InstructionKind }[] = Object.entries(
  NAMES,
).flatMap(([kind, names]) => names.split(' ').map((name) => ({ name, kind: kind as InstructionKind })));
`;
}

interface Format {
  readonly name: string;
  readonly number: number;
  readonly statements: readonly string[];
}

interface TableRow {
  readonly mask: number;
  readonly match: number;
  /** Name of the op, or undefined for a reserved encoding. */
  readonly op?: string;
  readonly format: number;
  readonly comment: string;
}

const hex = (value: number, digits: number) => '0x' + (value >>> 0).toString(16).padStart(digits, '0');
const specificity = (mask: number) => mask.toString(2).replaceAll('0', '').length;

/** An expression for the value of a field of `raw`, of type u32. */
function extract(field: Field): string {
  const parts = field.pieces.map(({ high, low, to }, i) => {
    const width = high - low + 1;
    if (field.isSigned && i === 0) {
      const left = high === 31 ? 'raw' : `(raw << ${31 - high})`;
      if (width + to === 32)
        return low === to ? `(raw & ${hex(~0 << low, 8)})` : `(${left} >> ${low} << ${to})`;
      const value = `(${left} as i32) >> ${32 - width}`;
      return `((${to === 0 ? value : `((${value}) << ${to})`}) as u32)`;
    }
    const mask = hex((2 ** width - 1) << to, 1);
    if (low === to) return `(raw & ${mask})`;
    return low > to ? `((raw >> ${low - to}) & ${mask})` : `((raw << ${to - low}) & ${mask})`;
  });
  return parts.length === 1 ? parts[0]!.slice(1, -1) : parts.join(' | ');
}

const storeRegister = (slot: string, value: string) => `store<u16>(r, ${value}, ${slot});`;

/** Statements that fill a record: `get` gives the u32 expression for an operand, or undefined if absent. */
function fill(get: (operand: string) => string | undefined, operands: readonly string[]): string[] {
  const integer = (operand: string) => {
    const value = get(operand)!;
    if (value === '0') return 'X_BASE';
    return /^\d+$/.test(value) ? `X_BASE + ${8 * Number(value)}` : `X_BASE + ((${value}) << 3)`;
  };
  const has = (operand: string) => operands.includes(operand);
  const float = (operand: string) => `F_BASE + ((${get(operand)}) << 3)`;
  const lines: string[] = [];
  if (has('rd')) {
    const value = get('rd')!;
    if (value === '0') lines.push(storeRegister('REC_RD', 'X_SINK'));
    else if (/^\d+$/.test(value)) lines.push(storeRegister('REC_RD', integer('rd')));
    else lines.push(storeRegister('REC_RD', `destination(${value})`));
  } else {
    lines.push(storeRegister('REC_RD', has('fd') ? float('fd') : 'X_SINK'));
  }
  lines.push(storeRegister('REC_RS1', has('rs1') ? integer('rs1') : has('fs1') ? float('fs1') : 'X_BASE'));
  const csr = get('csr');
  if (csr !== undefined) {
    lines.push(storeRegister('REC_RS2', '(raw >> 15) & 0x1f'));
    const zimm = get('zimm5');
    lines.push(`store<u32>(r, ${zimm === undefined ? csr : `${csr} | ((${zimm}) << 16)`}, REC_IMM);`);
    return lines;
  }
  lines.push(storeRegister('REC_RS2', has('rs2') ? integer('rs2') : has('fs2') ? float('fs2') : 'X_BASE'));
  const rm = get('rm');
  if (rm !== undefined) {
    const third = has('fs3') ? ` | ((${float('fs3')}) << 16)` : '';
    lines.push(`store<u32>(r, ${third === '' ? rm : `(${rm})${third}`}, REC_IMM);`);
    return lines;
  }
  const immediate = operands.find((operand) => sourceKey(operand) === 'imm');
  let value = '0';
  if (immediate !== undefined) value = get(immediate)!;
  else if (has('aqrl')) value = get('aqrl')!;
  // sfence.vma and sinval.vma: x0 is not the same as a register that holds 0, so keep the numbers.
  else if (operands.join() === 'rs1,rs2') value = '(raw >> 15) & 0x3ff';
  lines.push(`store<u32>(r, ${value}, REC_IMM);`);
  return lines;
}

class Formats {
  readonly list: Format[] = [];
  private readonly byKey = new Map<string, Format>();

  private add(key: string, statements: () => string[]): number {
    let format = this.byKey.get(key);
    if (!format) {
      const name = key
        .toUpperCase()
        .replaceAll("'", 'P')
        .replaceAll('-', 'MINUS_')
        .replace(/[^A-Z0-9]+/g, '_');
      format = { name: name || 'NONE', number: this.list.length, statements: statements() };
      this.list.push(format);
      this.byKey.set(key, format);
    }
    return format.number;
  }

  of(row: Instruction, tables: Tables): number {
    return this.add(row.operands.join(' '), () =>
      fill(
        (name) => (row.operands.includes(name) ? extract(tables.fields.get(name)!) : undefined),
        row.operands,
      ),
    );
  }

  ofCompressed(row: CompressedInstruction, base: Instruction, tables: Tables): number {
    if (base.operands.length === 0) return this.of(base, tables);
    const key = 'c ' + base.operands.map((name) => `${name}=${row.sources[sourceKey(name)]}`).join(' ');
    return this.add(key, () =>
      fill((name) => {
        if (!base.operands.includes(name)) return undefined;
        const source = row.sources[sourceKey(name)]!;
        if (typeof source === 'number') return source < 0 ? hex(source, 8) : String(source);
        if (/^x\d+$/.test(source)) return source.slice(1);
        const value = extract(tables.compressedFields.get(source)!);
        return source.endsWith("'") ? `8 + (${value})` : value;
      }, base.operands),
    );
  }
}

/** The encodings that a constraint `operand != value` reserves, as a more specific mask and match. */
function reserved(
  row: CompressedInstruction,
  constraint: string,
  tables: Tables,
): { mask: number; match: number } {
  const found = /^(\w+) != (\d+)$/.exec(constraint);
  const source = found && tables.compressedFields.get(String(row.sources[found[1]!]));
  if (!source) throw new Error(`${row.name}: expected a constraint such as "rd != 0", found "${constraint}"`);
  let mask = row.mask;
  let match = row.match;
  for (const { high, low, to } of source.pieces) {
    const bits = (2 ** (high - low + 1) - 1) << low;
    if ((row.mask & bits) !== 0 && (row.mask & bits) !== bits)
      throw new Error(`${row.name}: ${constraint}: overlap`);
    if ((row.mask & bits) === bits) continue;
    mask |= bits;
    match |= ((Number(found[2]) >> to) << low) & bits;
  }
  return { mask, match };
}

function rowsOf(tables: Tables, formats: Formats): { wide: TableRow[]; narrow: TableRow[] } {
  const wide = decodedInstructions(tables).map((row): TableRow => ({
    mask: row.mask,
    match: row.match,
    op: row.name,
    format: formats.of(row, tables),
    comment: row.name,
  }));
  const narrow = tables.compressed
    .filter((row) => !row.aliasOf)
    .flatMap((row): TableRow[] => {
      const base = tables.instructions.find((each) => each.name === row.expandsTo)!;
      return [
        {
          mask: row.mask,
          match: row.match,
          op: row.expandsTo,
          format: formats.ofCompressed(row, base, tables),
          comment: row.name,
        },
        ...row.constraints.map((constraint) => ({
          ...reserved(row, constraint, tables),
          format: 0,
          comment: `${row.name} without ${constraint}`,
        })),
      ];
    });
  return { wide, narrow };
}

function writeTable(
  name: string,
  rows: readonly TableRow[],
  bucketOf: (match: number) => number,
  bits: number,
  tables: Tables,
) {
  const opNumbers = new Map(decodedInstructions(tables).map((row, i) => [row.name, i + FIRST_OP]));
  const starts: number[] = [];
  const lines: string[] = [];
  for (let bucket = 0; bucket < 32; bucket++) {
    starts.push(lines.length);
    const inside = rows.filter((row) => bucketOf(row.match) === bucket);
    inside.sort((a, b) => specificity(b.mask) - specificity(a.mask));
    for (const row of inside) {
      const action = (row.op === undefined ? 0 : opNumbers.get(row.op)!) | (row.format << 16);
      const numbers = [row.mask, row.match].map((value) => hex(value, bits / 4)).join(', ');
      lines.push(`  ${numbers}, ${hex(action, 8)}, // ${row.comment}`);
    }
  }
  starts.push(lines.length);
  return `// prettier-ignore
export const ${name}_ROWS: usize = memory.data<u32>([
${lines.join('\n')}
]);
// prettier-ignore
export const ${name}_STARTS: usize = memory.data<u32>([
  ${starts.slice(0, 16).join(', ')},
  ${starts.slice(16).join(', ')},
]);`;
}

/** Decode table and formats; the caller writes both files from one pass. */
export function writeDecoder(tables: Tables): { table: string; operands: string } {
  const formats = new Formats();
  formats.of({ operands: [] as readonly string[] } as Instruction, tables); // format 0: no operands
  const { wide, narrow } = rowsOf(tables, formats);
  const table = `${HEADER}
// A row is {mask, match, op | format << 16}; op 0 is a reserved encoding. Within
// a bucket the more specific masks come first. ..._STARTS holds the row number at
// which each of the 32 buckets starts, and the end.
//   32-bit instructions: bucket = bits 6:2
//   16-bit instructions: bucket = funct3 (bits 15:13) << 2 | quadrant (bits 1:0)

export const enum Format {
${formats.list.map((format) => `  ${format.name} = ${format.number},`).join('\n')}
}

${writeTable('WIDE', wide, (match) => (match >> 2) & 31, 32, tables)}

${writeTable('NARROW', narrow, (match) => ((match >> 13) << 2) | (match & 3), 16, tables)}

function find(rows: usize, starts: usize, bucket: u32, raw: u32): u32 {
  const start = starts + (bucket << 2);
  const end = rows + load<u32>(start, 4) * 12;
  for (let row = rows + load<u32>(start) * 12; row < end; row += 12) {
    if ((raw & load<u32>(row)) == load<u32>(row, 4)) return load<u32>(row, 8);
  }
  return 0;
}

/**
 * Op | format << 16 of an instruction, or 0 (Op.ILLEGAL). Of a 16-bit
 * instruction (bits 1:0 not 3) only the low half of \`raw\` is looked at.
 */
export function decodeRow(raw: u32): u32 {
  if ((raw & 3) == 3) return find(WIDE_ROWS, WIDE_STARTS, (raw >> 2) & 31, raw);
  return find(NARROW_ROWS, NARROW_STARTS, ((raw >> 11) & 0x1c) | (raw & 3), raw & 0xffff);
}
`;
  const cases = formats.list.map(
    (format) =>
      `    case Format.${format.name}:\n${format.statements.map((line) => `      ${line}`).join('\n')}\n      return;`,
  );
  const operands = `${HEADER}
import { F_BASE, REC_IMM, REC_RD, REC_RS1, REC_RS2, X_BASE, X_SINK } from '../layout';
import { Format } from './decode-table';

/** Where integer register \`n\` is written: x0 drops what is written to it. */
// @ts-ignore: decorator
@inline
function destination(n: u32): u32 {
  return n == 0 ? X_SINK : X_BASE + (n << 3);
}

/** Fills registers and immediate of the decoded record \`r\` from the instruction \`raw\`. */
export function decodeOperands(format: u32, raw: u32, r: usize): void {
  switch (format) {
${cases.join('\n')}
    default:
      return;
  }
}
`;
  return { table, operands };
}
