/** Writes the types of machine descriptions, with the schema's descriptions as their documentation. */
import { isCondition, isTypeName, referenceOf, SCHEMA_HEADER, type Schema } from './schema.ts';

/** Where a line of documentation is broken. */
const LINE = 100;
const ROOT_TYPE = 'MachineDescription';

/** src/generated/description-types.ts. */
export function writeDescriptionTypes(root: Schema): string {
  const { hartware, harts, memory } = root.properties as Schema;
  const [bytes] = memory.anyOf as Schema[];
  const constants: [name: string, value: number, text: string][] = [
    ['DESCRIPTION_VERSION', hartware.const, 'Version of the format that this release reads and writes.'],
    ['MAX_HARTS', harts.maximum, 'Harts that a machine may have.'],
    ['MIN_MEMORY', bytes.minimum, 'The least RAM, in bytes.'],
    [
      'MAX_MEMORY',
      bytes.maximum,
      "The most RAM, in bytes: the core's 4 GiB of linear memory, less its own 48 MiB.",
    ],
  ];
  const types = Object.entries(root.$defs as Record<string, Schema>).filter(([name]) => isTypeName(name));
  return [
    SCHEMA_HEADER,
    ...constants.flatMap(([name, value, text]) => [documentation(text), `export const ${name} = ${value};`]),
    ...[[ROOT_TYPE, root] as const, ...types].flatMap(([name, part]) => {
      const isInterface = part.type === 'object' && part.properties !== undefined;
      const type = typeOf(root, part);
      return [
        documentation(textOf(part)),
        isInterface ? `export interface ${name} ${type}` : `export type ${name} = ${type};`,
      ];
    }),
  ].join('\n');
}

function typeOf(root: Schema, part: Schema): string {
  const name = referenceOf(root, part);
  if (name !== undefined) return isTypeName(name) ? name : typeOf(root, root.$defs[name] as Schema);
  if (part.const !== undefined) return JSON.stringify(part.const);
  if (part.enum) return (part.enum as unknown[]).map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = ((part.oneOf ?? part.anyOf ?? []) as Schema[]).filter((each) => !isCondition(each));
  if (alternatives.length > 0) return alternatives.map((each) => typeOf(root, each)).join(' | ');
  if (part.type === 'integer') return 'number';
  if (part.type === 'array') return `readonly (${typeOf(root, part.items as Schema)})[]`;
  if (part.type !== 'object') return part.type as string;
  const required = (part.required ?? []) as string[];
  const members = Object.entries(part.properties as Record<string, Schema>).map(([key, property]) => {
    const mark = required.includes(key) ? '' : '?';
    return `${documentation(textOf(property))}\nreadonly ${key}${mark}: ${typeOf(root, property)};`;
  });
  return `{\n${members.join('\n')}\n}`;
}

/** The description, and the default where there is one to speak of. */
function textOf({ description, default: value }: Schema): string {
  const isObject = typeof value === 'object';
  if (value === undefined || (isObject && JSON.stringify(value) === '{}')) return description as string;
  const text = JSON.stringify(value);
  return `${description} Default ${text === '[]' ? 'none' : isObject ? `\`${text}\`` : text}.`;
}

function documentation(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length > LINE) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  if (lines.length === 1) return `/** ${text} */`;
  return ['/**', ...lines.map((line) => ` * ${line}`), ' */'].join('\n');
}
