/* Fast Fourier transform (J. Cooley and J. Tukey, 1965; radix 2, in place) there and back. */
#include "bench.h"

#include <math.h>
#include <string.h>

#define N 2048

static double signal[N], real[N], imaginary[N];
/* exp(-2 pi i k / N) */
static double cosine[N / 2], sine[N / 2];

void prepare(void) {
  uint64_t state = 5;
  for (int k = 0; k < N; k++) signal[k] = (double)(next_random(&state) % 2001) / 1000 - 1;
  for (int k = 0; k < N / 2; k++) {
    double angle = 2 * 3.14159265358979323846 * k / N;
    cosine[k] = cos(angle);
    sine[k] = -sin(angle);
  }
}

static void transform(double *re, double *im, double direction) {
  for (unsigned i = 1, reversed = 0; i < N; i++) {
    unsigned bit = N / 2;
    for (; reversed & bit; bit /= 2) reversed ^= bit;
    reversed ^= bit;
    if (i < reversed) {
      double r = re[i], m = im[i];
      re[i] = re[reversed], im[i] = im[reversed];
      re[reversed] = r, im[reversed] = m;
    }
  }
  for (unsigned half = 1; half < N; half *= 2) {
    unsigned stride = N / 2 / half;
    for (unsigned block = 0; block < N; block += 2 * half) {
      for (unsigned k = 0; k < half; k++) {
        unsigned low = block + k, high = low + half;
        double wr = cosine[k * stride], wi = direction * sine[k * stride];
        double r = re[high] * wr - im[high] * wi;
        double m = re[high] * wi + im[high] * wr;
        re[high] = re[low] - r, im[high] = im[low] - m;
        re[low] += r, im[low] += m;
      }
    }
  }
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    memcpy(real, signal, sizeof real);
    memset(imaginary, 0, sizeof imaginary);
    transform(real, imaginary, 1);
    uint64_t bits;
    memcpy(&bits, &real[1], sizeof bits);
    digest += bits;
    transform(real, imaginary, -1);
    for (int k = 0; k < N; k++) is_right &= fabs(real[k] / N - signal[k]) < 1e-12;
  }
  return is_right;
}
