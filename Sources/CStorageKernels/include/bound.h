// BOUND_QT: values to the multiples of a step that are nearest to them.
//
// Order keys and their range are those of quantize.h. A NaN widens the range beyond infinity, so that the range alone tells whether all values
// have codes.
#ifndef MISTIQUE_BOUND_H
#define MISTIQUE_BOUND_H

#include <stddef.h>
#include <stdint.h>
#include "quantize.h"

// Writes the lowest eight bits of value * per_step + shift, rounded to the nearest integer, ties to even, for each of `count` values, and widens
// `range` by the values. `shift` is 3 * 2^22 plus an integer below 2^16; products beyond 2^21 give any code.
void mistique_bound_codes(
    const float *values, size_t count, float per_step, float shift, uint8_t *codes, struct mistique_quantize_range *range);

// As `mistique_bound_codes` for `rows` rows of `columns` values, `row_stride` apart, each column with a `per_step`, a `shift` and a range of its own. The
// codes of a row follow those of the one before.
void mistique_bound_codes_by_column(
    const float *values, size_t rows, size_t columns, size_t row_stride, const float *per_step, const float *shift, uint8_t *codes,
    struct mistique_quantize_range *ranges);

// As `mistique_bound_codes` for doubles; `shift` is 3 * 2^51 plus an integer, `range` the lowest and the highest key.
void mistique_bound_codes_double(
    const double *values, size_t count, double per_step, double shift, uint8_t *codes, uint64_t *range);

// Rounds `count` values to the nearest multiple of `spacing`, a power of two from 2^-149 to 2^127; -0 becomes 0. Values of 2^23 spacings and more,
// infinities, NaN, and those whose multiple is no float keep their bits.
void mistique_bound_round(const float *values, size_t count, double spacing, float *rounded);

// As `mistique_bound_round` for doubles: `spacing` is a power of two from 2^-1000 to 2^1000, values of 2^51 spacings and more keep their bits.
void mistique_bound_round_double(const double *values, size_t count, double spacing, double *rounded);

#endif
