/*
 * Requests to a shared folder at /mnt. The environment says which: SHARE="OPERATION BYTES".
 * "read" and "write" go through the file /mnt/data, which is there, one after the other; past
 * the page cache of the guest, which Linux does not use for such folders by default. The others
 * are about many small files: "create" makes, writes and removes them, "stat" asks for their
 * attributes, and "list" reads the names in their folder; BYTES is the size of each.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* An iteration is so many bytes, or so many requests if that is less. */
#define ITERATION_BYTES (16 << 20)
#define ITERATION_REQUESTS 1024
#define FILES 256
#define DATA "/mnt/data"
#define FOLDER "/mnt/files"

static char operation[8];
static uint64_t block, blocks, next_block;
static int data;
static uint8_t *buffer;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static const char *name_of(uint64_t number) {
  static char name[64];
  snprintf(name, sizeof name, FOLDER "/%s-%lu", operation, number);
  return name;
}

static bool make(const char *name) {
  int file = open(name, O_CREAT | O_EXCL | O_WRONLY, 0644);
  if (file < 0) return false;
  bool is_whole = write(file, buffer, block) == (ssize_t)block;
  return close(file) == 0 && is_whole;
}

void prepare(void) {
  const char *text = getenv("SHARE");
  if (!text || sscanf(text, "%7s %lu", operation, &block) != 2) {
    fputs("expected SHARE, found none\n", stderr);
    exit(2);
  }
  buffer = mmap(NULL, block, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  memset(buffer, 'x', block);
  data = open(DATA, O_RDWR);
  struct stat status;
  if (data < 0 || fstat(data, &status) != 0) fail(DATA);
  blocks = status.st_size / block;
  if (mkdir(FOLDER, 0755) != 0 && errno != EEXIST) fail(FOLDER);
  if (strcmp(operation, "stat") != 0 && strcmp(operation, "list") != 0) return;
  for (uint64_t i = 0; i < FILES; i++)
    if (!make(name_of(i)) && errno != EEXIST) fail(name_of(i));
}

static uint64_t requests_of(uint64_t iterations) {
  uint64_t requests = ITERATION_BYTES / block;
  return (requests > ITERATION_REQUESTS ? ITERATION_REQUESTS : requests) * iterations;
}

/* Each block starts with its number in units of 4 KiB, before and after. */
static bool read_blocks(uint64_t requests) {
  for (uint64_t i = 0; i < requests; i++) {
    uint64_t number = next_block++ % blocks, first;
    if (pread(data, buffer, block, number * block) != (ssize_t)block) return false;
    memcpy(&first, buffer, 8);
    if (first != number * block / 4096) return false;
  }
  return true;
}

static bool write_blocks(uint64_t requests) {
  for (uint64_t i = 0; i < requests; i++) {
    uint64_t number = next_block++ % blocks;
    for (uint64_t at = 0; at < block; at += 4096) {
      uint64_t unit = (number * block + at) / 4096;
      memcpy(buffer + at, &unit, 8);
    }
    if (pwrite(data, buffer, block, number * block) != (ssize_t)block) return false;
  }
  return true;
}

static bool create(void) {
  for (uint64_t i = 0; i < FILES; i++)
    if (!make(name_of(i))) return false;
  for (uint64_t i = 0; i < FILES; i++)
    if (unlink(name_of(i)) != 0) return false;
  return true;
}

static bool stat_all(void) {
  struct stat status;
  for (uint64_t i = 0; i < FILES; i++)
    if (stat(name_of(i), &status) != 0 || status.st_size != (off_t)block) return false;
  return true;
}

static bool list(void) {
  DIR *folder = opendir(FOLDER);
  if (!folder) return false;
  uint64_t count = 0;
  for (struct dirent *entry; (entry = readdir(folder));) count += strncmp(entry->d_name, "list-", 5) == 0;
  return closedir(folder) == 0 && count == FILES;
}

bool work(uint64_t iterations) {
  if (strcmp(operation, "read") == 0) return read_blocks(requests_of(iterations));
  if (strcmp(operation, "write") == 0) return write_blocks(requests_of(iterations));
  bool (*once)(void) = strcmp(operation, "create") == 0 ? create : strcmp(operation, "stat") == 0 ? stat_all : list;
  for (uint64_t i = 0; i < iterations; i++)
    if (!once()) return false;
  return true;
}
