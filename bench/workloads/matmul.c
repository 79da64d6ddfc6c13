/* Product of two dense matrices of doubles. */
#include "bench.h"

#define N 96

static double a[N][N], b[N][N], c[N][N];

/* Small integers, so that every sum is exact. */
void prepare(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = (i * 7 + j * 3) % 11 - 5;
      b[i][j] = (i * 5 + j) % 13 - 6;
    }
}

/* Row by row of the second matrix: what compilers and caches like. */
__attribute__((noinline)) static void multiply(void) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) c[i][j] = 0;
    for (int k = 0; k < N; k++) {
      double factor = a[i][k];
      for (int j = 0; j < N; j++) c[i][j] += factor * b[k][j];
    }
  }
}

/* Sum of all elements, found without the product: column sums of a times row sums of b. */
static double expected_sum(void) {
  double sum = 0;
  for (int k = 0; k < N; k++) {
    double column = 0, row = 0;
    for (int i = 0; i < N; i++) column += a[i][k], row += b[k][i];
    sum += column * row;
  }
  return sum;
}

bool work(uint64_t iterations) {
  bool is_right = true;
  double right = expected_sum();
  for (uint64_t i = 0; i < iterations; i++) {
    multiply();
    double sum = 0;
    for (int row = 0; row < N; row++)
      for (int column = 0; column < N; column++) sum += c[row][column];
    is_right &= sum == right;
  }
  return is_right;
}
