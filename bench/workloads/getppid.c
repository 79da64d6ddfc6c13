/* The smallest system call there is. */
#define _GNU_SOURCE
#include "bench.h"

#include <sys/syscall.h>
#include <unistd.h>

#define CALLS 1000

void prepare(void) {}

bool work(uint64_t iterations) {
  long parent = getppid();
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++)
    for (int call = 0; call < CALLS; call++) is_right &= syscall(SYS_getppid) == parent;
  return is_right;
}
