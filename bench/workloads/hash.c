/* Hash tables: insertion, lookup and removal, with open addressing and with chains. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define KEYS 30000
#define SLOTS (1 << 16)
#define BUCKETS (1 << 14)

struct node {
  struct node *next;
  uint64_t key, value;
};

static uint64_t keys[KEYS];
static uint64_t slot_keys[SLOTS], slot_values[SLOTS];
static struct node *buckets[BUCKETS];
static struct node nodes[KEYS];

void prepare(void) {
  uint64_t state = 3;
  for (unsigned i = 0; i < KEYS; i++) keys[i] = next_random(&state) | 1;
}

/* Multiplicative hashing; the upper bits are the good ones. */
static inline unsigned slot_of(uint64_t key, unsigned bits) {
  return key * 0x9e3779b97f4a7c15 >> (64 - bits);
}

static uint64_t open_addressing(void) {
  memset(slot_keys, 0, sizeof slot_keys);
  for (unsigned i = 0; i < KEYS; i++) {
    unsigned slot = slot_of(keys[i], 16);
    while (slot_keys[slot] != 0 && slot_keys[slot] != keys[i]) slot = (slot + 1) % SLOTS;
    slot_keys[slot] = keys[i];
    slot_values[slot] = i;
  }
  uint64_t found = 0;
  /* Every second key that is asked for is not there. */
  for (unsigned i = 0; i < 2 * KEYS; i++) {
    uint64_t key = i % 2 == 0 ? keys[i / 2] : keys[i / 2] - 1;
    unsigned slot = slot_of(key, 16);
    while (slot_keys[slot] != 0 && slot_keys[slot] != key) slot = (slot + 1) % SLOTS;
    if (slot_keys[slot] == key) found += slot_values[slot];
  }
  return found;
}

static uint64_t chains(void) {
  memset(buckets, 0, sizeof buckets);
  for (unsigned i = 0; i < KEYS; i++) {
    struct node **bucket = &buckets[slot_of(keys[i], 14)];
    nodes[i] = (struct node){*bucket, keys[i], i};
    *bucket = &nodes[i];
  }
  uint64_t removed = 0;
  for (unsigned i = 0; i < KEYS; i += 2) {
    struct node **link = &buckets[slot_of(keys[i], 14)];
    while (*link && (*link)->key != keys[i]) link = &(*link)->next;
    if (*link == NULL) continue;
    removed += (*link)->value;
    *link = (*link)->next;
  }
  uint64_t left = 0;
  for (unsigned b = 0; b < BUCKETS; b++)
    for (struct node *node = buckets[b]; node; node = node->next) left += node->value;
  return removed * 3 + left;
}

bool work(uint64_t iterations) {
  const uint64_t all = (uint64_t)KEYS * (KEYS - 1) / 2;
  const uint64_t even = (uint64_t)(KEYS / 2) * (KEYS / 2 - 1);
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    is_right &= open_addressing() == all;
    is_right &= chains() == even * 3 + (all - even);
  }
  return is_right;
}
