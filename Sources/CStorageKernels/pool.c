#include "pool.h"
#include "dispatch.h"

ALWAYS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// The larger one; NaN wins over every number, and stays.
ALWAYS_INLINE float larger(float kept, float next) { return next > kept || next != next ? next : kept; }

/// The next step of a window's maximum or sum.
ALWAYS_INLINE float combine(int maximum, float kept, float next) { return maximum ? larger(kept, next) : kept + next; }

/// The result of a window of `rows` x `count` values, the columns of which `count` values at `scratch` combine.
ALWAYS_INLINE float pool_window(const float *restrict scratch, size_t rows, size_t count, int maximum) {
  float result = scratch[0];
  for (size_t x = 1; x < count; x++) result = combine(maximum, result, scratch[x]);
  return maximum ? result : result / (float)(rows * count);
}

/// Pools one row of windows, `rows` rows high, to ceil(width / size) values. `maximum`, and `size` where it is 2, are constants where this is
/// inlined.
ALWAYS_INLINE void pool_row(
    const float *restrict in, size_t rows, size_t width, size_t size, int maximum, float *restrict scratch, float *restrict out) {
  for (size_t x = 0; x < width; x++) scratch[x] = in[x];
  for (size_t y = 1; y < rows; y++)
    for (size_t x = 0; x < width; x++) scratch[x] = combine(maximum, scratch[x], in[y * width + x]);
  size_t whole = width / size;
  for (size_t window = 0; window < whole; window++) out[window] = pool_window(scratch + window * size, rows, size, maximum);
  if (whole * size < width) out[whole] = pool_window(scratch + whole * size, rows, width - whole * size, maximum);
}

/// 2 x 2 windows in maps they fill, `pairs` pairs of rows: the default, and worth a loop of its own. The same operations in the same order. Writes
/// pairs x width / 2 values.
ALWAYS_INLINE void pool_whole_2x2(const float *restrict in, size_t pairs, size_t width, int maximum, float *restrict out) {
  for (size_t pair = 0; pair < pairs; pair++, in += 2 * width, out += width / 2)
    for (size_t x = 0; x < width / 2; x++) {
      float left = combine(maximum, in[2 * x], in[width + 2 * x]);
      float right = combine(maximum, in[2 * x + 1], in[width + 2 * x + 1]);
      float result = combine(maximum, left, right);
      out[x] = maximum ? result : result * 0.25f;
    }
}

/// Both kinds of pooling, which differ by `maximum`, a constant where this is inlined.
ALWAYS_INLINE void pool_maps(
    const float *restrict in, size_t maps, size_t height, size_t width, size_t size, int maximum, float *restrict scratch,
    float *restrict out) {
  if (size == 2 && height % 2 == 0 && width % 2 == 0) {
    pool_whole_2x2(in, maps * height / 2, width, maximum, out);
    return;
  }
  size_t out_width = (width - 1) / size + 1;
  for (size_t map = 0; map < maps; map++, in += height * width)
    for (size_t top = 0; top < height; top += size, out += out_width) {
      size_t rows = smaller(size, height - top);
      if (size == 2)
        pool_row(in + top * width, rows, width, 2, maximum, scratch, out);
      else
        pool_row(in + top * width, rows, width, size, maximum, scratch, out);
    }
}

KERNEL void mistique_pool_average(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out) {
  pool_maps(in, maps, height, width, size, 0, scratch, out);
}

KERNEL void mistique_pool_maximum(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out) {
  pool_maps(in, maps, height, width, size, 1, scratch, out);
}
