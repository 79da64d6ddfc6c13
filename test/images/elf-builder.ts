/** Builds small ELF64 files for tests; every header field can be overridden. */
export interface ElfSpec {
  readonly type?: number;
  readonly machine?: number;
  readonly entry?: bigint;
  readonly segments: readonly {
    readonly type?: number;
    readonly flags?: number;
    readonly virtual: bigint;
    readonly physical?: bigint;
    readonly bytes: Uint8Array;
    readonly memorySize?: bigint;
  }[];
  readonly symbols?: readonly {
    readonly name: string;
    readonly value: bigint;
    readonly size?: bigint;
    readonly info?: number;
    readonly section?: number;
  }[];
}

export function buildElf(spec: ElfSpec): Uint8Array {
  const { segments, symbols = [] } = spec;
  const names = Buffer.from(`\0${symbols.map(({ name }) => `${name}\0`).join('')}`);
  const dataStart = 64 + 56 * segments.length;
  const symbolStart = dataStart + segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const nameStart = symbolStart + 24 * (symbols.length + 1);
  const sectionStart = nameStart + names.length;
  const sections = symbols.length > 0 ? 3 : 0;
  const file = new Uint8Array(sectionStart + 64 * sections);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, spec.type ?? 2, true);
  view.setUint16(18, spec.machine ?? 243, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, spec.entry ?? segments[0]?.virtual ?? 0n, true);
  view.setBigUint64(32, 64n, true);
  view.setBigUint64(40, BigInt(sections > 0 ? sectionStart : 0), true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, segments.length, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, sections, true);
  let offset = dataStart;
  segments.forEach(({ type = 1, flags = 7, virtual, physical = virtual, bytes, memorySize }, index) => {
    const at = 64 + 56 * index;
    view.setUint32(at, type, true);
    view.setUint32(at + 4, flags, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, virtual, true);
    view.setBigUint64(at + 24, physical, true);
    view.setBigUint64(at + 32, BigInt(bytes.length), true);
    view.setBigUint64(at + 40, memorySize ?? BigInt(bytes.length), true);
    file.set(bytes, offset);
    offset += bytes.length;
  });
  let nameOffset = 1;
  symbols.forEach(({ name, value, size = 0n, info = 0x10, section = 1 }, index) => {
    const at = symbolStart + 24 * (index + 1);
    view.setUint32(at, nameOffset, true);
    view.setUint8(at + 4, info);
    view.setUint16(at + 6, section, true);
    view.setBigUint64(at + 8, value, true);
    view.setBigUint64(at + 16, size, true);
    nameOffset += name.length + 1;
  });
  file.set(names, nameStart);
  if (sections > 0) {
    const section = (index: number, type: number, start: number, size: number, link: number) => {
      const at = sectionStart + 64 * index;
      view.setUint32(at + 4, type, true);
      view.setBigUint64(at + 24, BigInt(start), true);
      view.setBigUint64(at + 32, BigInt(size), true);
      view.setUint32(at + 40, link, true);
    };
    section(1, 2, symbolStart, nameStart - symbolStart, 2);
    section(2, 3, nameStart, names.length, 0);
  }
  return file;
}
