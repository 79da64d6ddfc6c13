/** Ten minutes, or as many as FUZZ_SECONDS says: FUZZ_SECONDS=3600 npx vitest run --mode long test/jit/random */
import { compareRandomPrograms } from './random.ts';

compareRandomPrograms(600);
