// Pooling of activation maps (POOL_QT).
#ifndef MISTIQUE_POOL_H
#define MISTIQUE_POOL_H

#include <stddef.h>

// Reduces each of `maps` maps of `height` x `width` float32 values, one after the other, by windows of `size` x `size` that do not overlap.
// Writes `maps` x ceil(height / size) x ceil(width / size) values to `out`.
//
// A window at the edge covers the values that are there. A NaN in a window makes its result NaN. Order of operations: down the columns of
// the window first, then across them from left to right; it depends on nothing else, so equal maps give equal bits.
// `size`, `height` and `width` are at least 1; `scratch` has room for `width` values.
void mistique_pool_average(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out);
void mistique_pool_maximum(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out);

#endif
