/** Sizes in the units of CIM. */

/** What was used before there were programmatic units, and is still written. */
const OLD_UNITS: Readonly<Record<string, number>> = {
  bytes: 1,
  kilobytes: 2 ** 10,
  megabytes: 2 ** 20,
  gigabytes: 2 ** 30,
  terabytes: 2 ** 40,
};

/** A size in bytes: a number in programmatic units (DSP0004, annex C) such as "byte * 2^20". Undefined if it is none. */
export function sizeIn(quantity: string, unit: string): number | undefined {
  const factor = factorOf(unit.trim().toLowerCase());
  const size = /^\s*\d{1,16}\s*$/.test(quantity) && factor !== undefined ? Number(quantity) * factor : NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}

function factorOf(unit: string): number | undefined {
  if (Object.hasOwn(OLD_UNITS, unit)) return OLD_UNITS[unit];
  const [base, ...factors] = unit.split('*').map((part) => part.trim());
  if (base !== 'byte' || factors.length > 4) return undefined;
  let product = 1;
  for (const factor of factors) {
    const [, number, exponent = '1'] = /^(\d{1,16})(?:\s*\^\s*(\d{1,2}))?$/.exec(factor) ?? [];
    if (number === undefined) return undefined;
    product *= Number(number) ** Number(exponent);
  }
  return product;
}
