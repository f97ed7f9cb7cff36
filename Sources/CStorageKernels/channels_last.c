#include "channels_last.h"
#include "dispatch.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum { SIDE = 16 };
typedef float Row __attribute__((vector_size(4 * SIDE), aligned(4)));

/// One of four steps that turn 16 rows into 16 columns: each interleaves row i with row i + 8.
ALWAYS_INLINE void interleave(const Row *from, Row *to) {
#pragma unroll
  for (int i = 0; i < SIDE / 2; i++) {
    Row a = from[i], b = from[i + SIDE / 2];
    to[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    to[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  }
}

ALWAYS_INLINE void transpose_square(const float *in, size_t inStride, float *out, size_t outStride) {
  Row a[SIDE], b[SIDE];
#pragma unroll
  for (int i = 0; i < SIDE; i++) a[i] = *(const Row *)(in + i * inStride);
  interleave(a, b);
  interleave(b, a);
  interleave(a, b);
  interleave(b, a);
#pragma unroll
  for (int i = 0; i < SIDE; i++) *(Row *)(out + i * outStride) = a[i];
}

KERNEL void mistique_to_channel_major(const float *restrict in, size_t pixels, size_t channels, float *restrict out) {
  size_t wholePixels = pixels / SIDE * SIDE, wholeChannels = channels / SIDE * SIDE;
  for (size_t pixel = 0; pixel < wholePixels; pixel += SIDE)
    for (size_t channel = 0; channel < wholeChannels; channel += SIDE)
      transpose_square(in + pixel * channels + channel, channels, out + channel * pixels + pixel, pixels);
  for (size_t channel = wholeChannels; channel < channels; channel++)
    for (size_t pixel = 0; pixel < wholePixels; pixel++) out[channel * pixels + pixel] = in[pixel * channels + channel];
  for (size_t pixel = wholePixels; pixel < pixels; pixel++)
    for (size_t channel = 0; channel < channels; channel++) out[channel * pixels + pixel] = in[pixel * channels + channel];
}

/// The larger one; NaN wins over every number, and stays.
ALWAYS_INLINE float larger(float kept, float next) { return next > kept || next != next ? next : kept; }

ALWAYS_INLINE float combine(int maximum, float kept, float next) { return maximum ? larger(kept, next) : kept + next; }

ALWAYS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// A row of windows: down the columns of each window into `columns`, which the cache holds, then across them.
ALWAYS_INLINE void pool_row(
    int maximum, const float *restrict in, size_t channels, size_t rows, size_t width, size_t size, float *restrict columns,
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
    int maximum, const float *in, size_t channels, size_t height, size_t width, size_t size, float *scratch, float *out) {
  size_t outWidth = (width - 1) / size + 1, outHeight = (height - 1) / size + 1;
  float *pooled = scratch + width * channels;
  for (size_t window = 0; window < outHeight; window++) {
    const float *from = in + window * size * width * channels;
    float *to = pooled + window * outWidth * channels;
    size_t rows = smaller(size, height - window * size);
    if (maximum)
      pool_row(1, from, channels, rows, width, size, scratch, to);
    else
      pool_row(0, from, channels, rows, width, size, scratch, to);
  }
  mistique_to_channel_major(pooled, outHeight * outWidth, channels, out);
}
