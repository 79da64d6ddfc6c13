/* Bodies that attract one another, moved by a symplectic Euler method: chains of double arithmetic. */
#include "bench.h"

#include <math.h>
#include <string.h>

#define BODIES 5
#define STEPS 1000
#define TIME_STEP 0.001

struct body {
  double position[3], velocity[3], mass;
};

static struct body start[BODIES], bodies[BODIES];

void prepare(void) {
  /* A heavy body in the middle, light ones around it, each on a circle if it were alone. */
  start[0].mass = 40;
  for (int i = 1; i < BODIES; i++) {
    double distance = 3.0 * i, speed = sqrt(start[0].mass / distance);
    start[i].mass = 0.01 * i;
    start[i].position[i % 2] = distance;
    start[i].position[2] = 0.1 * i;
    start[i].velocity[1 - i % 2] = i % 2 ? speed : -speed;
  }
}

static double energy(void) {
  double sum = 0;
  for (int i = 0; i < BODIES; i++) {
    const struct body *a = &bodies[i];
    for (int axis = 0; axis < 3; axis++) sum += a->mass * a->velocity[axis] * a->velocity[axis] / 2;
    for (int j = i + 1; j < BODIES; j++) {
      const struct body *b = &bodies[j];
      double x = a->position[0] - b->position[0];
      double y = a->position[1] - b->position[1];
      double z = a->position[2] - b->position[2];
      sum -= a->mass * b->mass / sqrt(x * x + y * y + z * z);
    }
  }
  return sum;
}

static void step(void) {
  for (int i = 0; i < BODIES; i++) {
    struct body *a = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      struct body *b = &bodies[j];
      double x = a->position[0] - b->position[0];
      double y = a->position[1] - b->position[1];
      double z = a->position[2] - b->position[2];
      double square = x * x + y * y + z * z;
      double pull = TIME_STEP / (square * sqrt(square));
      double to_a = b->mass * pull, to_b = a->mass * pull;
      a->velocity[0] -= x * to_a;
      a->velocity[1] -= y * to_a;
      a->velocity[2] -= z * to_a;
      b->velocity[0] += x * to_b;
      b->velocity[1] += y * to_b;
      b->velocity[2] += z * to_b;
    }
  }
  for (int i = 0; i < BODIES; i++)
    for (int axis = 0; axis < 3; axis++) bodies[i].position[axis] += TIME_STEP * bodies[i].velocity[axis];
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    memcpy(bodies, start, sizeof bodies);
    double before = energy();
    for (int s = 0; s < STEPS; s++) step();
    double after = energy();
    is_right &= fabs(after - before) < 1e-3 * fabs(before);
    uint64_t bits;
    memcpy(&bits, &after, sizeof bits);
    digest += bits;
  }
  return is_right;
}
