/** The JSON Schema of machine descriptions (spec/schema), from which types and rules are written. */
import { readFileSync } from 'node:fs';

/** A schema, or a part of one. */
export type Schema = Readonly<Record<string, any>>;

export const SCHEMA_HEADER = '// Generated from spec/schema by tools/generate. Do not edit.\n';

const REFERENCE = '#/$defs/';

export function readSchema(path: string): Schema {
  return JSON.parse(readFileSync(path, 'utf8')) as Schema;
}

/** The name of the definition that a part refers to, if it does. */
export function referenceOf(root: Schema, part: Schema): string | undefined {
  const reference = part.$ref as string | undefined;
  if (reference === undefined) return undefined;
  const name = reference.slice(REFERENCE.length);
  if (!reference.startsWith(REFERENCE) || !Object.hasOwn(root.$defs as Schema, name))
    throw new Error(`expected a reference to a definition of the schema, found ${reference}`);
  return name;
}

/** Definitions with the name of a type become one; others stand where they are used. */
export const isTypeName = (name: string): boolean => /^[A-Z]/.test(name);

/** An alternative that only says which keys are there; strict validators want them named as properties, too. */
export function isCondition({ required, properties, ...rest }: Schema): boolean {
  if (required === undefined || Object.keys(rest).length > 0) return false;
  const named = Object.fromEntries((required as string[]).map((key) => [key, true]));
  return properties === undefined || JSON.stringify(properties) === JSON.stringify(named);
}
