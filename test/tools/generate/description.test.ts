import { describe, expect, it } from 'vitest';
import { writeDescriptionRules, writeRule } from '../../../tools/generate/description-rules.ts';
import { writeDescriptionTypes } from '../../../tools/generate/description-types.ts';
import type { Schema } from '../../../tools/generate/schema.ts';

const object = (properties: object, rest: object = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...rest,
});

const root = object(
  {
    hartware: { description: 'Version.', const: 1 },
    harts: { description: 'Some.', type: 'integer', minimum: 1, maximum: 8, default: 1 },
    memory: {
      description: 'RAM.',
      anyOf: [{ type: 'integer', minimum: 4, maximum: 64, multipleOf: 4 }, { $ref: '#/$defs/size' }],
      title: 'a size',
    },
    drives: {
      description: 'Disks.',
      type: 'array',
      items: { $ref: '#/$defs/Drive' },
      maxItems: 2,
      default: [],
    },
  },
  {
    description: 'All of it.',
    required: ['hartware'],
    $defs: {
      size: { type: 'string' },
      Drive: object(
        { name: { description: 'Its name.', $ref: '#/$defs/name' } },
        { description: 'A disk.', anyOf: [{ required: ['name'] }] },
      ),
      name: { type: 'string', pattern: '^a/b$' },
    },
  },
);

describe('the types of descriptions', () => {
  it('have the schema’s descriptions and defaults as their documentation', () => {
    const text = writeDescriptionTypes(root);
    expect(text).toContain('/** All of it. */\nexport interface MachineDescription {');
    expect(text).toContain('/** Some. Default 1. */\nreadonly harts?: number;');
    expect(text).toContain('/** Disks. Default none. */\nreadonly drives?: readonly (Drive)[];');
    expect(text).toContain('readonly hartware: 1;');
    expect(text).toContain('readonly memory?: number | string;');
    expect(text).toContain(
      '/** A disk. */\nexport interface Drive {\n/** Its name. */\nreadonly name?: string;\n}',
    );
    expect(text).toContain('export const MAX_HARTS = 8;');
  });
});

describe('the rules of descriptions', () => {
  it('define what is used before what uses it, and have no prose', () => {
    const text = writeDescriptionRules(root);
    expect(text.indexOf('const name =')).toBeLessThan(text.indexOf('const Drive ='));
    expect(text).toContain(
      'const name = { type: "string", pattern: /^a\\/b$/u, expected: "a string" } as const;',
    );
    expect(text).toContain(
      'memory: { type: "size", minimum: 4, maximum: 64, multipleOf: 4, expected: "a size" }',
    );
    expect(text).toContain('some: ["name"]');
    expect(text).not.toContain('Its name.');
  });

  it.each<[object, RegExp]>([
    [{ type: 'string', minLength: 1 }, /a form that is not checked: minLength/],
    [{ type: 'number' }, /a form that is not checked: type/],
    [{ type: 'object', properties: {} }, /expected "additionalProperties": false/],
    [{ type: 'integer', minimum: 0 }, /integers with limits/],
    [{ $ref: '#/$defs/none' }, /expected a reference to a definition/],
    [object({}, { anyOf: [{ required: ['a', 'b'] }] }), /alternatives of one key each/],
    [object({}, { not: { required: ['a'] } }), /two keys that exclude each other/],
    [object({}, { dependentRequired: { a: ['b', 'c'] } }), /keys that need one other/],
    [{ type: 'object', oneOf: [object({ kind: { type: 'string' } })] }, /differ by a constant "kind"/],
    [{ anyOf: [{ $ref: '#/$defs/size' }, { type: 'boolean' }] }, /an integer and a size/],
  ])('refuse a schema that says more than is checked: %j', (part, message) => {
    expect(() => writeRule(root, part)).toThrow(message);
  });

  it('refuse definitions that use each other', () => {
    const a = { type: 'array', items: { $ref: '#/$defs/b' } };
    const b = { type: 'array', items: { $ref: '#/$defs/a' } };
    expect(() => writeDescriptionRules({ ...root, $defs: { ...root.$defs, a, b } })).toThrow(
      /use each other: a, b/,
    );
  });
});
