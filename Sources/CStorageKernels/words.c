#include "words.h"

#include <string.h>

#include "dispatch.h"

// Words and signed numbers of 1, 2, 4 and 8 bytes. Bytes come from files and sit anywhere.
typedef uint8_t word_1;
typedef uint16_t __attribute__((aligned(1), may_alias)) word_2;
typedef uint32_t __attribute__((aligned(1), may_alias)) word_4;
typedef uint64_t __attribute__((aligned(1), may_alias)) word_8;
typedef int8_t integer_1;
typedef int16_t __attribute__((aligned(1), may_alias)) integer_2;
typedef int32_t __attribute__((aligned(1), may_alias)) integer_4;
typedef int64_t __attribute__((aligned(1), may_alias)) integer_8;

static inline uint64_t is_present(uint64_t word) { return word != 0; }

// A word of a dictionary, ordered as unsigned, and its code.
typedef struct {
  uint64_t key;
  uint32_t code;
} sort_entry;

// Radix sort of `count` entries by the lowest `bytes` bytes of their keys, between them and room for as many behind them; returns where the result
// lies.
static const sort_entry *sort_entries(size_t count, unsigned bytes, sort_entry *entries) {
  sort_entry *from = entries, *to = entries + count;
  for (unsigned shift = 0; shift < 8 * bytes; shift += 8) {
    uint32_t starts[256] = {0};
    for (size_t i = 0; i < count; i++) starts[from[i].key >> shift & 0xff]++;
    if (starts[from[0].key >> shift & 0xff] == count) continue;
    uint32_t sum = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
      uint32_t here = starts[byte];
      starts[byte] = sum;
      sum += here;
    }
    for (size_t i = 0; i < count; i++) to[starts[from[i].key >> shift & 0xff]++] = from[i];
    sort_entry *swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

#define JOINED(name, suffix) name##_##suffix
#define JOIN(name, suffix) JOINED(name, suffix)

#define WORD_BYTES 1
#include "words_loops.h"
#define WORD_BYTES 2
#include "words_loops.h"
#define WORD_BYTES 4
#include "words_loops.h"
#define WORD_BYTES 8
#include "words_loops.h"

// Calls the loop of the right width.
#define BY_WIDTH(word_bytes, CALL) \
  switch (word_bytes) {            \
    case 1: CALL(1);               \
    case 2: CALL(2);               \
    case 4: CALL(4);               \
    default: CALL(8);              \
  }

void mistique_words_predict_bitmap(const void *values, size_t rows, unsigned word_bytes, void *bitmap) {
#define CALL(N) predict_bitmap_##N(values, rows, bitmap); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void mistique_words_range(const void *words, size_t count, unsigned word_bytes, int64_t *smallest, int64_t *largest) {
#define CALL(N) range_##N(words, count, smallest, largest); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

size_t mistique_words_sample(const void *words, size_t count, unsigned word_bytes, int64_t *values, int64_t *differences) {
#define CALL(N) return sample_##N(words, count, values, differences)
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

unsigned mistique_words_split(
    const void *words, size_t count, unsigned word_bytes, uint64_t base, unsigned kept, uint8_t *planes) {
#define CALL(N) return split_##N(words, count, base, kept, planes)
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void mistique_words_join(const uint8_t *const *planes, size_t count, unsigned word_bytes, uint64_t base, void *words) {
#define CALL(N)                                                           \
  fill_##N(count, (word_##N)base, words);                                 \
  for (unsigned k = 0; k < N; k++)                                        \
    if (planes[k] != NULL) add_plane_##N(planes[k], count, 8 * k, words); \
  return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void mistique_words_difference(const void *words, size_t count, unsigned word_bytes, void *differences) {
#define CALL(N) difference_##N(words, count, differences); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void mistique_words_accumulate(size_t count, unsigned word_bytes, uint64_t first, void *words) {
#define CALL(N) accumulate_##N(count, first, words); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

size_t mistique_words_dictionary(
    const void *words, size_t count, unsigned word_bytes, size_t limit, uint16_t *codes, void *dictionary, uint32_t *frequencies) {
#define CALL(N) return dictionary_##N(words, count, limit, codes, dictionary, frequencies)
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void mistique_words_look_up(const uint16_t *codes, size_t count, const void *dictionary, unsigned word_bytes, void *words) {
#define CALL(N) look_up_##N(codes, count, dictionary, words); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void mistique_words_sort_dictionary(
    size_t distinct, unsigned word_bytes, size_t count, void *scratch, void *dictionary, uint16_t *codes) {
#define CALL(N) sort_dictionary_##N(distinct, count, scratch, dictionary, codes); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

KERNEL void mistique_xor(const void *restrict source, size_t count, void *restrict target) {
  uint8_t *to = target;
  const uint8_t *from = source;
  for (size_t i = 0; i < count; i++) to[i] ^= from[i];
}
