/* Fibonacci numbers by calls, and Ackermann's function: nothing but calls and returns. */
#include "bench.h"

#define N 27
#define FIB_N 196418

/* Compilers would make loops of some of the calls. */
#define AS_CALLS __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls")))

void prepare(void) {}

AS_CALLS static unsigned fib(unsigned n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

AS_CALLS static unsigned ackermann(unsigned m, unsigned n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    is_right &= fib(N) == FIB_N;
    is_right &= ackermann(2, 200) == 403;
  }
  return is_right;
}
