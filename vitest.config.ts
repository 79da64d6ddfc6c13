/**
 * `vitest run` is the default suite. `vitest run --mode long` runs the tests named
 * *.long.test.ts, which take minutes each (npm run test:long); `--mode chain` those of
 * test/chain, which boot a disk that Debian's tools have made (npm run test:chain).
 */
import { configDefaults, defineConfig } from 'vitest/config';

const SECONDS = 1000;
const MINUTES = 60 * SECONDS;

const LONG = 'test/**/*.long.test.ts';
const CHAIN = 'test/chain/**/*.test.ts';

/** Where no guest runs: done once, and not in each mode of the JIT. */
const WITHOUT_GUESTS = [
  'test/disks/**',
  'test/9p/**',
  'test/filesystem/**',
  'test/packaging/**',
  'test/docs/**',
];
const hasJitMode = process.env.HARTWARE_JIT === 'off' || process.env.HARTWARE_JIT === 'force';

/** What each mode includes and excludes. */
const SUITES: Readonly<Record<string, readonly [include: string, exclude: readonly string[]]>> = {
  long: [LONG, []],
  chain: [CHAIN, []],
};

export default defineConfig(({ mode }) => {
  const [include, exclude] = SUITES[mode] ?? ['test/**/*.test.ts', [LONG, CHAIN]];
  const isShort = SUITES[mode] === undefined;
  return {
    test: {
      include: [include],
      exclude: [...configDefaults.exclude, ...exclude, ...(hasJitMode ? WITHOUT_GUESTS : [])],
      globalSetup: [
        'test/support/global-setup.ts',
        ...(mode === 'chain' ? ['test/chain/global-setup.ts'] : []),
      ],
      // Guests compute: more workers than cores only make timeouts likelier.
      maxWorkers: 2,
      testTimeout: isShort ? 60 * SECONDS : 30 * MINUTES,
      hookTimeout: 2 * MINUTES,
    },
  };
});
