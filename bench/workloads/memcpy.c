/* The C library's memcpy of blocks larger than a cache. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define SIZE (8 * 1024 * 1024)

static uint64_t *from, *to;

void prepare(void) {
  from = malloc(SIZE);
  to = malloc(SIZE);
  uint64_t state = 7;
  for (unsigned i = 0; i < SIZE / 8; i++) from[i] = next_random(&state);
  memset(to, 0, SIZE);
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    from[i % (SIZE / 8)] += i;
    memcpy(to, from, SIZE);
    is_right &= to[i % (SIZE / 8)] == from[i % (SIZE / 8)] && to[SIZE / 8 - 1] == from[SIZE / 8 - 1];
  }
  return is_right && memcmp(to, from, SIZE) == 0;
}
