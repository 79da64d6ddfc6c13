/**
 * Writes the rules by which src/machine/description-reader.ts reads machine descriptions: the
 * schema without its prose, in the few forms that the reader knows. A keyword or a form that is
 * not known here is an error, so that the schema never says more than is checked.
 */
import { isCondition, referenceOf, SCHEMA_HEADER, type Schema } from './schema.ts';

/** What says nothing of which documents are right, or is dealt with where it stands. */
const ANYWHERE = [...['$schema', '$id', '$defs', 'title', 'description', 'default', 'examples']];

const KEYWORDS = {
  reference: ['$ref'],
  object: [
    ...['type', 'additionalProperties', 'properties', 'required', 'dependentRequired'],
    ...['anyOf', 'oneOf', 'not'],
  ],
  variants: ['type', 'oneOf'],
  size: ['anyOf'],
  union: ['anyOf'],
  array: ['type', 'items', 'maxItems'],
  string: ['type', 'pattern'],
  integer: ['type', 'minimum', 'maximum', 'multipleOf'],
  boolean: ['type'],
  choice: ['const', 'enum'],
} as const;

type Form = keyof typeof KEYWORDS;

/** src/generated/description-rules.ts. */
export function writeDescriptionRules(root: Schema): string {
  return [
    SCHEMA_HEADER,
    ...definitionsInOrder(root).map(
      (name) => `const ${name} = ${writeRule(root, root.$defs[name] as Schema)} as const;`,
    ),
    '',
    '/** How a machine description is read: see src/machine/description-reader.ts. */',
    `export const DESCRIPTION_RULE = ${writeRule(root, root)} as const;`,
    '',
  ].join('\n');
}

/** Each definition behind those that it uses. Sizes are a part of where they are used. */
function definitionsInOrder(root: Schema): string[] {
  const left = Object.keys(root.$defs as Schema).filter((name) => name !== SIZE);
  const ordered: string[] = [];
  while (left.length > 0) {
    const next = left.findIndex((name) => {
      const text = JSON.stringify(root.$defs[name]);
      return !left.some((other) => text.includes(`"$ref":"#/$defs/${other}"`));
    });
    if (next < 0) throw new Error(`definitions of the schema use each other: ${left.join(', ')}`);
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

function formOf(root: Schema, part: Schema): Form {
  if (part.$ref !== undefined) return 'reference';
  if (part.const !== undefined || part.enum) return 'choice';
  if (part.type === 'object') return part.properties ? 'object' : 'variants';
  if (part.anyOf) return (part.anyOf as Schema[]).some((each) => isSize(root, each)) ? 'size' : 'union';
  return part.type as Form;
}

/** The definition of a size as text, which stands for the bytes of the integer beside it. */
const SIZE = 'size';
const isSize = (root: Schema, part: Schema): boolean => referenceOf(root, part) === SIZE;

/** The text of a rule. */
export function writeRule(root: Schema, part: Schema): string {
  const form = formOf(root, part);
  const known: readonly string[] | undefined = KEYWORDS[form];
  const strange = Object.keys(part).find((key) => !ANYWHERE.includes(key) && !known?.includes(key));
  if (!known || strange !== undefined)
    throw new Error(
      `the schema has a form that is not checked: ${strange ?? 'type'} in ${JSON.stringify(part)}`,
    );
  const fields = { type: JSON.stringify(form), ...WRITERS[form](root, part) } as Record<string, string>;
  const expected = (part.title ?? STANDARD_TEXTS[form]?.(part)) as string | undefined;
  if (form === 'reference') delete fields.type;
  if (expected !== undefined) fields.expected = JSON.stringify(expected);
  if (part.default !== undefined) fields.default = JSON.stringify(part.default);
  if (Object.keys(fields).join() === '...') return fields['...'];
  const text = Object.entries(fields).map(([key, value]) =>
    key === '...' ? `...${value}` : `${key}: ${value}`,
  );
  return `{ ${text.join(', ')} }`;
}

const rulesOf = (root: Schema, parts: readonly Schema[]): string =>
  `[${parts.map((each) => writeRule(root, each)).join(', ')}]`;

const tableOf = (root: Schema, parts: Readonly<Record<string, Schema>>): string =>
  `{ ${Object.entries(parts)
    .map(([key, each]) => `${key}: ${writeRule(root, each)}`)
    .join(', ')} }`;

/** What a form has beside its type, by the form. */
const WRITERS: Readonly<Record<Form, (root: Schema, part: Schema) => Record<string, string>>> = {
  reference: (root, part) => ({ '...': referenceOf(root, part)! }),
  object: (root, part) => {
    if (part.additionalProperties !== false)
      throw new Error(`expected "additionalProperties": false in ${JSON.stringify(part)}`);
    const { required, dependentRequired, properties } = part;
    return {
      properties: tableOf(root, properties as Record<string, Schema>),
      ...(required && { required: JSON.stringify(required) }),
      ...(part.anyOf && { some: keysOf(part.anyOf as Schema[]) }),
      ...(part.oneOf && { one: keysOf(part.oneOf as Schema[]) }),
      ...(part.not && { excluded: excludedOf(part.not as Schema) }),
      ...(dependentRequired && { needs: needsOf(dependentRequired as Record<string, string[]>) }),
    };
  },
  variants: (root, part) => {
    const variants = part.oneOf as Schema[];
    const [by] = Object.keys(variants[0].properties as Schema);
    const variant = (each: Schema): [string, Schema] => [each.properties[by].const as string, each];
    if (variants.some((each) => typeof each.properties[by]?.const !== 'string'))
      throw new Error(`expected variants that differ by a constant "${by}" in ${JSON.stringify(part)}`);
    return { by: JSON.stringify(by), variants: tableOf(root, Object.fromEntries(variants.map(variant))) };
  },
  size: (root, part) => {
    const [bytes, ...others] = part.anyOf as Schema[];
    if (bytes.type !== 'integer' || others.length !== 1)
      throw new Error(`expected an integer and a size in ${JSON.stringify(part)}`);
    return limitsOf(bytes);
  },
  union: (root, part) => ({ of: rulesOf(root, part.anyOf as Schema[]) }),
  array: (root, part) => ({
    items: writeRule(root, part.items as Schema),
    ...(part.maxItems !== undefined && { maxItems: JSON.stringify(part.maxItems) }),
  }),
  string: (_, part): Record<string, string> =>
    part.pattern === undefined ? {} : { pattern: `/${(part.pattern as string).replaceAll('/', '\\/')}/u` },
  integer: (_, part) => limitsOf(part),
  boolean: () => ({}),
  choice: (_, part) => ({ choices: JSON.stringify(part.enum ?? [part.const]) }),
};

/** What stands where a document has something else, for forms that need no words of their own. */
const STANDARD_TEXTS: Partial<Record<Form, (part: Schema) => string>> = {
  object: () => 'an object',
  variants: () => 'an object',
  array: () => 'a list',
  string: () => 'a string',
  integer: ({ minimum, maximum, multipleOf }) =>
    `a ${multipleOf ? `multiple of ${multipleOf}` : 'whole number'} from ${minimum} to ${maximum}`,
  boolean: () => 'true or false',
  choice: (part) =>
    ((part.enum ?? [part.const]) as unknown[]).map((each) => JSON.stringify(each)).join(' or '),
};

function limitsOf({ minimum, maximum, multipleOf }: Schema): Record<string, string> {
  if (minimum === undefined || maximum === undefined) throw new Error('expected integers with limits');
  return {
    minimum: String(minimum),
    maximum: String(maximum),
    ...(multipleOf !== undefined && { multipleOf: String(multipleOf) }),
  };
}

function keysOf(conditions: readonly Schema[]): string {
  if (!conditions.every((each) => isCondition(each) && (each.required as string[]).length === 1))
    throw new Error(`expected alternatives of one key each, found ${JSON.stringify(conditions)}`);
  return JSON.stringify(conditions.map(({ required }) => (required as string[])[0]));
}

function needsOf(dependentRequired: Readonly<Record<string, readonly string[]>>): string {
  const entries = Object.entries(dependentRequired);
  if (entries.some(([, keys]) => keys.length !== 1))
    throw new Error(`expected keys that need one other, found ${JSON.stringify(dependentRequired)}`);
  return JSON.stringify(Object.fromEntries(entries.map(([key, [needed]]) => [key, needed])));
}

/** Of two keys that exclude each other, the first one is what is said to be wrong. */
function excludedOf(condition: Schema): string {
  const keys = isCondition(condition) ? (condition.required as string[]) : [];
  if (keys.length !== 2)
    throw new Error(`expected two keys that exclude each other, found ${JSON.stringify(condition)}`);
  return JSON.stringify({ [keys[0]]: keys[1] });
}
