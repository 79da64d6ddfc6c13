/** Reading a document while keeping track of what was understood: the rest becomes notes. */
import type { Draft } from './draft.ts';
import type { XmlElement } from './xml.ts';

/** How long a value may be in a note. */
const MAX_VALUE = 100;

/** An element whose attributes and children are taken one by one. */
export class Reader {
  private readonly attributes: Map<string, string>;
  private readonly children: Set<XmlElement>;

  constructor(
    readonly element: XmlElement,
    /** Where it stands, as `devices/disk[2]`. */
    readonly path: string,
    private readonly draft: Draft,
  ) {
    this.attributes = new Map(Object.entries(element.attributes));
    this.children = new Set(element.children);
  }

  get text(): string {
    return this.element.text.trim();
  }

  /** With the spaces at its ends, which belong to names of files. */
  get exactText(): string {
    return this.element.text;
  }

  /** The attribute, which counts as understood. */
  take(name: string): string | undefined {
    const value = this.attributes.get(name);
    this.attributes.delete(name);
    return value;
  }

  /** Takes an attribute that has one of these values, or any if none is given. */
  ignore(name: string, ...values: string[]): void {
    const value = this.attributes.get(name);
    if (value !== undefined && (values.length === 0 || values.includes(value))) this.attributes.delete(name);
  }

  /** The children of that name, which count as understood. */
  all(name: string): Reader[] {
    const found = this.element.children.filter((child) => child.name === name);
    return found.map((child, index) => {
      this.children.delete(child);
      return this.reader(child, found.length > 1 ? `[${index + 1}]` : '');
    });
  }

  /** The first child of that name; others of it stay. */
  one(name: string): Reader | undefined {
    const child = this.element.children.find((candidate) => candidate.name === name);
    if (!child) return undefined;
    this.children.delete(child);
    return this.reader(child, '');
  }

  /** Takes children that say nothing of the machine, with all that is in them. */
  skip(...names: string[]): void {
    for (const child of this.element.children) if (names.includes(child.name)) this.children.delete(child);
  }

  /** Puts the element down as something that cannot be. */
  refuse(why: string): void {
    this.draft.note(describe(this.element, this.path), why);
  }

  /** Puts down what was not taken. */
  finish(why = 'there is no such thing here'): void {
    for (const [name, value] of this.attributes)
      this.draft.note(`${this.path}/@${name} ${quote(value)}`, why);
    const counts = new Map<string, number>();
    for (const { name } of this.element.children) counts.set(name, (counts.get(name) ?? 0) + 1);
    const names = new Map<string, number>();
    for (const child of this.element.children) {
      const index = (names.get(child.name) ?? 0) + 1;
      names.set(child.name, index);
      if (!this.children.has(child)) continue;
      const isOne = counts.get(child.name) === 1;
      this.draft.note(describe(child, this.placeOf(child.name, isOne ? '' : `[${index}]`)), why);
    }
  }

  private reader(child: XmlElement, index: string): Reader {
    return new Reader(child, this.placeOf(child.name, index), this.draft);
  }

  private placeOf(name: string, index: string): string {
    return `${this.path === '' ? '' : `${this.path}/`}${name}${index}`;
  }
}

/** Its place, with everything that is said in it. */
function describe(element: XmlElement, path: string): string {
  const said: string[] = [];
  const collect = ({ name, attributes, children, text }: XmlElement, prefix: string): void => {
    for (const [key, value] of Object.entries(attributes)) said.push(`${prefix}${key}=${quote(value)}`);
    if (text.trim() !== '') said.push(`${prefix === '' ? '' : `${name} `}${quote(text.trim())}`);
    for (const child of children) {
      const count = said.length;
      collect(child, `${child.name} `);
      // That it is there says something, too.
      if (said.length === count) said.push(child.name);
    }
  };
  collect(element, '');
  const text = said.join(', ');
  return text === ''
    ? path
    : `${path} (${text.length > 4 * MAX_VALUE ? `${text.slice(0, 4 * MAX_VALUE)}…` : text})`;
}

function quote(value: string): string {
  return JSON.stringify(value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value);
}
