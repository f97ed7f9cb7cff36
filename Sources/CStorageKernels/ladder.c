#include "ladder.h"
#include <string.h>
#include "dispatch.h"

// As bound.c: codes and what they stand for must not depend on the processor.
#pragma STDC FP_CONTRACT OFF

KERNEL void mistique_ladder_values(const uint8_t *restrict codes, size_t count, int32_t lowest, float step, float *restrict values) {
  for (size_t i = 0; i < count; i++) values[i] = (float)((int32_t)codes[i] + lowest) * step;
}

size_t mistique_ladder_split(
    const uint32_t *restrict values, const uint8_t *restrict codes, size_t count, const struct mistique_ladder_bins *restrict bins,
    uint32_t *restrict zeros, size_t *restrict zero_count, uint8_t *restrict numbers) {
  const uint8_t zero = bins->zero;
  uint8_t *out = numbers;
  uint64_t pending = 0;
  unsigned filled = 0;
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    uint8_t code = codes[i];
    zeros[found] = values[i];
    found += code == zero;
    // The bin of zero has a width of 0, and whatever its difference is, nothing of it may be written.
    uint64_t number = code == zero ? 0 : values[i] - bins->first[code];
    pending |= number << filled;
    filled += bins->width[code];
    // At most 7 + 24 bits are pending: what is written beyond them is written again.
    memcpy(out, &pending, 8);
    out += filled >> 3;
    pending >>= filled & ~7u;
    filled &= 7;
  }
  *zero_count = found;
  return (size_t)(out - numbers) + (filled > 0);
}

int mistique_ladder_join(
    const uint8_t *restrict codes, size_t count, const struct mistique_ladder_bins *restrict bins, const uint32_t *restrict zeros,
    size_t zero_count, const uint8_t *restrict numbers, size_t number_bytes, uint32_t *restrict values) {
  const uint8_t zero = bins->zero;
  size_t bit = 0, found = 0;
  for (size_t i = 0; i < count; i++) {
    uint8_t code = codes[i];
    uint64_t word;
    memcpy(&word, numbers + (bit >> 3), 8);
    unsigned width = bins->width[code];
    uint32_t number = (uint32_t)(word >> (bit & 7)) & ((1u << width) - 1);
    uint32_t value = bins->first[code] + number;
    values[i] = code == zero ? zeros[found] : value;
    found += code == zero;
    bit += width;
  }
  return found == zero_count && (bit + 7) >> 3 == number_bytes;
}

KERNEL void mistique_ladder_distances(const float *values, size_t rows, size_t width, const float *query, double *restrict distances) {
  enum { LANES = 8 };
  for (size_t row = 0; row < rows; row++) {
    const float *line = values + row * width;
    double sums[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) {
      for (size_t lane = 0; lane < LANES; lane++) {
        double difference = (double)line[i + lane] - (double)query[i + lane];
        double square = difference * difference;
        sums[lane] = sums[lane] + square;
      }
    }
    double sum = 0;
    for (size_t lane = 0; lane < LANES; lane++) sum = sum + sums[lane];
    for (; i < width; i++) {
      double difference = (double)line[i] - (double)query[i];
      double square = difference * difference;
      sum = sum + square;
    }
    distances[row] = sum;
  }
}
