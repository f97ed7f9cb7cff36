// Sketches of columns for finding similar ones.
#ifndef MISTIQUE_MINHASH_H
#define MISTIQUE_MINHASH_H

#include <stddef.h>
#include <stdint.h>

// How the values of a column become the elements of a set.
typedef struct {
  // The bits of a floating-point value that count; the others are taken for zero.
  uint64_t mask;
  // The bits of infinity in the value's width: what is above it without its sign is NaN. 0: the values are not floating-point numbers.
  uint64_t infinity;
  // Logarithm of the number of bins, 1 to 16.
  uint32_t log_bins;
} mistique_minhash_plan;

// One-permutation MinHash (Li, Owen, Zhang, NIPS 2012) of the set of `count` little-endian values of 4 or 8 bytes each, at any address. `bins`,
// 2^log_bins of them, all ones before, receive the least hash of the values that fall into them.
void mistique_minhash_32(const void *values, size_t count, const mistique_minhash_plan *plan, uint32_t *bins);
void mistique_minhash_64(const void *values, size_t count, const mistique_minhash_plan *plan, uint32_t *bins);

// In how many of `count` places, at most 65,535, two signatures agree.
uint32_t mistique_minhash_agreement(const uint16_t *a, const uint16_t *b, size_t count);

#endif
