/* What a workload consists of; main() is in bench.c. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>

/* Makes data, untimed. */
void prepare(void);

/*
 * Does the work `iterations` times, each time the same. Returns whether the results are
 * right; adds to `digest` what another computer with the same program must find, too.
 */
bool work(uint64_t iterations);

/* What a child does that the workload has started, with the name of its part. */
int child(const char *part);

/* Starts this program again as `child(part)`, with these as standard input and output. */
int start_child(const char *part, int input, int output);

extern uint64_t digest;

/* A reproducible sequence (splitmix64 of G. Steele, D. Lea and C. Flood, 2014). */
static inline uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

#define LENGTH(array) (sizeof(array) / sizeof *(array))

#endif
