#include "pool.h"
#include "dispatch.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// The larger one; NaN wins over every number, and stays.
ALWAYS_INLINE float larger(float kept, float next) { return next > kept || next != next ? next : kept; }

ALWAYS_INLINE float combine(int maximum, float kept, float next) { return maximum ? larger(kept, next) : kept + next; }

ALWAYS_INLINE float pool_window(int maximum, const float *restrict scratch, size_t rows, size_t count) {
  float result = scratch[0];
  for (size_t x = 1; x < count; x++) result = combine(maximum, result, scratch[x]);
  return maximum ? result : result / (float)(rows * count);
}

/// One row of windows, `rows` rows high. `maximum`, and `size` where it is 2, are constants where this is inlined.
ALWAYS_INLINE void pool_row(
    int maximum, const float *restrict in, size_t rows, size_t width, size_t size, float *restrict scratch, float *restrict out) {
  for (size_t x = 0; x < width; x++) scratch[x] = in[x];
  for (size_t y = 1; y < rows; y++)
    for (size_t x = 0; x < width; x++) scratch[x] = combine(maximum, scratch[x], in[y * width + x]);
  size_t whole = width / size;
  for (size_t window = 0; window < whole; window++) out[window] = pool_window(maximum, scratch + window * size, rows, size);
  if (whole * size < width) out[whole] = pool_window(maximum, scratch + whole * size, rows, width - whole * size);
}

/// 2 x 2 windows in maps they fill: the default, and worth a loop of its own. The same operations in the same order.
ALWAYS_INLINE void pool_whole_2x2(int maximum, const float *restrict in, size_t pairs, size_t width, float *restrict out) {
  for (size_t pair = 0; pair < pairs; pair++, in += 2 * width, out += width / 2)
    for (size_t x = 0; x < width / 2; x++) {
      float left = combine(maximum, in[2 * x], in[width + 2 * x]);
      float right = combine(maximum, in[2 * x + 1], in[width + 2 * x + 1]);
      float result = combine(maximum, left, right);
      out[x] = maximum ? result : result * 0.25f;
    }
}

ALWAYS_INLINE void pool_maps(
    int maximum, const float *restrict in, size_t maps, size_t height, size_t width, size_t size, float *restrict scratch,
    float *restrict out) {
  if (size == 2 && height % 2 == 0 && width % 2 == 0) {
    pool_whole_2x2(maximum, in, maps * height / 2, width, out);
    return;
  }
  size_t outWidth = (width - 1) / size + 1;
  for (size_t map = 0; map < maps; map++, in += height * width)
    for (size_t top = 0; top < height; top += size, out += outWidth) {
      size_t rows = smaller(size, height - top);
      if (size == 2)
        pool_row(maximum, in + top * width, rows, width, 2, scratch, out);
      else
        pool_row(maximum, in + top * width, rows, width, size, scratch, out);
    }
}

KERNEL void pool_average(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out) {
  pool_maps(0, in, maps, height, width, size, scratch, out);
}

KERNEL void pool_maximum(const float *in, size_t maps, size_t height, size_t width, size_t size, float *scratch, float *out) {
  pool_maps(1, in, maps, height, width, size, scratch, out);
}
