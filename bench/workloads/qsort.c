/* The C library's qsort of pseudo-random keys: indirect calls, branches that cannot be predicted. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define COUNT 50000

struct record {
  uint32_t key;
  uint32_t payload;
};

static struct record unsorted[COUNT], records[COUNT];

void prepare(void) {
  uint64_t state = 1;
  for (unsigned i = 0; i < COUNT; i++) unsorted[i] = (struct record){next_random(&state), i};
}

static int compare(const void *a, const void *b) {
  uint32_t left = ((const struct record *)a)->key, right = ((const struct record *)b)->key;
  return left < right ? -1 : left > right;
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    memcpy(records, unsorted, sizeof records);
    qsort(records, COUNT, sizeof *records, compare);
    uint64_t sum = records[0].payload;
    for (unsigned j = 1; j < COUNT; j++) {
      is_right &= records[j - 1].key <= records[j].key;
      sum += records[j].payload;
    }
    is_right &= sum == (uint64_t)COUNT * (COUNT - 1) / 2;
  }
  digest += records[COUNT / 3].key;
  return is_right;
}
