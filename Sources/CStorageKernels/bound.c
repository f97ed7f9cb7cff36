#include "bound.h"
#include <float.h>
#include <math.h>
#include <string.h>
#include "dispatch.h"
#include "order_keys.h"

// A fused multiplication and addition rounds once instead of twice: codes would depend on the processor.
#pragma STDC FP_CONTRACT OFF

/// Adding 3 * 2^22 leaves the integer in the lowest bits of the sum.
ALWAYS_INLINE uint8_t nearest(float value, float per_step, float shift) {
  float product = value * per_step;
  float sum = product + shift;
  uint32_t bits;
  memcpy(&bits, &sum, 4);
  return (uint8_t)bits;
}

KERNEL void mistique_bound_codes(
    const float *restrict values, size_t count, float per_step, float shift, uint8_t *restrict codes,
    struct mistique_quantize_range *range) {
  uint32_t lowest = range->lowest, highest = range->highest;
  for (size_t i = 0; i < count; i++) {
    uint32_t key = order_key(values[i]);
    lowest = key < lowest ? key : lowest;
    highest = key > highest ? key : highest;
    codes[i] = nearest(values[i], per_step, shift);
  }
  range->lowest = lowest;
  range->highest = highest;
}

KERNEL void mistique_bound_codes_by_column(
    const float *restrict values, size_t rows, size_t columns, size_t row_stride, const float *restrict per_step,
    const float *restrict shift, uint8_t *restrict codes, struct mistique_quantize_range *restrict ranges) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict line = values + row * row_stride;
    uint8_t *restrict out = codes + row * columns;
    for (size_t i = 0; i < columns; i++) {
      uint32_t key = order_key(line[i]);
      ranges[i].lowest = key < ranges[i].lowest ? key : ranges[i].lowest;
      ranges[i].highest = key > ranges[i].highest ? key : ranges[i].highest;
      out[i] = nearest(line[i], per_step[i], shift[i]);
    }
  }
}

KERNEL void mistique_bound_codes_double(
    const double *restrict values, size_t count, double per_step, double shift, uint8_t *restrict codes, uint64_t *range) {
  uint64_t lowest = range[0], highest = range[1];
  for (size_t i = 0; i < count; i++) {
    uint64_t key = order_key_double(values[i]);
    lowest = key < lowest ? key : lowest;
    highest = key > highest ? key : highest;
    double product = values[i] * per_step;
    double sum = product + shift;
    uint64_t bits;
    memcpy(&bits, &sum, 8);
    codes[i] = (uint8_t)bits;
  }
  range[0] = lowest;
  range[1] = highest;
}

KERNEL void mistique_bound_round(const float *restrict values, size_t count, double spacing, float *restrict rounded) {
  const double per_spacing = 1 / spacing, shift = 0x1.8p52;
  for (size_t i = 0; i < count; i++) {
    double multiple = (double)values[i] * per_spacing;
    double shifted = multiple + shift;
    double nearest = (shifted - shift) * spacing;
    int takes = fabs(multiple) < 0x1p23 && fabs(nearest) <= FLT_MAX;
    float result = (float)nearest + 0.0f;
    rounded[i] = takes ? result : values[i];
  }
}

KERNEL void mistique_bound_round_double(const double *restrict values, size_t count, double spacing, double *restrict rounded) {
  const double per_spacing = 1 / spacing, shift = 0x1.8p52;
  for (size_t i = 0; i < count; i++) {
    double multiple = values[i] * per_spacing;
    double shifted = multiple + shift;
    double nearest = (shifted - shift) * spacing;
    int takes = fabs(multiple) < 0x1p51 && fabs(nearest) <= DBL_MAX;
    rounded[i] = takes ? nearest + 0.0 : values[i];
  }
}
