/* A pointer chase through 64 MiB in random order: one cache miss, and often a TLB miss, a step. */
#include "bench.h"

#include <stdlib.h>

#define COUNT (1 << 20)
#define STEPS (1 << 18)

/* As large as a cache line. */
static struct line {
  struct line *next;
  uint64_t number;
  uint64_t padding[6];
} *lines;

static struct line *here;

void prepare(void) {
  lines = aligned_alloc(sizeof *lines, COUNT * sizeof *lines);
  uint32_t *order = malloc(COUNT * sizeof *order);
  uint64_t state = 6;
  for (uint32_t i = 0; i < COUNT; i++) order[i] = i;
  /* One cycle through all of them (S. Sattolo, 1986). */
  for (uint32_t i = COUNT - 1; i > 0; i--) {
    uint32_t j = next_random(&state) % i, t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
  for (uint32_t i = 0; i < COUNT; i++) {
    lines[i].next = &lines[order[i]];
    lines[i].number = i;
  }
  free(order);
  here = lines;
}

bool work(uint64_t iterations) {
  for (uint64_t i = 0; i < iterations; i++) {
    for (unsigned step = 0; step < STEPS; step++) here = here->next;
    digest = digest * 31 + here->number;
  }
  return here->next != here;
}
