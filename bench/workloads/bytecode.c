/*
 * Two interpreters of a small stack machine, one with a switch and one with computed
 * goto: the indirect jumps that the interpreters of scripting languages consist of.
 */
#include "bench.h"

enum opcode {
  PUSH, LOAD, STORE, ADD, MULTIPLY, SUBTRACT, AND, SHIFT, LESS, JUMP, JUMP_UNLESS, FETCH, KEEP, HALT,
};

#define CELLS 64

/* for (i = 0; i < 5000; i++) { x = (x * 31 + i) & 0xffff; cell[x >> 10] += x - cell[i & 63]; } */
static const int32_t program[] = {
    PUSH, 0, STORE, 0, PUSH, 1, STORE, 1,
    /* 8: */ LOAD, 0, PUSH, 5000, LESS, JUMP_UNLESS, 60,
    /* 15: */ LOAD, 1, PUSH, 31, MULTIPLY, LOAD, 0, ADD, PUSH, 0xffff, AND, STORE, 1,
    /* 28: */ LOAD, 1, PUSH, 10, SHIFT, STORE, 2,
    /* 35: */ LOAD, 2, FETCH, LOAD, 1, ADD, LOAD, 0, PUSH, 63, AND, FETCH, SUBTRACT, LOAD, 2, KEEP,
    /* 51: */ LOAD, 0, PUSH, 1, ADD, STORE, 0, JUMP, 8,
    /* 60: */ HALT,
};

static int32_t code[LENGTH(program)];
static int32_t variables[4], cells[CELLS], stack[16];

void prepare(void) {
  for (unsigned i = 0; i < LENGTH(program); i++) code[i] = program[i];
}

#define BINARY(operator) \
  sp--; \
  sp[-1] = (int32_t)((uint32_t)sp[-1] operator (uint32_t)*sp);

__attribute__((noinline)) static void run_switch(void) {
  const int32_t *pc = code;
  int32_t *sp = stack;
  for (;;) {
    switch (*pc++) {
      case PUSH: *sp++ = *pc++; break;
      case LOAD: *sp++ = variables[*pc++]; break;
      case STORE: variables[*pc++] = *--sp; break;
      case ADD: BINARY(+) break;
      case MULTIPLY: BINARY(*) break;
      case SUBTRACT: BINARY(-) break;
      case AND: BINARY(&) break;
      case SHIFT: BINARY(>>) break;
      case LESS: BINARY(<) break;
      case JUMP: pc = code + *pc; break;
      case JUMP_UNLESS: pc = *--sp ? pc + 1 : code + *pc; break;
      case FETCH: sp[-1] = cells[sp[-1]]; break;
      case KEEP: sp -= 2; cells[sp[1]] = sp[0]; break;
      case HALT: return;
    }
  }
}

__attribute__((noinline)) static void run_goto(void) {
  static const void *const labels[] = {&&push, &&load,  &&store, &&add,  &&multiply,    &&subtract, &&and,
                                       &&shift, &&less, &&jump,  &&jump_unless, &&fetch,    &&keep, &&halt};
  const int32_t *pc = code;
  int32_t *sp = stack;
#define NEXT goto *labels[*pc++]
  NEXT;
push: *sp++ = *pc++; NEXT;
load: *sp++ = variables[*pc++]; NEXT;
store: variables[*pc++] = *--sp; NEXT;
add: BINARY(+) NEXT;
multiply: BINARY(*) NEXT;
subtract: BINARY(-) NEXT;
and: BINARY(&) NEXT;
shift: BINARY(>>) NEXT;
less: BINARY(<) NEXT;
jump: pc = code + *pc; NEXT;
jump_unless: pc = *--sp ? pc + 1 : code + *pc; NEXT;
fetch: sp[-1] = cells[sp[-1]]; NEXT;
keep: sp -= 2; cells[sp[1]] = sp[0]; NEXT;
halt:;
}

/* The same in C, as what the interpreters have to find. */
static uint32_t expected(void) {
  uint32_t own[CELLS] = {0}, x = 1, sum = 0;
  for (uint32_t i = 0; i < 5000; i++) {
    x = (x * 31 + i) & 0xffff;
    own[x >> 10] = own[x >> 10] + x - own[i & 63];
  }
  for (unsigned i = 0; i < CELLS; i++) sum = sum * 33 + own[i];
  return sum;
}

static uint32_t run(void (*interpreter)(void)) {
  uint32_t sum = 0;
  for (unsigned i = 0; i < CELLS; i++) cells[i] = 0;
  interpreter();
  for (unsigned i = 0; i < CELLS; i++) sum = sum * 33 + (uint32_t)cells[i];
  return sum;
}

bool work(uint64_t iterations) {
  uint32_t right = expected();
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    is_right &= run(run_switch) == right;
    is_right &= run(run_goto) == right;
  }
  digest += right;
  return is_right;
}
