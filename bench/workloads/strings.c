/* Work on strings: splitting, comparing, searching, copying, formatting and reading numbers. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 4000

static char text[WORDS * 12 + 1];
static char copy[sizeof text];
static char joined[sizeof text + WORDS * 8];

void prepare(void) {
  uint64_t state = 4;
  char *end = text;
  for (unsigned i = 0; i < WORDS; i++) {
    unsigned length = 2 + next_random(&state) % 9;
    for (unsigned j = 0; j < length; j++) *end++ = 'a' + next_random(&state) % 26;
    *end++ = ' ';
  }
  *end = '\0';
}

bool work(uint64_t iterations) {
  bool is_right = true;
  for (uint64_t i = 0; i < iterations; i++) {
    strcpy(copy, text);
    unsigned words = 0;
    uint64_t hash = 0;
    const char *smallest = "zzzzzzzzzzzz";
    char *out = joined;
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
      if (strcmp(word, smallest) < 0) smallest = word;
      for (const char *c = word; *c; c++) hash = hash * 31 + (unsigned char)*c;
      out += sprintf(out, "%s=%u;", word, words++);
    }
    is_right &= words == WORDS;
    uint64_t sum = 0;
    for (const char *at = joined; (at = strchr(at, '=')) != NULL;) sum += strtoul(at + 1, NULL, 10), at++;
    is_right &= sum == (uint64_t)WORDS * (WORDS - 1) / 2;
    is_right &= strstr(joined, "=3999;") == joined + strlen(joined) - 6;
    is_right &= strlen(joined) == (size_t)(out - joined);
    digest += hash + (unsigned char)smallest[1];
  }
  return is_right;
}
