/** A browser's name and version. */

/** The first that fits: most of them name others too, which they want to be taken for. */
const NAMES: readonly (readonly [string, RegExp])[] = [
  ['Edge', / EdgA?\/([\d.]{1,30})/],
  ['Opera', / OPR\/([\d.]{1,30})/],
  ['Chrome', / (?:Headless)?Chrome\/([\d.]{1,30})/],
  ['Firefox', / Firefox\/([\d.]{1,30})/],
  ['Safari', / Version\/([\d.]{1,30}) .*Safari\//],
];

/** As "Firefox 128.0", from the header User-Agent. */
export function browserName(userAgent = ''): string {
  for (const [name, pattern] of NAMES) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return 'an unknown browser';
}
