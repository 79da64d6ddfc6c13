/**
 * QEMU's syntax for options with settings: `type,key=value,key`, where two commas stand
 * for one in a value, a key alone means `on`, and the first value may come without its key.
 */

/** A value with its commas doubled. */
export function escapeValue(value: string): string {
  return value.replaceAll(',', ',,');
}

/** `first,key=value,…`; settings whose value is undefined are left out. */
export function formatSettings(
  first: string,
  settings: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const pairs = Object.entries(settings).filter(([, value]) => value !== undefined);
  return [escapeValue(first), ...pairs.map(([key, value]) => `${key}=${escapeValue(String(value))}`)].join(
    ',',
  );
}

/** The settings of an option. What nobody has taken at the end is what nobody understood. */
export class Settings {
  private constructor(private readonly values: Map<string, string>) {}

  /**
   * @param firstKey the key of a first value without one.
   * JSON, which QEMU takes for some options, is read as the settings that it stands for.
   */
  static parse(text: string, firstKey: string): Settings {
    if (text.startsWith('{')) {
      const values = fromJson(text);
      if (values) return new Settings(values);
    }
    const values = new Map<string, string>();
    splitAtCommas(text).forEach((part, index) => {
      const equals = part.indexOf('=');
      if (equals >= 0) values.set(part.slice(0, equals), part.slice(equals + 1));
      else if (index === 0) values.set(firstKey, part);
      else if (part !== '') values.set(part, 'on');
    });
    return new Settings(values);
  }

  /** The value of the first of these keys that is there; all of them count as understood. */
  take(...keys: string[]): string | undefined {
    const found = keys.map((key) => this.values.get(key)).find((value) => value !== undefined);
    for (const key of keys) this.values.delete(key);
    return found;
  }

  /** Undefined when the key is absent or is neither on nor off; then it stays. */
  takeSwitch(key: string): boolean | undefined {
    const value = this.values.get(key);
    if (value === undefined || !/^(on|off|yes|no|true|false)$/.test(value)) return undefined;
    this.values.delete(key);
    return /^(on|yes|true)$/.test(value);
  }

  /** Takes the setting if it has one of these values, which mean nothing to a guest. */
  ignore(key: string, ...values: string[]): void {
    const value = this.values.get(key);
    if (value !== undefined && (values.length === 0 || values.includes(value))) this.values.delete(key);
  }

  /** What was not taken, as `key=value`. */
  get rest(): string[] {
    return [...this.values].map(([key, value]) => `${key}=${value}`);
  }
}

function splitAtCommas(text: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== ',') parts[parts.length - 1] += text[at];
    else if (text[at + 1] === ',') {
      parts[parts.length - 1] += ',';
      at++;
    } else parts.push('');
  }
  return parts;
}

/** Undefined when it is no JSON. */
function fromJson(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) collect(inner, path === '' ? key : `${path}.${key}`);
    } else values.set(path, value === true ? 'on' : value === false ? 'off' : String(value));
  };
  try {
    collect(JSON.parse(text), '');
  } catch {
    return undefined;
  }
  return values;
}
