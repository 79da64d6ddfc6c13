/**
 * Reads untrusted JSON by rules that are generated from its JSON Schema (spec/schema): every
 * mistake is noted with its place, and what comes out is a copy that has only what the rules
 * name. Each value is looked at once, so that one that changes when it is looked at can do no harm.
 */
import { describe, placeOf, type Problems } from './description-error.ts';
import { bytesOf } from './size.ts';

/** What may stand in a place. tools/generate/description-rules.ts writes these. */
export interface Rule {
  readonly type:
    'object' | 'variants' | 'union' | 'array' | 'string' | 'integer' | 'size' | 'boolean' | 'choice';
  /** It in words. */
  readonly expected: string;
  readonly default?: unknown;
  /** Of an object, which has no other keys. */
  readonly properties?: Rules;
  readonly required?: readonly string[];
  /** At least one of these keys is there. */
  readonly some?: readonly string[];
  /** One of these keys is there, and no other of them. */
  readonly one?: readonly string[];
  /** Keys that go with another one only. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Keys that do not go with another one. */
  readonly excluded?: Readonly<Record<string, string>>;
  /** Objects that differ by a constant, and the key that has it. */
  readonly by?: string;
  readonly variants?: Rules;
  /** Rules of different types, of which the first that fits holds. */
  readonly of?: readonly Rule[];
  readonly items?: Rule;
  readonly maxItems?: number;
  readonly pattern?: RegExp;
  /** Of an integer, or the bytes of a size. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly choices?: readonly unknown[];
}

type Rules = Readonly<Record<string, Rule>>;
type Table = Readonly<Record<string, unknown>>;

/** What is right of a value, as a copy; what is wrong is noted, and undefined. */
export function read(rule: Rule, value: unknown, path: string, problems: Problems): unknown {
  const refuse = (): void => problems.add(path, rule.expected, describe(value));
  if (!fits(rule, value)) return refuse();
  if (rule.of) return read(ofType(rule.of, value)!, value, path, problems);
  if (rule.variants) {
    const kind = own(value as Table, rule.by!);
    const variant = own(rule.variants, kind) as Rule | undefined;
    if (variant) return read(variant, value, path, problems);
    const kinds = Object.keys(rule.variants).map(describe).join(' or ');
    return problems.add(placeOf(path, rule.by!), kinds, describe(kind));
  }
  if (rule.properties) return readObject(rule, rule.properties, value as Table, path, problems);
  if (rule.items) {
    const items = value as readonly unknown[];
    if (items.length > rule.maxItems!) return refuse();
    return Array.from(items, (item, index) => read(rule.items!, item, `${path}[${index}]`, problems));
  }
  return isRight(rule, value) ? value : refuse();
}

/** A value that was read, with the defaults in place of what is absent, and sizes in bytes. */
export function complete(rule: Rule, value: unknown): unknown {
  if (rule.of) return complete(ofType(rule.of, value)!, value);
  if (rule.variants) return complete(own(rule.variants, own(value as Table, rule.by!)) as Rule, value);
  if (rule.items) return (value as readonly unknown[]).map((item) => complete(rule.items!, item));
  if (rule.type === 'size') return sizeOf(value as number | string);
  if (!rule.properties) return value;
  return collect(rule.properties, (key, property) => {
    const item = own(value as Table, key) ?? property.default;
    return item === undefined ? undefined : complete(property, item);
  });
}

function readObject(rule: Rule, properties: Rules, value: Table, path: string, problems: Problems): unknown {
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(properties, key)) problems.addUnknownKey(path, key, Object.keys(properties));
  }
  const has = new Set<string>();
  const copy = collect(properties, (key, property) => {
    const item = own(value, key);
    if (item !== undefined) has.add(key);
    else if (!rule.required?.includes(key)) return undefined;
    return read(property, item, placeOf(path, key), problems);
  });
  const count = (keys: readonly string[]): number => keys.filter((key) => has.has(key)).length;
  if ((rule.some && count(rule.some) === 0) || (rule.one && count(rule.one) !== 1))
    problems.add(path, rule.expected, describe(value));
  for (const [key, needed] of Object.entries(rule.needs ?? {})) {
    if (has.has(key) && !has.has(needed))
      problems.add(placeOf(path, key), `none without a ${needed}`, describe(value[key]));
  }
  for (const [key, other] of Object.entries(rule.excluded ?? {})) {
    if (has.has(key) && has.has(other))
      problems.add(placeOf(path, key), `none where there is ${other}`, describe(value[key]));
  }
  return copy;
}

/** Whether a value is of the rule's type. */
function fits(rule: Rule, value: unknown): boolean {
  switch (rule.type) {
    case 'union':
      return ofType(rule.of!, value) !== undefined;
    case 'object':
    case 'variants':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'size':
      return typeof value === 'string' || Number.isInteger(value);
    case 'choice':
      return rule.choices!.includes(value);
    default:
      return typeof value === rule.type;
  }
}

function isRight(rule: Rule, value: unknown): boolean {
  if (rule.type === 'string')
    // A lone surrogate has no UTF-8, and so no name of a file or digest.
    return (rule.pattern?.test(value as string) ?? true) && !/\p{Surrogate}/u.test(value as string);
  if (rule.type !== 'integer' && rule.type !== 'size') return true;
  const number = sizeOf(value as number | string);
  return number >= rule.minimum! && number <= rule.maximum! && number % (rule.multipleOf ?? 1) === 0;
}

function sizeOf(value: number | string): number {
  return typeof value === 'string' ? bytesOf(value) : value;
}

function ofType(rules: readonly Rule[], value: unknown): Rule | undefined {
  return rules.find((rule) => fits(rule, value));
}

/** What a table has itself under a key, which may be anything. */
function own(table: Table, key: unknown): unknown {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** An object of what `make` gives for each key, without those that are undefined, so that equal descriptions have equal JSON. */
function collect(rules: Rules, make: (key: string, rule: Rule) => unknown): Table {
  const entries = Object.entries(rules).map(([key, rule]) => [key, make(key, rule)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
