// A float32 frame as codes of BOUND_QT and what makes the values exact again: for each value its number among the floats of its bin.
#ifndef MISTIQUE_LADDER_H
#define MISTIQUE_LADDER_H

#include <stddef.h>
#include <stdint.h>

// The floats of each code's bin, ascending in magnitude.
struct mistique_ladder_bins {
  // The bits of the first.
  uint32_t first[256];
  // Bits of a number among them; 0 for the bin of zero, whose values are kept as they are.
  uint8_t width[256];
  // The code of zero.
  uint8_t zero;
};

// For each of `count` codes, `(float)(code + lowest) * step`.
void mistique_ladder_values(const uint8_t *codes, size_t count, int32_t lowest, float step, float *values);

// Writes the values of the zero bin to `zeros`, in their order, and the numbers of all others to `numbers`, least significant bit first, one after the
// other without gaps. Returns the bytes of the numbers; `zero_count` is how many values are in `zeros`. Every value must lie in the bin of its code.
// `zeros` has room for `count` + 1 values, `numbers` for 3 * `count` + 8 bytes.
size_t mistique_ladder_split(
    const uint32_t *values, const uint8_t *codes, size_t count, const struct mistique_ladder_bins *bins, uint32_t *zeros,
    size_t *zero_count, uint8_t *numbers);

// The inverse. Reads up to `count` + 1 values of `zeros` and 3 * `count` + 8 bytes of `numbers`, whatever is behind those that are there. Returns 0, with `values`
// undefined, unless the codes need exactly `zero_count` values and `number_bytes` bytes.
int mistique_ladder_join(
    const uint8_t *codes, size_t count, const struct mistique_ladder_bins *bins, const uint32_t *zeros, size_t zero_count,
    const uint8_t *numbers, size_t number_bytes, uint32_t *values);

// The squared Euclidean distances of `rows` rows of `width` values to `query`, a row of as many, which may be one of them. In float64, where no
// square of a difference of float32 is lost or infinite. Sums are added in 8 lanes and then lane by lane, on every processor.
void mistique_ladder_distances(const float *values, size_t rows, size_t width, const float *query, double *distances);

#endif
