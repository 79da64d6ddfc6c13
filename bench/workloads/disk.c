/*
 * Requests to the disk /dev/vda. The environment says which: DISK="DIRECTION ORDER BYTES
 * DEPTH", as "read random 4096 32"; DEPTH requests are under way at a time. With the depth 0
 * they go through the page cache instead, one after the other, and writes are synced in the end.
 * Each sector of the disk starts with its number, before and after.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTOR 512
#define MAX_DEPTH 64
/* An iteration is so many bytes, or so many requests if that is less. */
#define ITERATION_BYTES (64 << 20)
#define ITERATION_REQUESTS 1024

static bool is_write, is_random;
static uint64_t block, depth, blocks, seed = 1, next_block;
static int disk;
static uint8_t *buffers;
static aio_context_t context;

void prepare(void) {
  char direction[8], order[16];
  const char *text = getenv("DISK");
  if (!text || sscanf(text, "%7s %15s %lu %lu", direction, order, &block, &depth) != 4) {
    fputs("expected DISK, found none\n", stderr);
    exit(2);
  }
  is_write = strcmp(direction, "write") == 0;
  is_random = strcmp(order, "random") == 0;
  disk = open("/dev/vda", O_RDWR | (depth > 0 ? O_DIRECT : 0));
  uint64_t size;
  if (disk < 0 || ioctl(disk, BLKGETSIZE64, &size) != 0) {
    perror("/dev/vda");
    exit(1);
  }
  blocks = size / block;
  buffers = mmap(NULL, (depth ? depth : 1) * block, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (depth > 0 && syscall(SYS_io_setup, MAX_DEPTH, &context) != 0) {
    perror("io_setup");
    exit(1);
  }
}

static uint64_t choose(void) {
  if (is_random) return next_random(&seed) % blocks;
  return next_block++ % blocks;
}

static void fill(uint8_t *buffer, uint64_t number) {
  uint64_t sector = number * (block / SECTOR);
  for (uint64_t i = 0; i < block / SECTOR; i++, sector++) memcpy(buffer + i * SECTOR, &sector, 8);
}

static bool check(const uint8_t *buffer, uint64_t number) {
  uint64_t first, last, sector = number * (block / SECTOR);
  memcpy(&first, buffer, 8);
  memcpy(&last, buffer + block - SECTOR, 8);
  return first == sector && last == sector + block / SECTOR - 1;
}

static bool work_cached(uint64_t requests) {
  ioctl(disk, BLKFLSBUF, 0);
  for (uint64_t i = 0; i < requests; i++) {
    uint64_t number = choose();
    if (is_write) fill(buffers, number);
    ssize_t count = is_write ? pwrite(disk, buffers, block, number * block)
                             : pread(disk, buffers, block, number * block);
    if (count != (ssize_t)block || !check(buffers, number)) return false;
  }
  return !is_write || fsync(disk) == 0;
}

static bool submit(struct iocb *request, uint64_t slot) {
  uint64_t number = choose();
  uint8_t *buffer = buffers + slot * block;
  if (is_write) fill(buffer, number);
  *request = (struct iocb){
      .aio_data = slot,
      .aio_lio_opcode = is_write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD,
      .aio_fildes = disk,
      .aio_buf = (uintptr_t)buffer,
      .aio_nbytes = block,
      .aio_offset = number * block,
  };
  return syscall(SYS_io_submit, context, 1, &request) == 1;
}

bool work(uint64_t iterations) {
  uint64_t requests = ITERATION_BYTES / block;
  if (requests > ITERATION_REQUESTS) requests = ITERATION_REQUESTS;
  requests *= iterations;
  if (depth == 0) return work_cached(requests);
  struct iocb slots[MAX_DEPTH];
  struct io_event events[MAX_DEPTH];
  uint64_t submitted = 0, done = 0;
  while (submitted < depth && submitted < requests) {
    if (!submit(&slots[submitted], submitted)) return false;
    submitted++;
  }
  while (done < requests) {
    long count = syscall(SYS_io_getevents, context, 1, MAX_DEPTH, events, NULL);
    if (count < 1) return false;
    for (long i = 0; i < count; i++, done++) {
      uint64_t slot = events[i].data;
      uint64_t number = slots[slot].aio_offset / block;
      if (events[i].res != (int64_t)block || !check(buffers + slot * block, number)) return false;
      if (submitted < requests) {
        if (!submit(&slots[slot], slot)) return false;
        submitted++;
      }
    }
  }
  return true;
}
