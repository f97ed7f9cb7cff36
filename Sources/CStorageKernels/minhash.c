#include "minhash.h"

#include <string.h>

#include "dispatch.h"

// Fixed numbers rather than a seed per process: where a chunk goes depends on its hash, and equal input must give equal stores.
static inline void put(uint64_t value, uint32_t log_bins, uint32_t *bins) {
  // The sum keeps zero, the most frequent of values, from having the least of hashes.
  uint64_t hash = (value + UINT64_C(0xD6E8FEB86659FD93)) * UINT64_C(0x9E3779B97F4A7C15);
  hash = (hash ^ hash >> 32) * UINT64_C(0xBF58476D1CE4E5B9);
  uint32_t *bin = bins + (hash >> (64 - log_bins));
  // 31 bits, so that no hash looks like an empty bin.
  uint32_t rest = (uint32_t)(hash << log_bins >> 33);
  // Stored in any case: a branch here is guessed wrong on real columns, a third slower.
  *bin = rest < *bin ? rest : *bin;
}

// Scalar: the scatter into bins leaves nothing for vectors to do, and at a nanosecond per value it is fast enough.
#define MINHASH(NAME, WORD)                                                                        \
  void NAME(const void *values, size_t count, const mistique_minhash_plan *plan, uint32_t *bins) { \
    const uint8_t *bytes = values;                                                                 \
    const WORD sign = (WORD)1 << (8 * sizeof(WORD) - 1);                                           \
    const WORD infinity = (WORD)plan->infinity, mask = (WORD)plan->mask;                           \
    const WORD nan = infinity | infinity >> 1;                                                     \
    const uint32_t log_bins = plan->log_bins;                                                      \
    for (size_t row = 0; row < count; row++) {                                                     \
      WORD value;                                                                                  \
      memcpy(&value, bytes + row * sizeof(WORD), sizeof value);                                    \
      if (infinity) {                                                                              \
        WORD magnitude = value & (WORD)~sign;                                                      \
        value = magnitude > infinity ? nan : magnitude == 0 ? 0 : (WORD)(value & mask);            \
      }                                                                                            \
      put(value, log_bins, bins);                                                                  \
    }                                                                                              \
  }

MINHASH(mistique_minhash_32, uint32_t)
MINHASH(mistique_minhash_64, uint64_t)

KERNEL uint32_t mistique_minhash_agreement(const uint16_t *a, const uint16_t *b, size_t count) {
  uint16_t equal = 0;
  for (size_t i = 0; i < count; i++) equal += a[i] == b[i];
  return equal;
}
