/*
 * main() of every workload:
 *   PROGRAM WARM_UP TIMED
 * does the work WARM_UP times, then TIMED times between two marks on the terminal, which
 * the host times: the clock of a guest is not to be trusted. The exit code is 1 when a
 * result is wrong.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

uint64_t digest;

static void mark(const char *text) {
  printf("[[%s]]\n", text);
  fflush(stdout);
  /* Fails where there is no terminal, which keeps nothing back either. */
  tcdrain(STDOUT_FILENO);
}

static void require(bool is_right) {
  if (is_right) return;
  puts("wrong result");
  exit(1);
}

__attribute__((weak)) int child(const char *part) {
  fprintf(stderr, "expected no part, found %s\n", part);
  return 2;
}

int start_child(const char *part, int input, int output) {
  int pid = fork();
  if (pid != 0) return pid;
  if (input >= 0) dup2(input, STDIN_FILENO);
  if (output >= 0) dup2(output, STDOUT_FILENO);
  execl("/proc/self/exe", "bench-child", "child", part, (char *)NULL);
  _exit(127);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s WARM_UP TIMED\n", argv[0]);
    return 2;
  }
  if (strcmp(argv[1], "child") == 0) return child(argv[2]);
  uint64_t warm_up = strtoull(argv[1], NULL, 10);
  uint64_t timed = strtoull(argv[2], NULL, 10);
  prepare();
  if (warm_up > 0) require(work(warm_up));
  digest = 0;
  mark("begin");
  bool is_right = work(timed);
  mark("end");
  require(is_right);
  printf("[[digest %016" PRIx64 "]]\n", digest);
  return 0;
}
