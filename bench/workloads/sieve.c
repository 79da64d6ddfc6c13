/* Sieve of Eratosthenes over one byte a number. */
#include "bench.h"

#include <string.h>

#define LIMIT (1 << 18)
#define PRIMES 23000 /* below LIMIT */

static uint8_t is_composite[LIMIT];

void prepare(void) {}

static unsigned sieve(void) {
  memset(is_composite, 0, sizeof is_composite);
  unsigned count = 0;
  for (unsigned n = 2; n < LIMIT; n++) {
    if (is_composite[n]) continue;
    count++;
    for (uint64_t multiple = (uint64_t)n * n; multiple < LIMIT; multiple += n) is_composite[multiple] = 1;
  }
  return count;
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) is_right &= sieve() == PRIMES;
  return is_right;
}
