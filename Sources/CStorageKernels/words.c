#include "words.h"

#include <string.h>

#include "dispatch.h"

// Bytes come from files and sit anywhere.
typedef uint8_t w1;
typedef uint16_t __attribute__((aligned(1), may_alias)) w2;
typedef uint32_t __attribute__((aligned(1), may_alias)) w4;
typedef uint64_t __attribute__((aligned(1), may_alias)) w8;
typedef int8_t s1;
typedef int16_t __attribute__((aligned(1), may_alias)) s2;
typedef int32_t __attribute__((aligned(1), may_alias)) s4;
typedef int64_t __attribute__((aligned(1), may_alias)) s8;

static inline uint64_t bits_of(uint64_t word) { return word != 0; }

typedef struct {
  uint64_t key;
  uint32_t code;
} sort_entry;

// Radix sort by the lowest `bytes` bytes, between `entries` and the `count` entries behind them; returns where the result lies.
static const sort_entry *sort_entries(sort_entry *entries, size_t count, unsigned bytes) {
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

#define DEFINE_LOOPS(N)                                                                                              \
  KERNEL static void predict_bitmap_##N(w8 *bitmap, const w##N *values, size_t rows) {                               \
    for (size_t block = 0; block < rows / 64; block++) {                                                             \
      uint64_t bits = 0;                                                                                             \
      for (unsigned i = 0; i < 64; i++) bits |= bits_of(values[block * 64 + i]) << i;                                \
      bitmap[block] ^= bits;                                                                                         \
    }                                                                                                                \
    if (rows % 64) {                                                                                                 \
      uint64_t bits = 0;                                                                                             \
      for (unsigned i = 0; i < rows % 64; i++) bits |= bits_of(values[rows / 64 * 64 + i]) << i;                     \
      bitmap[rows / 64] ^= bits;                                                                                     \
    }                                                                                                                \
  }                                                                                                                  \
                                                                                                                     \
  KERNEL static void range_##N(const s##N *words, size_t count, int64_t *smallest, int64_t *largest) {               \
    s##N low = words[0], high = words[0];                                                                            \
    for (size_t i = 1; i < count; i++) {                                                                             \
      low = words[i] < low ? words[i] : low;                                                                         \
      high = words[i] > high ? words[i] : high;                                                                      \
    }                                                                                                                \
    *smallest = low;                                                                                                 \
    *largest = high;                                                                                                 \
  }                                                                                                                  \
                                                                                                                     \
  static size_t sample_##N(const s##N *words, size_t count, int64_t *values, int64_t *differences) {                 \
    size_t length = count <= WORDS_SAMPLE ? count : WORDS_SAMPLE / 8;                                                \
    size_t blocks = count <= WORDS_SAMPLE ? 1 : 8;                                                                   \
    for (size_t block = 0; block < blocks; block++) {                                                                \
      const s##N *from = words + (blocks == 1 ? 0 : block * (count - length) / (blocks - 1));                        \
      int64_t *to = values + block * length, *change = differences + block * length;                                 \
      for (size_t i = 0; i < length; i++) to[i] = from[i];                                                           \
      for (size_t i = 1; i < length; i++) change[i] = (int64_t)((uint64_t)to[i] - (uint64_t)to[i - 1]);              \
      change[0] = length > 1 ? change[1] : 0;                                                                        \
    }                                                                                                                \
    return blocks * length;                                                                                          \
  }                                                                                                                  \
                                                                                                                     \
  KERNEL static unsigned split_##N(const w##N *words, size_t count, uint64_t base, unsigned kept, uint8_t *planes) { \
    unsigned used = 0;                                                                                               \
    for (unsigned k = 0; k < kept; k++) {                                                                            \
      uint8_t *restrict plane = planes + k * count;                                                                  \
      uint8_t any = 0;                                                                                               \
      for (size_t i = 0; i < count; i++) {                                                                           \
        uint8_t byte = (uint8_t)((w##N)(words[i] - (w##N)base) >> (8 * k));                                          \
        plane[i] = byte;                                                                                             \
        any |= byte;                                                                                                 \
      }                                                                                                              \
      used |= (any != 0) << k;                                                                                       \
    }                                                                                                                \
    return used;                                                                                                     \
  }                                                                                                                  \
                                                                                                                     \
  KERNEL static void fill_##N(w##N *words, size_t count, w##N word) {                                                \
    for (size_t i = 0; i < count; i++) words[i] = word;                                                              \
  }                                                                                                                  \
                                                                                                                     \
  KERNEL static void add_plane_##N(w##N *restrict words, const uint8_t *restrict plane, size_t count, unsigned shift) { \
    for (size_t i = 0; i < count; i++) words[i] = (w##N)(words[i] + ((w##N)plane[i] << shift));                      \
  }                                                                                                                  \
                                                                                                                     \
  KERNEL static void difference_##N(const w##N *words, size_t count, w##N *differences) {                            \
    for (size_t i = 1; i < count; i++) differences[i] = (w##N)(words[i] - words[i - 1]);                             \
    differences[0] = differences[1];                                                                                 \
  }                                                                                                                  \
                                                                                                                     \
  static void accumulate_##N(w##N *words, size_t count, uint64_t first) {                                            \
    w##N sum = (w##N)first;                                                                                          \
    words[0] = sum;                                                                                                  \
    for (size_t i = 1; i < count; i++) words[i] = sum = (w##N)(sum + words[i]);                                      \
  }                                                                                                                  \
                                                                                                                     \
  static size_t dictionary_##N(                                                                                      \
    const w##N *words, size_t count, size_t limit, uint16_t *codes, w##N *dictionary, uint32_t *frequencies) {       \
    uint16_t slots[WORDS_DICTIONARY_SLOTS];                                                                          \
    memset(slots, 0, sizeof slots);                                                                                  \
    size_t distinct = 0;                                                                                             \
    for (size_t i = 0; i < count; i++) {                                                                             \
      w##N word = words[i];                                                                                          \
      size_t slot = (uint64_t)word * 0x9E3779B97F4A7C15u >> 51;                                                      \
      while (slots[slot] != 0 && dictionary[slots[slot] - 1] != word) slot = (slot + 1) % WORDS_DICTIONARY_SLOTS;    \
      if (slots[slot] == 0) {                                                                                        \
        if (distinct == limit) return 0;                                                                             \
        dictionary[distinct] = word;                                                                                 \
        frequencies[distinct] = 0;                                                                                   \
        slots[slot] = (uint16_t)++distinct;                                                                          \
      }                                                                                                              \
      unsigned code = slots[slot] - 1u;                                                                              \
      codes[i] = (uint16_t)code;                                                                                     \
      frequencies[code]++;                                                                                           \
    }                                                                                                                \
    return distinct;                                                                                                 \
  }                                                                                                                  \
                                                                                                                     \
  static void sort_dictionary_##N(w##N *dictionary, size_t distinct, uint16_t *codes, size_t count, sort_entry *entries) { \
    const w##N sign = (w##N)((w##N)1 << (8 * N - 1));                                                                \
    for (size_t i = 0; i < distinct; i++) entries[i] = (sort_entry){(w##N)(dictionary[i] ^ sign), (uint32_t)i};      \
    const sort_entry *sorted = sort_entries(entries, distinct, N);                                                   \
    uint16_t place[WORDS_DICTIONARY_SLOTS / 2];                                                                      \
    for (size_t i = 0; i < distinct; i++) {                                                                          \
      dictionary[i] = (w##N)((w##N)sorted[i].key ^ sign);                                                            \
      place[sorted[i].code] = (uint16_t)i;                                                                           \
    }                                                                                                                \
    for (size_t i = 0; i < count; i++) codes[i] = place[codes[i]];                                                   \
  }                                                                                                                  \
                                                                                                                     \
  KERNEL static void look_up_##N(const uint16_t *codes, size_t count, const w##N *dictionary, w##N *words) {         \
    for (size_t i = 0; i < count; i++) words[i] = dictionary[codes[i]];                                              \
  }

DEFINE_LOOPS(1)
DEFINE_LOOPS(2)
DEFINE_LOOPS(4)
DEFINE_LOOPS(8)

// Calls the loop of the right width.
#define BY_WIDTH(word_bytes, CALL) \
  switch (word_bytes) {            \
    case 1: CALL(1);               \
    case 2: CALL(2);               \
    case 4: CALL(4);               \
    default: CALL(8);              \
  }

void words_predict_bitmap(void *bitmap, const void *values, size_t rows, unsigned word_bytes) {
#define CALL(N) predict_bitmap_##N(bitmap, values, rows); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void words_range(const void *words, size_t count, unsigned word_bytes, int64_t *smallest, int64_t *largest) {
#define CALL(N) range_##N(words, count, smallest, largest); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

size_t words_sample(const void *words, size_t count, unsigned word_bytes, int64_t *values, int64_t *differences) {
#define CALL(N) return sample_##N(words, count, values, differences)
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

unsigned words_split(
  const void *words, size_t count, unsigned word_bytes, uint64_t base, unsigned kept, uint8_t *planes) {
#define CALL(N) return split_##N(words, count, base, kept, planes)
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void words_join(const uint8_t *const *planes, size_t count, unsigned word_bytes, uint64_t base, void *words) {
#define CALL(N)                                                                   \
  fill_##N(words, count, (w##N)base);                                             \
  for (unsigned k = 0; k < N; k++)                                                \
    if (planes[k] != NULL) add_plane_##N(words, planes[k], count, 8 * k);         \
  return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void words_difference(const void *words, size_t count, unsigned word_bytes, void *differences) {
#define CALL(N) difference_##N(words, count, differences); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void words_accumulate(void *words, size_t count, unsigned word_bytes, uint64_t first) {
#define CALL(N) accumulate_##N(words, count, first); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

size_t words_dictionary(
  const void *words, size_t count, unsigned word_bytes, size_t limit, uint16_t *codes, void *dictionary, uint32_t *frequencies) {
#define CALL(N) return dictionary_##N(words, count, limit, codes, dictionary, frequencies)
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void words_look_up(const uint16_t *codes, size_t count, unsigned word_bytes, const void *dictionary, void *words) {
#define CALL(N) look_up_##N(codes, count, dictionary, words); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

void words_sort_dictionary(
  void *dictionary, size_t distinct, unsigned word_bytes, uint16_t *codes, size_t count, void *scratch) {
#define CALL(N) sort_dictionary_##N(dictionary, distinct, codes, count, scratch); return
  BY_WIDTH(word_bytes, CALL)
#undef CALL
}

KERNEL void mistique_xor(void *restrict target, const void *restrict source, size_t count) {
  uint8_t *to = target;
  const uint8_t *from = source;
  for (size_t i = 0; i < count; i++) to[i] ^= from[i];
}
