import { expect, test } from 'vitest';
import { dependencies } from '../../../../bench/linux/debian/packages.ts';

test('reads what a package cannot do without', () => {
  const control = `Package: python3-minimal
Pre-Depends: python3.13-minimal (>= 3.13.5-1~), libc6:riscv64
Depends: dpkg (>= 1.13.20), default-mta | mail-transport-agent [linux-any],
 g++-14
Recommends: nothing-of-this
Description: Depends: on nothing
`;
  expect(dependencies(control)).toEqual([
    ['python3.13-minimal'],
    ['libc6'],
    ['dpkg'],
    ['default-mta', 'mail-transport-agent'],
    ['g++-14'],
  ]);
  expect(dependencies('Package: gcc-14-base\n')).toEqual([]);
});
