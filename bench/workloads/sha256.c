/* SHA-256 (FIPS 180-4) of a buffer. */
#include "bench.h"

#include <string.h>

#define SIZE (64 * 1024)

static uint32_t k[64], initial[8];
static uint8_t message[SIZE];

static bool is_prime(unsigned n) {
  for (unsigned d = 2; d * d <= n; d++)
    if (n % d == 0) return false;
  return true;
}

/* The first 32 bits of the fraction of the root of n of this degree. */
static uint32_t root_fraction(unsigned n, unsigned degree) {
  /* floor(root(n) * 2^32) is the largest r with r^degree <= n * 2^(32 * degree). */
  uint64_t low = 0, high = (uint64_t)n << 32;
  while (low < high) {
    uint64_t r = low + (high - low + 1) / 2;
    /* Powers as base-2^32 digits, compared from the top. */
    uint32_t power[8] = {1};
    for (unsigned factor = 0; factor < degree; factor++) {
      uint32_t product[8] = {0};
      for (unsigned half = 0; half < 2; half++) {
        uint64_t digit = half ? r >> 32 : (uint32_t)r, carry = 0;
        for (unsigned j = 0; j + half < 8; j++) {
          uint64_t t = digit * power[j] + product[j + half] + carry;
          product[j + half] = t;
          carry = t >> 32;
        }
      }
      memcpy(power, product, sizeof power);
    }
    bool is_above = power[degree] > n;
    for (unsigned j = degree + 1; j < 8; j++) is_above |= power[j] != 0;
    if (power[degree] == n)
      for (unsigned j = 0; j < degree; j++) is_above |= power[j] != 0;
    if (is_above) high = r - 1;
    else low = r;
  }
  return low;
}

void prepare(void) {
  unsigned count = 0;
  for (unsigned n = 2; count < 64; n++) {
    if (!is_prime(n)) continue;
    if (count < 8) initial[count] = root_fraction(n, 2);
    k[count++] = root_fraction(n, 3);
  }
  uint64_t state = 2;
  for (unsigned i = 0; i < SIZE; i++) message[i] = next_random(&state);
}

static inline uint32_t rotate(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static void hash_block(uint32_t h[8], const uint8_t *block) {
  uint32_t w[64];
  for (unsigned t = 0; t < 16; t++, block += 4)
    w[t] = (uint32_t)block[0] << 24 | block[1] << 16 | block[2] << 8 | block[3];
  for (unsigned t = 16; t < 64; t++) {
    uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], last = h[7];
  for (unsigned t = 0; t < 64; t++) {
    uint32_t t1 = last + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + k[t] + w[t];
    uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    last = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += last;
}

static void hash(uint32_t h[8], const uint8_t *bytes, uint64_t size) {
  memcpy(h, initial, sizeof initial);
  uint64_t rest = size;
  for (; rest >= 64; rest -= 64, bytes += 64) hash_block(h, bytes);
  uint8_t tail[128] = {0};
  memcpy(tail, bytes, rest);
  tail[rest] = 0x80;
  unsigned end = rest < 56 ? 64 : 128;
  for (unsigned i = 0; i < 8; i++) tail[end - 1 - i] = size * 8 >> 8 * i;
  for (unsigned at = 0; at < end; at += 64) hash_block(h, tail + at);
}

bool work(uint64_t iterations) {
  uint32_t h[8];
  hash(h, (const uint8_t *)"abc", 3);
  bool is_right = h[0] == 0xba7816bf && h[7] == 0xf20015ad;
  for (uint64_t i = 0; i < iterations; i++) {
    hash(h, message, SIZE);
    digest += h[i % 8];
  }
  return is_right;
}
