/* A process that starts a program and waits for its end. */
#include "bench.h"

#include <sys/wait.h>

#define CODE 42

void prepare(void) {}

int child(const char *part) {
  (void)part;
  return CODE;
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    int status = 0, pid = start_child("", -1, -1);
    is_right &= pid > 0 && waitpid(pid, &status, 0) == pid;
    is_right &= WIFEXITED(status) && WEXITSTATUS(status) == CODE;
  }
  return is_right;
}
