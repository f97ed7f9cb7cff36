#pragma once
#include <stddef.h>
#include <stdint.h>

// Quantization of lines of values. Nothing here allocates, and nothing reads or writes outside the counts it is given.
//
// The *order key* of a float is the unsigned integer with the same order: -inf < ... < -0 = 0 < ... < inf. 0 and -0 have one key.
// Bin b of a codebook holds the values whose key is at least edges[b] and below edges[b + 1]; edges[0] is never looked at, and places past
// the last bin hold the largest integer.

/// How a value's bin is found.
///
/// A key is clamped to base...top and shifted: that is its cell. `cells` has the bin at the cell's start, which is at most 2^steps - 1 bins
/// too low; `steps` comparisons with the edges put that right. One step is one load from `cells`, which is two loads a value.
struct quantize_search {
  const uint8_t *cells;
  uint32_t base;
  uint32_t top;
  uint32_t shift;
  uint32_t steps;
  /// A number of edges that covers the last bin + 2^(steps - 1).
  const uint32_t *edges;
};

/// The smallest and the largest order key among values that were quantized; the caller starts it at UINT32_MAX, 0.
struct quantize_range {
  uint32_t lowest;
  uint32_t highest;
};

/// Puts the bin of each value into `codes`. Returns 0 and leaves `codes` and `range` unusable if there is a NaN among them.
int quantize_bins(const float *values, size_t count, const struct quantize_search *search, uint8_t *codes, struct quantize_range *range);

/// As `quantize_bins` with a codebook for every `perBook` values, the first of which serves values up to `perBook - skipped`.
/// Codebook i has its 2^bits edges at edges + (i << bits) and its range at ranges + i.
int quantize_bins_by_book(
    const float *values, size_t count, size_t skipped, size_t perBook, const uint32_t *edges, uint32_t bits, uint8_t *codes,
    struct quantize_range *ranges);

/// As `quantize_bins` for doubles and one codebook of 2^bits edges; lowest and highest at `range`.
int quantize_bins_double(const double *values, size_t count, const uint64_t *edges, uint32_t bits, uint8_t *codes, uint64_t *range);

/// One bit a value, packed: whether it is at least `edge`. The last byte's unused bits are 0.
int quantize_above(const float *values, size_t count, float edge, uint8_t *packed, struct quantize_range *range);

/// `count` codes below 2^bits, packed: code i in bits i * bits ..< (i + 1) * bits, least significant first. Writes (count * bits + 7) / 8
/// bytes; unused bits are 0.
void quantize_pack(const uint8_t *codes, size_t count, uint32_t bits, uint8_t *packed);

/// Codes first ..< first + count of a packed line of `total`.
void quantize_unpack(const uint8_t *packed, size_t total, uint32_t bits, size_t first, size_t count, uint8_t *codes);

/// values[i] = table[codes[i]]; the table has a value for every code there can be.
void quantize_decode(const uint8_t *codes, size_t count, const float *table, float *values);
void quantize_decode_double(const uint8_t *codes, size_t count, const double *table, double *values);

/// As `quantize_decode` with a table of 2^bits values for every `perBook` values, as in `quantize_bins_by_book`.
void quantize_decode_by_book(
    const uint8_t *codes, size_t count, size_t skipped, size_t perBook, const float *tables, uint32_t bits, float *values);

/// IEEE binary16, round to nearest even. Returns 0 if there is a finite value beyond +-65504 among them, which binary16 cannot hold.
int quantize_halve(const float *values, size_t count, uint16_t *halves);
int quantize_halve_double(const double *values, size_t count, uint16_t *halves);
void quantize_unhalve(const uint16_t *halves, size_t count, float *values);

/// Returns 0 if there is a finite value among them that float32 cannot hold.
int quantize_narrow(const double *values, size_t count, float *narrowed);

/// Sorts ascending. `scratch` has room for `count` keys.
void quantize_sort(uint32_t *keys, uint32_t *scratch, size_t count);
