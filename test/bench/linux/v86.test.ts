import { expect, test } from 'vitest';
import { v86Contender } from '../../../bench/linux/v86.ts';

test('a folder without v86 is named, with what it lacks', async () => {
  await expect(v86Contender('/nowhere', [], 512, '/nowhere')).rejects.toThrow(
    /expected \/nowhere\/node_modules\/v86\/\S+ .*, found none/,
  );
});
