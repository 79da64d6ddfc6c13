/* What a shell does for "produce | double | count": three programs, connected, read to their end. */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES 500

void prepare(void) {}

int child(const char *part) {
  char line[64];
  if (strcmp(part, "produce") == 0) {
    for (int i = 0; i < LINES; i++) printf("line %d\n", i);
  } else if (strcmp(part, "double") == 0) {
    while (fgets(line, sizeof line, stdin)) printf("%s%s", line, line);
  } else {
    int lines = 0;
    while (fgets(line, sizeof line, stdin)) lines++;
    printf("%d\n", lines);
  }
  return 0;
}

static bool run_pipeline(void) {
  static const char *const parts[] = {"produce", "double", "count"};
  int input = -1, pids[3];
  for (int i = 0; i < 3; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    pids[i] = start_child(parts[i], input, ends[1]);
    close(ends[1]);
    if (input >= 0) close(input);
    input = ends[0];
  }
  char answer[16] = "";
  ssize_t size = read(input, answer, sizeof answer - 1);
  close(input);
  bool is_right = size > 0 && atoi(answer) == 2 * LINES;
  for (int i = 0; i < 3; i++) {
    int status;
    is_right &= waitpid(pids[i], &status, 0) == pids[i] && status == 0;
  }
  return is_right;
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) is_right &= run_pipeline();
  return is_right;
}
