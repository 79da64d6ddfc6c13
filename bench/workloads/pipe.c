/* Bytes from one process to another through a pipe. */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK 4096
#define BLOCKS 256 /* an iteration */

void prepare(void) {}

static void produce(int output, uint64_t blocks) {
  uint8_t buffer[BLOCK];
  memset(buffer, 'x', sizeof buffer);
  for (uint64_t i = 0; i < blocks; i++) {
    memcpy(buffer, &i, sizeof i);
    if (write(output, buffer, BLOCK) != BLOCK) _exit(1);
  }
  _exit(0);
}

bool work(uint64_t iterations) {
  uint64_t blocks = iterations * BLOCKS;
  int ends[2], status;
  if (pipe(ends) != 0) return false;
  int pid = fork();
  if (pid == 0) {
    close(ends[0]);
    produce(ends[1], blocks);
  }
  close(ends[1]);
  bool is_right = true;
  uint8_t buffer[BLOCK];
  for (uint64_t i = 0; i < blocks; i++) {
    for (size_t have = 0; have < BLOCK;) {
      ssize_t count = read(ends[0], buffer + have, BLOCK - have);
      if (count <= 0) return false;
      have += count;
    }
    uint64_t number;
    memcpy(&number, buffer, sizeof number);
    is_right &= number == i && buffer[BLOCK - 1] == 'x';
  }
  close(ends[0]);
  return waitpid(pid, &status, 0) == pid && status == 0 && is_right;
}
