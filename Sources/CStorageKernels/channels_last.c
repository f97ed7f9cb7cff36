#include "channels_last.h"
#include "dispatch.h"

enum { SIDE = 16 };
/// A row of a square that is transposed, at any address of a float.
typedef float Row __attribute__((vector_size(4 * SIDE), aligned(4)));

/// One of four steps that turn 16 rows into 16 columns: each interleaves row i with row i + 8, and writes 16 rows.
ALWAYS_INLINE void interleave(const Row *from, Row *to) {
#pragma unroll
  for (int i = 0; i < SIDE / 2; i++) {
    Row a = from[i], b = from[i + SIDE / 2];
    to[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    to[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  }
}

/// Turns 16 x 16 values, rows `in_stride` values apart, into 16 x 16 of them, rows `out_stride` values apart.
ALWAYS_INLINE void transpose_square(const float *in, size_t in_stride, float *out, size_t out_stride) {
  Row a[SIDE], b[SIDE];
#pragma unroll
  for (int i = 0; i < SIDE; i++) a[i] = *(const Row *)(in + i * in_stride);
  interleave(a, b);
  interleave(b, a);
  interleave(a, b);
  interleave(b, a);
#pragma unroll
  for (int i = 0; i < SIDE; i++) *(Row *)(out + i * out_stride) = a[i];
}

KERNEL void mistique_to_channel_major(const float *restrict in, size_t pixels, size_t channels, float *restrict out) {
  size_t whole_pixels = pixels / SIDE * SIDE, whole_channels = channels / SIDE * SIDE;
  for (size_t pixel = 0; pixel < whole_pixels; pixel += SIDE)
    for (size_t channel = 0; channel < whole_channels; channel += SIDE)
      transpose_square(in + pixel * channels + channel, channels, out + channel * pixels + pixel, pixels);
  for (size_t channel = whole_channels; channel < channels; channel++)
    for (size_t pixel = 0; pixel < whole_pixels; pixel++) out[channel * pixels + pixel] = in[pixel * channels + channel];
  for (size_t pixel = whole_pixels; pixel < pixels; pixel++)
    for (size_t channel = 0; channel < channels; channel++) out[channel * pixels + pixel] = in[pixel * channels + channel];
}

/// The larger one; NaN wins over every number, and stays.
ALWAYS_INLINE float larger(float kept, float next) { return next > kept || next != next ? next : kept; }

/// The next step of a window's maximum or sum.
ALWAYS_INLINE float combine(int maximum, float kept, float next) { return maximum ? larger(kept, next) : kept + next; }

ALWAYS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// Pools a row of windows, `rows` rows high, into a row of ceil(width / size) x channels values: down the columns of each window into `columns`, width x
/// channels values that the cache holds, then across them.
ALWAYS_INLINE void pool_row(
    const float *restrict in, size_t channels, size_t rows, size_t width, size_t size, int maximum, float *restrict columns,
    float *restrict out) {
  size_t line = width * channels;
  for (size_t i = 0; i < line; i++) columns[i] = in[i];
  for (size_t y = 1; y < rows; y++)
    for (size_t i = 0; i < line; i++) columns[i] = combine(maximum, columns[i], in[y * line + i]);
  for (size_t left = 0; left < width; left += size, out += channels) {
    size_t count = smaller(size, width - left);
    const float *first = columns + left * channels;
    for (size_t c = 0; c < channels; c++) out[c] = first[c];
    for (size_t x = 1; x < count; x++)
      for (size_t c = 0; c < channels; c++) out[c] = combine(maximum, out[c], first[x * channels + c]);
    float number = (float)(rows * count);
    if (!maximum)
      for (size_t c = 0; c < channels; c++) out[c] = out[c] / number;
  }
}

KERNEL void mistique_pool_channels_last(
    const float *in, size_t channels, size_t height, size_t width, size_t size, int maximum, float *scratch, float *out) {
  size_t out_width = (width - 1) / size + 1, out_height = (height - 1) / size + 1;
  float *pooled = scratch + width * channels;
  for (size_t window = 0; window < out_height; window++) {
    const float *from = in + window * size * width * channels;
    float *to = pooled + window * out_width * channels;
    size_t rows = smaller(size, height - window * size);
    if (maximum)
      pool_row(from, channels, rows, width, size, 1, scratch, to);
    else
      pool_row(from, channels, rows, width, size, 0, scratch, to);
  }
  mistique_to_channel_major(pooled, out_height * out_width, channels, out);
}
