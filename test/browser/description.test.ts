import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { canonicalDescription, descriptionDigest, type MachineDescription } from '../../src/index.ts';
import { greeter } from '../bindings/cli/hartware.ts';
import { hasChromium } from './chromium.ts';
import { useSite } from './site.ts';

const { examples } = JSON.parse(
  readFileSync(new URL('../../spec/schema/machine.schema.json', import.meta.url), 'utf8'),
) as { readonly examples: readonly MachineDescription[] };

const WRONG = 'f'.repeat(64);

describe.skipIf(!hasChromium)('a machine description in a page', () => {
  const site = useSite();
  let page: Page;

  beforeAll(async () => {
    page = await site.open();
  });

  test('has the canonical form and digest that it has in Node', async () => {
    const inPage = await page.evaluate(
      (examples) =>
        examples.map((example) => [
          globalThis.hartware.canonicalDescription(example),
          globalThis.hartware.descriptionDigest(example),
        ]),
      examples,
    );
    expect(inPage).toEqual(
      examples.map((example) => [canonicalDescription(example), descriptionDigest(example)]),
    );
  });

  test.each([false, true])('has the content of its files checked (worker: %s)', async (worker) => {
    const program = greeter('hello\n');
    const disk = new Uint8Array(4096).fill(7);
    const digests = [program, disk].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    const results = await page.evaluate(
      async ({ worker, program, disk, digests, wrong }) => {
        const { createMachine, MemoryBlockBackend } = globalThis.hartware;
        const make = async (firmware: string, drive: string): Promise<string> => {
          const machine = await createMachine(
            {
              hartware: 1,
              memory: '16M',
              boot: { firmware: { file: 'program', sha256: firmware } },
              drives: [{ file: 'disk', sha256: drive, readOnly: true }],
            },
            {
              worker,
              files: { program: Uint8Array.from(program) },
              drives: { disk: new MemoryBlockBackend(Uint8Array.from(disk), true) },
            },
          );
          await machine.dispose();
          return 'made';
        };
        return [
          await make(digests[0], digests[1]),
          await make(wrong, wrong).catch((error: Error) => `${error.name}: ${error.message}`),
        ];
      },
      { worker, program: [...program], disk: [...disk], digests, wrong: WRONG },
    );
    expect(results).toEqual([
      'made',
      `DescriptionError: boot.firmware.sha256: expected ${WRONG}, found ${digests[0]} in "program"\n` +
        `drives[0].sha256: expected ${WRONG}, found ${digests[1]} in "disk"`,
    ]);
  });
});
