// Quantization of lines of values.
//
// The *order key* of a float is the unsigned integer with the same order: -inf < ... < -0 = 0 < ... < inf. 0 and -0 have one key.
// Bin b of a codebook holds the values whose key is at least edges[b] and below edges[b + 1]; edges[0] is never looked at, and places past
// the last bin hold the largest integer.
#ifndef MISTIQUE_QUANTIZE_H
#define MISTIQUE_QUANTIZE_H

#include <stddef.h>
#include <stdint.h>

// How a value's bin is found.
//
// A key is clamped to base...top and shifted: that is its cell. `cells` has the bin at the cell's start, which is at most 2^steps - 1 bins
// too low; `steps` comparisons with the edges put that right. One step is one load from `cells`, which is two loads per value.
struct mistique_quantize_search {
  // One bin for each cell: ((top - base) >> shift) + 1 of them.
  const uint8_t *cells;
  uint32_t base;
  uint32_t top;
  uint32_t shift;
  uint32_t steps;
  // Enough edges to cover the last bin + 2^(steps - 1).
  const uint32_t *edges;
};

// The smallest and the largest order key among values that were quantized; the caller starts it at UINT32_MAX, 0.
struct mistique_quantize_range {
  uint32_t lowest;
  uint32_t highest;
};

// Writes the bin of each of `count` values to `codes` and widens `range` by them. Returns 0 if there is a NaN among them; `codes` and `range`
// then hold anything.
int mistique_quantize_bins(
    const float *values, size_t count, const struct mistique_quantize_search *search, uint8_t *codes,
    struct mistique_quantize_range *range);

// As `mistique_quantize_bins` with a codebook for every `per_book` values, the first of which serves values up to `per_book - skipped`.
// Codebook i has its 2^bits edges at edges + (i << bits) and its range at ranges + i.
int mistique_quantize_bins_by_book(
    const float *values, size_t count, const uint32_t *edges, uint32_t bits, size_t skipped, size_t per_book, uint8_t *codes,
    struct mistique_quantize_range *ranges);

// As `mistique_quantize_bins` for doubles and one codebook of 2^bits edges; `range` is the lowest and the highest key.
int mistique_quantize_bins_double(
    const double *values, size_t count, const uint64_t *edges, uint32_t bits, uint8_t *codes, uint64_t *range);

// Writes one bit per value, packed: whether it is at least `edge`; (count + 7) / 8 bytes, whose unused bits are 0. Widens `range`. Returns 0
// if there is a NaN among the values; `packed` and `range` then hold anything.
int mistique_quantize_above(
    const float *values, size_t count, float edge, uint8_t *packed, struct mistique_quantize_range *range);

// Packs `count` codes below 2^bits, bits 1 to 8: code i in bits i * bits ..< (i + 1) * bits, least significant first. Writes
// (count * bits + 7) / 8 bytes; unused bits are 0.
void mistique_quantize_pack(const uint8_t *codes, size_t count, uint32_t bits, uint8_t *packed);

// Writes the codes first ..< first + count of a packed line of `total`, which is (total * bits + 7) / 8 bytes.
void mistique_quantize_unpack(const uint8_t *packed, size_t total, uint32_t bits, size_t first, size_t count, uint8_t *codes);

// values[i] = table[codes[i]], `count` of them; the table has a value for every code that occurs.
void mistique_quantize_decode(const uint8_t *codes, size_t count, const float *table, float *values);
void mistique_quantize_decode_double(const uint8_t *codes, size_t count, const double *table, double *values);

// As `mistique_quantize_decode` with a table of 2^bits values for every `per_book` values, as in `mistique_quantize_bins_by_book`.
void mistique_quantize_decode_by_book(
    const uint8_t *codes, size_t count, const float *tables, uint32_t bits, size_t skipped, size_t per_book, float *values);

// Rounds `count` values to IEEE binary16, to nearest even. Returns 0 if there is a finite value beyond +-65504 among them, which binary16 cannot
// hold; all of `halves` is written either way.
int mistique_quantize_halve(const float *values, size_t count, uint16_t *halves);
int mistique_quantize_halve_double(const double *values, size_t count, uint16_t *halves);

// The binary16 numbers as float32, exactly.
void mistique_quantize_unhalve(const uint16_t *halves, size_t count, float *values);

// Rounds `count` values to float32. Returns 0 if there is a finite value among them that float32 cannot hold; all of `narrowed` is written either
// way.
int mistique_quantize_narrow(const double *values, size_t count, float *narrowed);

// Sorts `count` keys ascending, in place. `scratch` has room for as many.
void mistique_quantize_sort(size_t count, uint32_t *scratch, uint32_t *keys);

#endif
