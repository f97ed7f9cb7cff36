#include "rows.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>

// Copies `bytes` bytes, whole cache lines by 16 bytes at a time, which every x86-64 has: the lines are gathered on their way out.
static void stream(const uint8_t *source, size_t bytes, uint8_t *target) {
  size_t head = (64 - ((uintptr_t)target & 63)) & 63;
  if (head > bytes) head = bytes;
  memcpy(target, source, head);
  size_t i = head;
  for (; i + 64 <= bytes; i += 64) {
    __m128i a = _mm_loadu_si128((const __m128i *)(source + i));
    __m128i b = _mm_loadu_si128((const __m128i *)(source + i + 16));
    __m128i c = _mm_loadu_si128((const __m128i *)(source + i + 32));
    __m128i d = _mm_loadu_si128((const __m128i *)(source + i + 48));
    _mm_stream_si128((__m128i *)(target + i), a);
    _mm_stream_si128((__m128i *)(target + i + 16), b);
    _mm_stream_si128((__m128i *)(target + i + 32), c);
    _mm_stream_si128((__m128i *)(target + i + 48), d);
  }
  memcpy(target + i, source + i, bytes - i);
}
#define FINISH_STREAMS() _mm_sfence()
#else
static void stream(const uint8_t *source, size_t bytes, uint8_t *target) { memcpy(target, source, bytes); }
#define FINISH_STREAMS()
#endif

void mistique_copy_rows(
    const void *source, size_t source_stride, size_t bytes, size_t rows, int streams, size_t target_stride, void *target) {
  uint8_t *to = target;
  const uint8_t *from = source;
  if (!streams || bytes < 256) {
    for (size_t row = 0; row < rows; row++, to += target_stride, from += source_stride) memcpy(to, from, bytes);
    return;
  }
  for (size_t row = 0; row < rows; row++, to += target_stride, from += source_stride) stream(from, bytes, to);
  // The answer is handed to another thread: what was streamed must be there before.
  FINISH_STREAMS();
}
