#include "floats.h"
#include "dispatch.h"

#include <string.h>

KERNEL size_t mistique_floats_count_bits(const uint8_t *mask, size_t n) {
  size_t count = 0, bytes = (n + 7) / 8, i = 0;
  for (; i + 8 <= bytes; i += 8) {
    uint64_t word;
    memcpy(&word, mask + i, 8);
    count += (size_t)__builtin_popcountll(word);
  }
  for (; i < bytes; i++) count += (size_t)__builtin_popcount(mask[i]);
  return count;
}

KERNEL uint32_t mistique_floats_split32(
    const uint32_t *restrict values, size_t n, uint8_t *restrict exponents, uint16_t *restrict upper, uint8_t *restrict lower) {
  uint32_t any = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t v = values[i];
    any |= v;
    exponents[i] = (uint8_t)(v >> 23);
    upper[i] = (uint16_t)(v >> 7);
    lower[i] = (uint8_t)((v & 0x7fu) | (v >> 31) << 7);
  }
  return any & 0x80000000u;
}

KERNEL void mistique_floats_join32(
    const uint8_t *restrict exponents, const void *restrict upper, const uint8_t *restrict lower, size_t n,
    uint32_t *restrict values) {
  // The upper plane lies wherever it lies in a file's bytes.
  typedef uint16_t __attribute__((aligned(1))) unaligned;
  const unaligned *restrict middle = upper;
  for (size_t i = 0; i < n; i++) {
    uint32_t low = lower[i];
    values[i] = (low >> 7) << 31 | (uint32_t)exponents[i] << 23 | (uint32_t)middle[i] << 7 | (low & 0x7fu);
  }
}

KERNEL uint32_t mistique_floats_split16(const uint16_t *restrict values, size_t n, uint8_t *restrict upper, uint8_t *restrict lower) {
  uint16_t any = 0;
  for (size_t i = 0; i < n; i++) {
    uint16_t v = values[i];
    any |= v;
    upper[i] = (uint8_t)(v >> 7);
    lower[i] = (uint8_t)((v & 0x7fu) | (v >> 15) << 7);
  }
  return (uint32_t)(any & 0x8000u) << 16;
}

KERNEL void mistique_floats_join16(const uint8_t *restrict upper, const uint8_t *restrict lower, size_t n, uint16_t *restrict values) {
  for (size_t i = 0; i < n; i++) {
    uint16_t low = lower[i];
    values[i] = (uint16_t)((low >> 7) << 15 | (uint16_t)upper[i] << 7 | (low & 0x7fu));
  }
}

KERNEL size_t mistique_floats_pack7(const uint8_t *restrict bytes, size_t n, uint8_t *restrict packed) {
  size_t blocks = n / 512;
  for (size_t block = 0; block < blocks; block++) {
    const uint8_t *in = bytes + block * 512;
    uint8_t *out = packed + block * 448;
    for (int row = 0; row < 7; row++)
      for (int i = 0; i < 64; i++) out[row * 64 + i] = (uint8_t)(in[row * 64 + i] | ((in[448 + i] >> row) & 1u) << 7);
  }
  memcpy(packed + blocks * 448, bytes + blocks * 512, n % 512);
  return mistique_floats_packed7(n);
}

KERNEL void mistique_floats_unpack7(const uint8_t *restrict packed, size_t n, uint8_t *restrict bytes) {
  size_t blocks = n / 512;
  for (size_t block = 0; block < blocks; block++) {
    const uint8_t *in = packed + block * 448;
    uint8_t *out = bytes + block * 512;
    for (int i = 0; i < 64; i++) {
      unsigned last = 0;
      for (int row = 0; row < 7; row++) last |= (unsigned)(in[row * 64 + i] >> 7) << row;
      out[448 + i] = (uint8_t)last;
    }
    for (int i = 0; i < 448; i++) out[i] = in[i] & 0x7fu;
  }
  memcpy(bytes + blocks * 512, packed + blocks * 448, n % 512);
}

// By integers of the same order, because a minimum of floating-point numbers is not vectorised without leave to reorder it.
KERNEL void mistique_floats_extrema32(const float *values, size_t n, float *lowest, float *highest, int32_t *has_nan) {
  int32_t low = INT32_MAX, high = INT32_MIN, nan = 0;
  for (size_t i = 0; i < n; i++) {
    int32_t bits;
    memcpy(&bits, values + i, 4);
    int32_t magnitude = bits & 0x7fffffff;
    int32_t key = bits ^ ((bits >> 31) & 0x7fffffff);
    int32_t is_nan = magnitude > 0x7f800000 ? -1 : 0;
    int32_t below = is_nan ? INT32_MAX : key;
    int32_t above = is_nan ? INT32_MIN : key;
    low = below < low ? below : low;
    high = above > high ? above : high;
    nan |= is_nan;
  }
  if (low <= high) {
    float least, most;
    low ^= (low >> 31) & 0x7fffffff;
    high ^= (high >> 31) & 0x7fffffff;
    memcpy(&least, &low, 4);
    memcpy(&most, &high, 4);
    if (least < *lowest) *lowest = least;
    if (most > *highest) *highest = most;
  }
  if (nan) *has_nan = 1;
}

int mistique_floats_has_few_values(const uint32_t *values, size_t n) {
  enum { sample = 512, slots = 2048 };
  if (n < 2 * sample) return 0;
  uint32_t table[slots] = {0};  // 0 is an empty slot: zeros are not counted
  unsigned present = 0, distinct = 0;
  for (size_t i = 0, step = n / sample; i < n; i += step) {
    uint32_t v = values[i];
    if (v == 0) continue;
    present++;
    unsigned slot = (v * 2654435769u) >> 21;
    while (table[slot] != 0 && table[slot] != v) slot = (slot + 1) % slots;
    distinct += table[slot] == 0;
    table[slot] = v;
  }
  return present >= 32 && distinct * 2 <= present;
}
