/**
 * SHA-256 (FIPS 180-4), piece by piece: of disk images that are larger than memory. That of the
 * Web Cryptography API takes all bytes at once, and only pages of secure origins have it.
 */

/** A digest that is fed piece by piece. */
export interface ContentHash {
  /** Takes the next bytes, which are not kept. */
  update(bytes: Uint8Array): void;
  /** The digest of all of them, as 64 hexadecimal digits in lower case. Ends it. */
  digest(): string;
}

const BLOCK = 64;
/** Bytes of the length of the message, at the end of the last block. */
const LENGTH_FIELD = 8;

/** The first 32 bits of the fractional part. */
const fraction = (x: number): number => (x - Math.floor(x)) * 2 ** 32;

const PRIMES: number[] = [];
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime !== 0)) PRIMES.push(n);
/** 4.2.2. No engine's `cbrt` is wrong by so much that it would show. */
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
/** 5.3.3. */
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

/** Rotates right. */
const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

export class Sha256 implements ContentHash {
  private readonly state = Int32Array.from(INITIAL);
  private readonly schedule = new Int32Array(BLOCK);
  private readonly block = new Uint8Array(BLOCK);
  private filled = 0;
  private length = 0;

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    let at = 0;
    if (this.filled > 0) {
      at = Math.min(BLOCK - this.filled, bytes.length);
      this.keep(bytes.subarray(0, at));
      if (this.filled < BLOCK) return;
      this.compress(this.block, 0);
      this.filled = 0;
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.compress(bytes, at);
    this.keep(bytes.subarray(at));
  }

  private keep(bytes: Uint8Array): void {
    this.block.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  digest(): string {
    const { block } = this;
    const end = BLOCK - LENGTH_FIELD;
    this.keep(Uint8Array.of(0x80));
    block.fill(0, this.filled);
    if (this.filled > end) {
      this.compress(block, 0);
      block.fill(0);
    }
    new DataView(block.buffer).setBigUint64(end, BigInt(this.length) * 8n);
    this.compress(block, 0);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** 6.2.2. */
  private compress(bytes: Uint8Array, at: number): void {
    const { state, schedule: w } = this;
    for (let t = 0; t < 16; t++, at += 4)
      w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15];
      const y = w[t - 2];
      const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      w[t] = (((w[t - 16] + small0) | 0) + ((w[t - 7] + small1) | 0)) | 0;
    }
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    // Each sum is cut to 32 bits at once: so engines add integers, which is three times as fast.
    for (let t = 0; t < 64; t++) {
      const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const temporary1 = (((h + big1) | 0) + (((g ^ (e & (f ^ g))) + ((K[t] + w[t]) | 0)) | 0)) | 0;
      const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const temporary2 = (big0 + ((a & (b ^ c)) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + temporary1) | 0;
      d = c;
      c = b;
      b = a;
      a = (temporary1 + temporary2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}
