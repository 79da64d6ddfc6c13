/** The published schema of machine descriptions, by Ajv, beside the validator that the package has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import {
  completeDescription,
  DescriptionError,
  TIMEBASE_FREQUENCY,
  validateDescription,
  type DescriptionProblem,
} from '../../src/machine/description.ts';
import { SLOTS } from '../../src/machine/virtio-slots.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { randomDescription } from './random-description.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const schema = JSON.parse(readFileSync(join(ROOT, 'spec/schema/machine.schema.json'), 'utf8')) as {
  readonly examples: readonly object[];
  readonly properties: { readonly drives: { readonly maxItems: number } };
  readonly $defs: {
    readonly size: { readonly pattern: string };
    readonly slot: object;
    readonly ClockDescription: { readonly oneOf: readonly { readonly properties: object }[] };
  };
};

// With all that Ajv finds doubtful as an error, which is not its default.
const ajv = new Ajv2020({ strict: true });
const isBySchema = ajv.compile<unknown>(schema);

/** Whether what an error shows is text that the schema takes for a size; long text is cut short there. */
function isSizeText(found: string): boolean {
  const text = found.endsWith('…') ? `${found.slice(1, -2)}M` : found.slice(1, -1);
  return found.startsWith('"') && new RegExp(schema.$defs.size.pattern, 'u').test(text);
}

/** What the schema's vocabulary cannot say, and the package refuses all the same. */
const BEYOND: Readonly<Record<string, (problem: DescriptionProblem) => boolean>> = {
  'a size as text is within the limits, and a whole number of bytes': ({ path, found }) =>
    /^(memory|drives\[\d+\]\.memory)$/.test(path) && isSizeText(found),
  'a month has the day': ({ path, expected }) =>
    path === 'clock.startTime' && expected === 'a day that the month has',
  'memory leaves room for flash': ({ path, expected }) =>
    path === 'memory' && expected === 'at most 3984M beside flash',
  'no two drives have the same id, defaults included': ({ path, expected }) =>
    /^drives\[\d+\]\.id$/.test(path) && expected === 'an id of its own',
  'no two network cards have the same address, defaults included': ({ path, expected }) =>
    /^network\[\d+\]\.mac$/.test(path) && expected === 'an address of its own',
  'no two shared folders have the same tag': ({ path, expected }) =>
    /^shares\[\d+\]\.tag$/.test(path) && expected === 'a tag of its own',
  'no two devices have the same slot': ({ path, expected }) =>
    /^((drives|network|shares)\[\d+\]|devices\.\w+)\.slot$/.test(path) && expected === 'a slot of its own',
  'a slot is one that its bus has': ({ path, expected }) =>
    /\.slot$/.test(path) && /^a whole number from (0 to 7|1 to 31 on PCI)$/.test(expected),
  'no more virtio devices than a bus has places': ({ path, expected }) =>
    path === 'drives' && /^at most (8 virtio devices|31 virtio devices on PCI)$/.test(expected),
  'text is Unicode: no lone surrogates': ({ expected, found }) =>
    /^(a file path or URL|a command line .*|a string)$/.test(expected) && /^"[^"]*\\ud800"$/.test(found),
};

function problemsOf(document: unknown): readonly DescriptionProblem[] {
  try {
    validateDescription(document);
    return [];
  } catch (error) {
    if (error instanceof DescriptionError) return error.errors;
    throw error;
  }
}

test('the schema is one of draft 2020-12, with nothing that a validator would have to be told of', () => {
  expect(ajv.validateSchema(schema)).toBe(true);
});

describe('Ajv and the package agree', () => {
  const used = new Set<string>();
  const counts = { right: 0, wrong: 0 };

  test.each(fuzzSeeds(40))('about random documents (seed %i)', (seed) => {
    const random = new Random(seed);
    for (let count = 0; count < 500; count++) {
      const document = randomDescription(random);
      const problems = problemsOf(document);
      const inSchema = problems.filter((problem) => {
        const rule = Object.keys(BEYOND).find((each) => BEYOND[each](problem));
        if (rule !== undefined) used.add(rule);
        return rule === undefined;
      });
      const byAjv = isBySchema(document);
      expect(byAjv, `${JSON.stringify(document)}: ${JSON.stringify(isBySchema.errors ?? problems)}`).toBe(
        inSchema.length === 0,
      );
      counts[problems.length === 0 ? 'right' : 'wrong']++;
    }
  });

  test.skipIf(process.env.FUZZ_SEED !== undefined)('and the documents were of every kind', () => {
    expect([...used].sort()).toEqual(Object.keys(BEYOND).sort());
    expect(counts.right).toBeGreaterThan(1000);
    expect(counts.wrong).toBeGreaterThan(1000);
  });
});

test('a document that is right is still so with its defaults in place', () => {
  const random = new Random(1);
  for (let count = 0; count < 2000; count++) {
    const document = randomDescription(random);
    if (problemsOf(document).length > 0) continue;
    const complete = completeDescription(validateDescription(document));
    expect(isBySchema(complete), JSON.stringify(document)).toBe(true);
    expect(completeDescription(validateDescription(complete))).toEqual(complete);
  }
});

describe('documents', () => {
  const files = [
    ...['README.md', 'CHANGELOG.md', 'SECURITY.md', 'ARCHITECTURE.md'],
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
    ...readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' }).map(
      (name) => `examples/${name}`,
    ),
  ];
  const documents = [
    ...schema.examples.map((document, index) => [`example ${index} of the schema`, document] as const),
    ...files
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) =>
        [...readFileSync(join(ROOT, name), 'utf8').matchAll(/^```json\n(.*?)^```$/gms)].map(
          ([, text], index) => [`${name}, block ${index}`, JSON.parse(text) as object] as const,
        ),
      ),
    ...files
      .filter((name) => name.endsWith('.json') && !name.endsWith('tsconfig.json'))
      .map((name) => [name, JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as object] as const),
  ].filter(([name, document]) => name.startsWith('example ') || 'hartware' in document);

  test('there are some', () => {
    expect(documents.length).toBeGreaterThan(3);
  });

  test.each(documents)('%s is right', (_, document) => {
    expect(isBySchema(document), JSON.stringify(isBySchema.errors)).toBe(true);
    expect(problemsOf(document)).toEqual([]);
  });
});

test('what the schema and the machine both know is the same', () => {
  const { mmio, pci } = SLOTS;
  expect(schema.properties.drives.maxItems).toBe(mmio.count + pci.count);
  expect(schema.$defs.slot).toMatchObject({ minimum: mmio.first, maximum: pci.first + pci.count - 1 });
  expect(schema.$defs.ClockDescription.oneOf[1].properties).toMatchObject({
    instructionsPerSecond: { minimum: TIMEBASE_FREQUENCY, multipleOf: TIMEBASE_FREQUENCY },
  });
});
