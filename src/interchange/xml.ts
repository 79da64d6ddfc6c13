/**
 * XML as far as libvirt's documents need it: elements with attributes and text. Writing is
 * here; reading is left to a parser of the host's, whose elements look like this.
 */
import { ArgumentError } from '../errors.ts';

/** An element, as a parser gives it. Names carry their prefix, as `qemu:arg`. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements in it. */
  readonly children: readonly XmlElement[];
  /** Text directly in it. */
  readonly text: string;
}

/** Makes an element; attributes whose value is undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  content: string | readonly XmlElement[] = [],
): XmlElement {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    name,
    attributes: Object.fromEntries(present.map(([key, value]) => [key, String(value)])),
    children: typeof content === 'string' ? [] : content,
    text: typeof content === 'string' ? content : '',
  };
}

/**
 * The document, with a line for each element.
 * @throws ArgumentError for characters that XML 1.0 cannot hold, not even escaped.
 */
export function formatXml(root: XmlElement): string {
  return `${format(root, '')}\n`;
}

function format({ name, attributes, children, text }: XmlElement, indent: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}='${escapeXml(value)}'`);
  const start = `${indent}<${name}${pairs.join('')}`;
  if (children.length > 0) {
    const inner = children.map((child) => format(child, `${indent}  `)).join('\n');
    return `${start}>\n${inner}\n${indent}</${name}>`;
  }
  return text === '' ? `${start}/>` : `${start}>${escapeXml(text)}</${name}>`;
}

/** XML 1.0, 2.2: what is no Char. */
const NO_CHAR =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Text or the value of an attribute; white space is escaped where a parser would change it (2.11, 3.3.3). */
export function escapeXml(text: string): string {
  const found = NO_CHAR.exec(text);
  if (found) {
    const code = found[0].charCodeAt(0).toString(16).padStart(4, '0');
    throw new ArgumentError(
      `expected text that XML can hold, found U+${code.toUpperCase()} in ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  return text.replace(/[&<>'"\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);
}
