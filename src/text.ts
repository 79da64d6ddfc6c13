/**
 * UTF-8 encoding and decoding. The constructors are globals of every host, but
 * their types belong to the DOM and Node libraries, which `src/` does without.
 */
interface TextCodecs {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
  readonly TextDecoder: new (
    label: string,
    options: { readonly ignoreBOM: boolean },
  ) => {
    decode(bytes: Uint8Array): string;
  };
}

const codecs = (): TextCodecs => globalThis as unknown as TextCodecs;

export function encodeUtf8(text: string): Uint8Array {
  return new (codecs().TextEncoder)().encode(text);
}

/** Decodes UTF-8; invalid sequences become U+FFFD, a byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array): string {
  // A copy, because browsers decode nothing of a resizable buffer.
  return new (codecs().TextDecoder)('utf-8', { ignoreBOM: true }).decode(bytes.slice());
}
