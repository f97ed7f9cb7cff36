#include "lookup.h"
#include "quantize.h"
#include "rows.h"

#include <string.h>
#include "dispatch.h"

/// Codes of some rows that were put side by side: they stay in the first-level cache.
enum { TILE = MISTIQUE_LOOKUP_COLUMNS };

ALWAYS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

ALWAYS_INLINE size_t total_width(const struct mistique_lookup_piece *pieces, size_t count) {
  size_t width = 0;
  for (size_t i = 0; i < count; i++) width += pieces[i].width;
  return width;
}

/// Puts the codes of row `row` of all pieces side by side. Spans of small maps have 16 or 64 columns: a copy of constant size is one instruction, not a
/// call.
ALWAYS_INLINE void join_row(const struct mistique_lookup_piece *pieces, size_t count, size_t row, uint8_t *line) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *from = pieces[i].codes + row * pieces[i].stride;
    size_t width = pieces[i].width;
    if (width == 16)
      memcpy(line, from, 16);
    else if (width == 64)
      memcpy(line, from, 64);
    else
      memcpy(line, from, width);
    line += width;
  }
}

/// Makes one line of all rows of the only piece where nothing lies between them, in the codes as in the target.
#define MERGE_ROWS()                                                                                                  \
  struct mistique_lookup_piece merged;                                                                                \
  if (count == 1 && pieces->stride == pieces->width && target_stride == pieces->width) {                              \
    merged = (struct mistique_lookup_piece){pieces->codes, rows * pieces->width, rows * pieces->width};               \
    pieces = &merged;                                                                                                 \
    rows = 1;                                                                                                         \
  }

/// The form of both versions: `LINE(codes, count, target)` writes a line of values.
#define LOOK_UP_ROWS(LINE)                                                                                            \
  if (count == 1) {                                                                                                   \
    for (size_t row = 0; row < rows; row++) LINE(pieces->codes + row * pieces->stride, pieces->width, target + row * target_stride); \
  } else {                                                                                                            \
    uint8_t tile[TILE];                                                                                               \
    size_t width = total_width(pieces, count);                                                                        \
    if (width == 0) return;                                                                                           \
    for (size_t first = 0; first < rows;) {                                                                           \
      size_t taken = smaller(TILE / width, rows - first);                                                             \
      for (size_t row = 0; row < taken; row++) join_row(pieces, count, first + row, tile + row * width);              \
      for (size_t row = 0; row < taken; row++) LINE(tile + row * width, width, target + (first + row) * target_stride); \
      first += taken;                                                                                                 \
    }                                                                                                                 \
  }

/// Values are looked up in a buffer of the first-level cache where they are streamed from there.
static void plain_line(const uint8_t *codes, size_t count, const float *table, int streams, float *target) {
  if (count < 16) {
    for (size_t i = 0; i < count; i++) target[i] = table[codes[i]];
    return;
  }
  if (!streams) {
    mistique_quantize_decode(codes, count, table, target);
    return;
  }
  enum { BLOCK = 2048 };
  float values[BLOCK];
  for (size_t i = 0; i < count; i += BLOCK) {
    size_t taken = smaller(BLOCK, count - i);
    mistique_quantize_decode(codes + i, taken, table, values);
    mistique_copy_rows(values, taken * sizeof *values, taken * sizeof *values, 1, 1, taken * sizeof *values, target + i);
  }
}

void mistique_lookup_rows_plain(
    const struct mistique_lookup_piece *pieces, size_t count, size_t rows, const float *table, int streams, size_t target_stride,
    float *target) {
#define PLAIN_LINE(codes, width, out) plain_line(codes, width, table, streams, out)
  MERGE_ROWS()
  LOOK_UP_ROWS(PLAIN_LINE)
}

#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi2")))

// Whether this processor has the instructions; found out once.
static int has_wide(void) {
  static int known = -1;
  if (known < 0) {
    __builtin_cpu_init();
    known = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512vbmi");
  }
  return known;
}

/// With fewer values cutting the table costs more than it saves; in rows of fewer most of a vector is empty.
enum { FEWEST_VALUES = 1024, FEWEST_COLUMNS = 8 };

/// Writes table[code] for 64 codes. A table of 256 values does not fit two registers, and loading value by value (gathering) takes more than a cycle for
/// each. The table is therefore cut into its four planes of bytes, which fit 16 registers: one instruction looks up 64 codes in half of a plane.
WIDE ALWAYS_INLINE void look_up(const __m512i *planes, __m512i codes, __m512i *values) {
  // Joining the planes interleaves within each 16 bytes: of the codes, as 4 x 4 groups of four, rows and columns are exchanged before.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  codes = _mm512_permutexvar_epi32(order, codes);
  __mmask64 upper = _mm512_movepi8_mask(codes);
  __m512i bytes[4];
#pragma unroll
  for (int plane = 0; plane < 4; plane++) {
    const __m512i *quarter = planes + 4 * plane;
    bytes[plane] = _mm512_mask_blend_epi8(
        upper, _mm512_permutex2var_epi8(quarter[0], codes, quarter[1]), _mm512_permutex2var_epi8(quarter[2], codes, quarter[3]));
  }
  __m512i low_pairs = _mm512_unpacklo_epi8(bytes[0], bytes[1]), high_pairs = _mm512_unpackhi_epi8(bytes[0], bytes[1]);
  __m512i low_upper = _mm512_unpacklo_epi8(bytes[2], bytes[3]), high_upper = _mm512_unpackhi_epi8(bytes[2], bytes[3]);
  values[0] = _mm512_unpacklo_epi16(low_pairs, low_upper);
  values[1] = _mm512_unpackhi_epi16(low_pairs, low_upper);
  values[2] = _mm512_unpacklo_epi16(high_pairs, high_upper);
  values[3] = _mm512_unpackhi_epi16(high_pairs, high_upper);
}

/// Fewer than 64 values. `aligned`: whole vectors may be streamed.
WIDE ALWAYS_INLINE void look_up_some(const __m512i *planes, const uint8_t *codes, size_t count, int aligned, float *target) {
  __m512i values[4];
  look_up(planes, _mm512_maskz_loadu_epi8(((__mmask64)1 << count) - 1, codes), values);
#pragma unroll
  for (size_t i = 0; i < 4; i++) {
    if (count >= 16 * (i + 1)) {
      if (aligned)
        _mm512_stream_si512((__m512i *)(target + 16 * i), values[i]);
      else
        _mm512_storeu_si512(target + 16 * i, values[i]);
    } else if (count > 16 * i) {
      _mm512_mask_storeu_epi32(target + 16 * i, (__mmask16)((1u << (count - 16 * i)) - 1), values[i]);
    }
  }
}

WIDE ALWAYS_INLINE void wide_line(const __m512i *planes, const uint8_t *codes, size_t count, int streams, float *target) {
  __m512i values[4];
  size_t i = 0;
  if (streams) {
    i = smaller(((64 - ((uintptr_t)target & 63)) & 63) / sizeof(float), count);
    if (i > 0) look_up_some(planes, codes, i, 0, target);
    for (; i + 64 <= count; i += 64) {
      look_up(planes, _mm512_loadu_si512(codes + i), values);
      for (size_t j = 0; j < 4; j++) _mm512_stream_si512((__m512i *)(target + i + 16 * j), values[j]);
    }
  } else {
    for (; i + 64 <= count; i += 64) {
      look_up(planes, _mm512_loadu_si512(codes + i), values);
      for (size_t j = 0; j < 4; j++) _mm512_storeu_si512(target + i + 16 * j, values[j]);
    }
  }
  if (i < count) look_up_some(planes, codes + i, count - i, streams, target + i);
}

WIDE static void rows_wide(
    const struct mistique_lookup_piece *pieces, size_t count, size_t rows, const float *table, int streams, size_t target_stride,
    float *target) {
  uint8_t cut[4][256];
  for (size_t i = 0; i < 256; i++) {
    uint32_t bits;
    memcpy(&bits, table + i, 4);
    for (size_t plane = 0; plane < 4; plane++) cut[plane][i] = (uint8_t)(bits >> (8 * plane));
  }
  __m512i planes[16];
#pragma unroll
  for (size_t i = 0; i < 16; i++) planes[i] = _mm512_loadu_si512(cut[0] + 64 * i);
#define WIDE_LINE(codes, width, out) wide_line(planes, codes, width, streams, out)
  LOOK_UP_ROWS(WIDE_LINE)
  // The answer is handed to another thread: what was streamed must be there before.
  if (streams) _mm_sfence();
}
#endif

void mistique_lookup_rows(
    const struct mistique_lookup_piece *pieces, size_t count, size_t rows, const float *table, int streams, size_t target_stride,
    float *target) {
  MERGE_ROWS()
#if defined(__x86_64__) && defined(__linux__)
  size_t width = total_width(pieces, count);
  if (rows * width >= FEWEST_VALUES && width >= FEWEST_COLUMNS && has_wide()) {
    rows_wide(pieces, count, rows, table, streams, target_stride, target);
    return;
  }
#endif
  mistique_lookup_rows_plain(pieces, count, rows, table, streams, target_stride, target);
}
