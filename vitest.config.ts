/**
 * `vitest run` is the default suite; `vitest run --mode long` runs the tests
 * named *.long.test.ts, which take minutes each (npm run test:long).
 */
import { configDefaults, defineConfig } from 'vitest/config';

const SECONDS = 1000;
const MINUTES = 60 * SECONDS;

export default defineConfig(({ mode }) => {
  const isLong = mode === 'long';
  return {
    test: {
      include: [isLong ? 'test/**/*.long.test.ts' : 'test/**/*.test.ts'],
      exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, 'test/**/*.long.test.ts'],
      globalSetup: 'test/support/global-setup.ts',
      // Guests compute: more workers than cores only make timeouts likelier.
      maxWorkers: 2,
      testTimeout: isLong ? 30 * MINUTES : 60 * SECONDS,
      hookTimeout: 2 * MINUTES,
    },
  };
});
