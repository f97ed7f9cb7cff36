#pragma once
#include <stddef.h>

/// Pooling of activation maps (POOL_QT): `maps` maps of `height` x `width` float32 values, one after the other, each reduced by windows
/// of `size` x `size` that do not overlap, to ceil(height / size) x ceil(width / size).
///
/// A window at the edge covers the values that are there. A NaN in a window makes its result NaN. Order of operations: down the columns of
/// the window first, then across them from left to right; it depends on nothing else, so equal maps give equal bits.
/// `size` must be at least 1; `scratch` has room for `width` values and overlaps neither `in` nor `out`.
void pool_average(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out);
void pool_maximum(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out);
