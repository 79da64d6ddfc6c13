/**
 * XML of an unknown origin as elements. Document types are refused, and with them entities
 * of a document's own, whether they are to be fetched or to multiply; size and depth are
 * bounded.
 */
import { parseXml, XmlDeclaration, XmlElement as ParsedElement, XmlText } from '@rgrove/parse-xml';
import { InterchangeError, type XmlElement } from '../../../../interchange/index.ts';

/** A domain has some kilobytes. */
export const MAX_XML_BYTES = 1024 * 1024;
/** A domain has not ten. */
export const MAX_XML_DEPTH = 32;

/** @throws InterchangeError that says where the document is wrong. */
export function readXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > MAX_XML_BYTES)
    throw new InterchangeError(`expected XML of at most ${MAX_XML_BYTES} bytes, found more`);
  let root: ParsedElement | null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Before the parser sees it, and wherever it stands: nothing that libvirt writes has one.
    if (text.includes('<!DOCTYPE'))
      throw new InterchangeError(
        'expected XML without <!DOCTYPE>, found one: entities of its own are not taken',
      );
    const document = parseXml(text, { preserveXmlDeclaration: true });
    const declaration = document.children.find((node) => node instanceof XmlDeclaration);
    const encoding = declaration?.encoding;
    if (encoding && !/^(utf-?8|us-ascii)$/i.test(encoding))
      throw new InterchangeError(`expected XML in UTF-8, found the encoding ${JSON.stringify(encoding)}`);
    root = document.root;
  } catch (error) {
    if (error instanceof InterchangeError) throw error;
    // The parser calls itself for each level.
    const isDeep = error instanceof RangeError;
    const [problem] = String((error as Error).message).split('\n');
    throw new InterchangeError(isDeep ? tooDeep : `expected well-formed XML in UTF-8: ${problem}`);
  }
  if (!root) throw new InterchangeError('expected an element, found none');
  return convert(root, 1);
}

const tooDeep = `expected XML of at most ${MAX_XML_DEPTH} levels, found more`;

function convert(element: ParsedElement, depth: number): XmlElement {
  if (depth > MAX_XML_DEPTH) throw new InterchangeError(tooDeep);
  const { name, attributes, children } = element;
  return {
    name,
    attributes,
    children: children
      .filter((child) => child instanceof ParsedElement)
      .map((child) => convert(child, depth + 1)),
    // Sections of CDATA are text to this parser.
    text: children
      .filter((child) => child instanceof XmlText)
      .map(({ text }) => text)
      .join(''),
  };
}
