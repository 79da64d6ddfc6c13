/** Writes CSR, cause and memory map constants for the core and for TypeScript, and the instruction list. */
import { HEADER } from './decode.ts';
import { type Csr, type CsrField, type Tables } from './tables.ts';

const fieldMask = ({ high, low }: CsrField) => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
const hexOf = (value: bigint | number) => '0x' + value.toString(16);
const constantName = (name: string) => name.toUpperCase().replaceAll('-', '_');

/** Name, value pairs of the fields of a CSR: mask, shift of fields wider than a bit, named values. */
function fieldConstants(csr: Csr): [string, bigint][] {
  const result: [string, bigint][] = [];
  let all = 0n;
  for (const field of csr.fields) {
    const mask = fieldMask(field);
    all |= mask;
    result.push([`${csr.prefix}_${field.name}`, mask]);
    if (field.high !== field.low) result.push([`${csr.prefix}_${field.name}_SHIFT`, BigInt(field.low)]);
  }
  for (const [name, value] of Object.entries(csr.values))
    result.push([`${csr.prefix}_${name}`, BigInt(value)]);
  if (all !== 0n) result.push([`${csr.prefix}_MASK`, all]);
  return result;
}

/** assembly/generated/csr.ts. */
export function writeCoreCsrs(tables: Tables): string {
  const lines = [HEADER, '// CSR numbers.'];
  for (const csr of tables.csrs)
    lines.push(`export const CSR_${csr.name.toUpperCase()}: u32 = ${hexOf(csr.number)};`);
  lines.push(
    '',
    '// Fields: the mask in place, and the shift of those wider than a bit. ..._MASK: all fields of the CSR.',
  );
  for (const csr of tables.csrs) {
    for (const [name, value] of fieldConstants(csr))
      lines.push(`export const ${name}: u64 = ${hexOf(value)};`);
  }
  lines.push('', '// Exception codes of mcause and scause.');
  for (const cause of tables.exceptions) lines.push(`export const CAUSE_${cause.name}: u32 = ${cause.code};`);
  lines.push('', '// Interrupt codes: bit numbers of mip and mie.');
  for (const cause of tables.interrupts) lines.push(`export const IRQ_${cause.name}: u32 = ${cause.code};`);
  return lines.join('\n') + '\n';
}

/** CSRs by number, those in one that are numbered and follow each other: pages load this list. */
function csrRuns(csrs: readonly Csr[]): { number: number; name: string; index?: number; count: number }[] {
  const runs: { number: number; name: string; index?: number; count: number }[] = [];
  for (const csr of [...csrs].sort((a, b) => a.number - b.number)) {
    const [, name, digits] = /^(.*?)(\d*)$/.exec(csr.name)!;
    const index = digits === '' ? undefined : Number(digits);
    const last = runs.at(-1);
    const isNext =
      last?.index !== undefined &&
      last.name === name &&
      index === last.index + last.count &&
      csr.number === last.number + last.count;
    if (isNext) last.count++;
    else runs.push({ number: csr.number, name, index, count: 1 });
  }
  return runs;
}

/** src/generated/csr.ts. */
export function writeCsrs(tables: Tables): string {
  const lines = [
    HEADER,
    '/** A control and status register. */',
    'export interface CsrDescription {',
    '  readonly name: string;',
    '  readonly number: number;',
    '  /** By its number (privileged spec, 2.1). */',
    '  readonly isReadOnly: boolean;',
    '}',
    '',
    '/** Number and name. Numbered ones in a row are one entry: name without the index, first index, how many. */',
    'type Run = readonly [number: number, name: string, index?: number, count?: number];',
    'const RUNS: readonly Run[] = [',
    ...csrRuns(tables.csrs).map(({ number, name, index, count }) => {
      const numbered = count > 1 ? `'${name}', ${index}, ${count}` : `'${name}${index ?? ''}'`;
      return `  [${hexOf(number)}, ${numbered}],`;
    }),
    '];',
    '',
    '/** Every CSR of the machine, by number. */',
    'export const CSRS: readonly CsrDescription[] = RUNS.flatMap(([first, name, index = 0, count]) =>',
    '  Array.from({ length: count ?? 1 }, (_, at) => ({',
    '    name: count ? `${name}${index + at}` : name,',
    '    number: first + at,',
    '    isReadOnly: (first + at) >> 10 === 3,',
    '  })),',
    ');',
    '',
  ];
  for (const csr of tables.csrs)
    lines.push(`export const CSR_${csr.name.toUpperCase()} = ${hexOf(csr.number)};`);
  lines.push('');
  for (const csr of tables.csrs) {
    for (const [name, value] of fieldConstants(csr)) lines.push(`export const ${name} = ${hexOf(value)}n;`);
  }
  lines.push('');
  for (const cause of tables.exceptions) lines.push(`export const CAUSE_${cause.name} = ${cause.code};`);
  for (const cause of tables.interrupts) lines.push(`export const IRQ_${cause.name} = ${cause.code};`);
  const names = (list: Tables['exceptions']) =>
    list.map((cause) => `  [${cause.code}, '${cause.description}'],`).join('\n');
  lines.push('', '/** Exception code to its name in the privileged specification. */');
  lines.push(
    `export const EXCEPTION_NAMES: ReadonlyMap<number, string> = new Map([\n${names(tables.exceptions)}\n]);`,
  );
  lines.push('', '/** Interrupt code to its name in the privileged specification. */');
  lines.push(
    `export const INTERRUPT_NAMES: ReadonlyMap<number, string> = new Map([\n${names(tables.interrupts)}\n]);`,
  );
  return lines.join('\n') + '\n';
}

/** src/generated/memory-map.ts. */
export function writeMemoryMap(tables: Tables): string {
  const lines = [
    HEADER,
    '/** A region of the physical address space, or `count` of them `step` bytes apart. */',
    'export interface MemoryMapEntry {',
    '  readonly name: string;',
    '  readonly base: number;',
    '  /** Bytes; undefined for RAM, whose size is an option of the machine. */',
    '  readonly size?: number;',
    '  /** First PLIC source; regions of an entry with `count` have consecutive ones. */',
    '  readonly irq?: number;',
    '  /** PLIC sources of a single region, 1 unless given. */',
    '  readonly irqs?: number;',
    '  readonly count?: number;',
    '  readonly step?: number;',
    '  /** Whether the board has it; otherwise the addresses are reserved. */',
    '  readonly present: boolean;',
    '}',
    '',
    'export const MEMORY_MAP: readonly MemoryMapEntry[] = [',
  ];
  for (const region of tables.regions) {
    const properties = Object.entries(region)
      .filter(([key, value]) => value !== undefined && key !== 'description' && key !== 'chapter')
      .map(([key, value]) => {
        if (key === 'base' || key === 'size' || key === 'step') return `${key}: ${hexOf(value as number)}`;
        return `${key}: ${typeof value === 'string' ? `'${value}'` : String(value)}`;
      });
    lines.push(`  { ${properties.join(', ')} },`);
  }
  lines.push('];', '');
  for (const region of tables.regions) {
    const name = constantName(region.name);
    lines.push(`export const ${name}_BASE = ${hexOf(region.base)};`);
    if (region.size !== undefined) lines.push(`export const ${name}_SIZE = ${hexOf(region.size)};`);
    if (region.step !== undefined) lines.push(`export const ${name}_STEP = ${hexOf(region.step)};`);
    if (region.count !== undefined) lines.push(`export const ${name}_COUNT = ${region.count};`);
    if (region.irq !== undefined) lines.push(`export const ${name}_IRQ = ${region.irq};`);
  }
  return lines.join('\n') + '\n';
}

function instructionLines({ instructions }: Tables): string[] {
  const lines: { readonly common: string; readonly rows: string[] }[] = [];
  for (const { name, extension, kind, mask, match, operands, aliasOf } of instructions) {
    const common = [extension, kind, mask.toString(16), ...operands].join(' ');
    const row = [name, match.toString(16), ...(aliasOf ? [aliasOf] : [])].join(':');
    const last = lines.at(-1);
    if (last?.common === common) last.rows.push(row);
    else lines.push({ common, rows: [row] });
  }
  return lines.map(({ common, rows }) => `${common};${rows.join(' ')}`);
}

/** assembly/generated/memory-map.ts: what the core knows of it. */
export function writeCoreMemoryMap(tables: Tables): string {
  const ram = tables.regions.find(({ name }) => name === 'ram')!;
  return `${HEADER}\nexport const RAM_BASE: u64 = ${hexOf(ram.base)};\n`;
}

/** spec/conformance/runtime/board.s: the regions that are there, for the programs of the conformance kit. */
export function writeBoard(tables: Tables): string {
  const lines = [
    '# Generated from spec/tables/memory-map.json by `npm run generate`. Do not edit.',
    '#',
    '# Where the parts of the board lie, and the sources of their interrupts; of several that are alike,',
    '# those of the first, and how far apart and how many they are.',
    '',
  ];
  for (const { name, base, size, step, count, irq, present } of tables.regions) {
    if (!present) continue;
    const constants = { '': base, _SIZE: size, _STEP: step, _COUNT: count, _IRQ: irq };
    for (const [suffix, value] of Object.entries(constants)) {
      if (value === undefined) continue;
      const text = suffix === '_COUNT' || suffix === '_IRQ' ? `${value}` : hexOf(value);
      lines.push(`        .equ    ${constantName(name)}${suffix}, ${text}`);
    }
  }
  return lines.join('\n') + '\n';
}

/** src/generated/isa.ts. */
export function writeIsa(tables: Tables): string {
  const fields = (map: Tables['fields']) =>
    [...map.values()].map(({ name, pieces, isSigned }) =>
      [name, isSigned ? 's' : 'u', ...pieces.map(({ high, low, to }) => `${high}.${low}.${to}`)].join(' '),
    );
  return `${HEADER}
/** Instruction bits \`high..low\` are operand bits \`high - low + to .. to\`. */
export interface FieldPiece {
  readonly high: number;
  readonly low: number;
  readonly to: number;
}

/** Where an operand lies; a signed one is extended from the top of its first piece. */
export interface InstructionField {
  readonly pieces: readonly FieldPiece[];
  readonly isSigned: boolean;
}

/**
 * What an instruction does: \`alu\` computes on x registers; \`load\` and \`store\` are those of x
 * registers, \`fload\` and \`fstore\` those of f registers, and \`fp\` is all else that has to do with
 * these; \`amo\` are atomics, lr and sc included; \`branch\` conditional branches; \`pc\` jumps and
 * auipc; \`nop\` is fence; \`system\` the rest: CSR instructions, ecall, wfi, sfence.vma, cbo.zero.
 */
export type InstructionKind =
  'alu' | 'load' | 'store' | 'fload' | 'fstore' | 'fp' | 'amo' | 'branch' | 'pc' | 'nop' | 'system';

interface InstructionRow {
  readonly name: string;
  readonly extension: string;
  readonly mask: number;
  readonly match: number;
  /** Another name for some encodings of that instruction. */
  readonly aliasOf?: string;
}

/** A 32-bit instruction; operands are names of FIELDS. */
export interface InstructionDescription extends InstructionRow {
  readonly operands: readonly string[];
  readonly kind: InstructionKind;
}

/** A 16-bit instruction. */
export interface CompressedInstructionDescription extends InstructionRow {
  /** Operands as written, in the operand names of the expansion. */
  readonly syntax: string;
  readonly expandsTo: string;
  /** Operand of the expansion (\`imm\` for any immediate) to a name of COMPRESSED_FIELDS, \`x0\`.., or a constant. */
  readonly sources: Readonly<Record<string, string | number>>;
  /** What is not reserved, as \`operand != value\`. */
  readonly constraints: readonly string[];
}

/** Fields by their lines: name, whether it is signed or unsigned, and its pieces. */
const fieldsOf = (lines: string): Readonly<Record<string, InstructionField>> =>
  Object.fromEntries(
    lines
      .trim()
      .split('\\n')
      .map((line) => {
        const [name, sign, ...pieces] = line.split(' ');
        const piece = (text: string): FieldPiece => {
          const [high, low, to] = text.split('.').map(Number);
          return { high, low, to };
        };
        return [name, { pieces: pieces.map(piece), isSigned: sign === 's' }];
      }),
  );

// Tables are text, which is a third of the size for a page.

export const FIELDS = fieldsOf(\`
${fields(tables.fields).join('\n')}\`);

/** Fields of 16-bit instructions; those with an apostrophe are three bits wide and mean x8 to x15. */
export const COMPRESSED_FIELDS = fieldsOf(\`
${fields(tables.compressedFields).join('\n')}\`);

/**
 * A line for instructions that differ in name and match alone: extension, kind, mask and operands,
 * and behind a semicolon each name with its match.
 */
const ROWS = \`
${instructionLines(tables).join('\n')}\`;

export const INSTRUCTIONS: readonly InstructionDescription[] = ROWS.trim()
  .split('\\n')
  .flatMap((line) => {
    const [common, rows] = line.split(';');
    const [extension, kind, mask, ...operands] = common.split(' ');
    return rows.split(' ').map((row) => {
      const [name, match, aliasOf] = row.split(':');
      return {
        ...{ name, extension, mask: parseInt(mask, 16), match: parseInt(match, 16) },
        ...(aliasOf && { aliasOf }),
        ...{ operands, kind: kind as InstructionKind },
      };
    });
  });

/** A line an instruction: name, extension, mask, match, alias, syntax, expansion, sources, constraints. */
const COMPRESSED_ROWS = \`
${tables.compressed
  .map((row) =>
    [
      ...[row.name, row.extension, row.mask.toString(16), row.match.toString(16), row.aliasOf ?? ''],
      ...[row.syntax, row.expandsTo],
      Object.entries(row.sources)
        .map((source) => source.join('='))
        .join(' '),
      row.constraints.join('&'),
    ].join('|'),
  )
  .join('\n')}\`;

export const COMPRESSED_INSTRUCTIONS: readonly CompressedInstructionDescription[] = COMPRESSED_ROWS.trim()
  .split('\\n')
  .map((line) => {
    const [name, extension, mask, match, aliasOf, syntax, expandsTo, sources, constraints] = line.split('|');
    const valueOf = (text: string): string | number => (/^-?\\d+$/.test(text) ? Number(text) : text);
    return {
      ...{ name, extension, mask: parseInt(mask, 16), match: parseInt(match, 16) },
      ...(aliasOf && { aliasOf }),
      ...{ syntax, expandsTo },
      sources: Object.fromEntries(
        sources.split(' ').filter(Boolean).map((source) => {
          const [operand, value] = source.split('=');
          return [operand, valueOf(value)];
        }),
      ),
      constraints: constraints ? constraints.split('&') : [],
    };
  });
`;
}
