/** The namespaces of OVF descriptors, whose prefixes are the writer's choice. */
import { InterchangeError } from '../error.ts';
import type { XmlElement } from '../xml.ts';

/** Namespaces by the prefixes that they have here. Versions 1 and 2 are read alike. */
export const NAMESPACES = {
  ovf: 'http://schemas.dmtf.org/ovf/envelope/1',
  rasd: 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData',
  vssd: 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData',
  hartware: 'urn:hartware:ovf:1',
} as const;

const PREFIXES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(NAMESPACES).map(([prefix, uri]) => [uri, prefix] as const),
  ['http://schemas.dmtf.org/ovf/envelope/2', 'ovf'],
  // In version 2, items of network cards and disks have namespaces of their own, and the same elements.
  ['http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_EthernetPortAllocationSettingData', 'rasd'],
  ['http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_StorageAllocationSettingData', 'rasd'],
  ['http://www.w3.org/XML/1998/namespace', 'xml'],
]);

/**
 * The same elements with the prefixes of this module; names of other namespaces get "{namespace}" in place of a
 * prefix. Attributes without a prefix have none.
 * @throws InterchangeError for a prefix that stands for nothing.
 */
export function withKnownPrefixes(root: XmlElement): XmlElement {
  return convert(root, { own: new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]) });
}

/** What prefixes stand for in an element. Not in one map for each: a document may be made to have many in many. */
interface Scope {
  readonly own: ReadonlyMap<string, string>;
  readonly outer?: Scope;
}

function lookUp(prefix: string, scope: Scope | undefined): string | undefined {
  let each = scope;
  while (each && !each.own.has(prefix)) each = each.outer;
  return each?.own.get(prefix);
}

function convert(element: XmlElement, outer: Scope): XmlElement {
  const own = Object.entries(element.attributes).flatMap(([name, value]) => {
    const [, prefix] = /^xmlns(?::(.+))?$/.exec(name) ?? [];
    return /^xmlns(:|$)/.test(name) ? [[prefix ?? '', value] as const] : [];
  });
  const scope = own.length === 0 ? outer : { own: new Map(own), outer };
  const rename = (name: string, isAttribute: boolean): string => {
    const [local, prefix] = name.split(':').reverse();
    if (prefix === undefined && isAttribute) return name;
    const uri = lookUp(prefix ?? '', scope);
    if (uri === undefined && prefix !== undefined)
      throw new InterchangeError(`expected a prefix with a namespace, found ${JSON.stringify(name)}`);
    if (uri === undefined) return name;
    // Some versions of VirtualBox add the ending of the schema's file.
    const known = PREFIXES.get(uri.replace(/\.xsd$/, ''));
    return known === undefined ? `{${uri}}${local}` : `${known}:${local}`;
  };
  const attributes = Object.entries(element.attributes)
    .filter(([name]) => !/^xmlns(:|$)/.test(name))
    .map(([name, value]) => [rename(name, true), value]);
  return {
    name: rename(element.name, false),
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    children: element.children.map((child) => convert(child, scope)),
    text: element.text,
  };
}
