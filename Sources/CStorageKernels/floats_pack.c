#include "floats.h"
#include "compress.h"
#include "dispatch.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
// The wide parts of packing: whole vectors, as `mistique_floats_pack32` and so on. Each returns how many elements are not zero, and in `done` how many it
// has seen. It writes a whole vector from the last of them on.
WIDE static size_t pack32_wide(const uint32_t *values, size_t n, uint8_t *mask, uint32_t *packed, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 16 <= n; i += 16) {
    __m512i v = _mm512_loadu_si512(values + i);
    __mmask16 m = _mm512_test_epi32_mask(v, v);
    uint16_t bits = (uint16_t)m;
    memcpy(mask + i / 8, &bits, 2);
    _mm512_storeu_si512(packed + count, _mm512_maskz_compress_epi32(m, v));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

WIDE static size_t pack16_wide(const uint16_t *values, size_t n, uint8_t *mask, uint16_t *packed, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 32 <= n; i += 32) {
    __m512i v = _mm512_loadu_si512(values + i);
    uint32_t bits = _mm512_test_epi16_mask(v, v);
    memcpy(mask + i / 8, &bits, 4);
    _mm512_storeu_si512(packed + count, _mm512_maskz_compress_epi16(bits, v));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

WIDE static size_t pack8_wide(const uint8_t *values, size_t n, uint8_t *mask, uint8_t *packed, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 64 <= n; i += 64) {
    __m512i v = _mm512_loadu_si512(values + i);
    uint64_t bits = _mm512_test_epi8_mask(v, v);
    memcpy(mask + i / 8, &bits, 8);
    _mm512_storeu_si512(packed + count, _mm512_maskz_compress_epi8(bits, v));
    count += (size_t)_mm_popcnt_u64(bits);
  }
  *done = i;
  return count;
}

// The wide parts of expanding, in the same way. Each reads a whole vector from the last packed element on.
WIDE static size_t expand32_wide(const uint8_t *mask, const uint32_t *packed, size_t n, uint32_t *values, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 16 <= n; i += 16) {
    uint16_t bits;
    memcpy(&bits, mask + i / 8, 2);
    _mm512_storeu_si512(values + i, _mm512_maskz_expand_epi32(bits, _mm512_loadu_si512(packed + count)));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

WIDE static size_t expand16_wide(const uint8_t *mask, const uint16_t *packed, size_t n, uint16_t *values, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 32 <= n; i += 32) {
    uint32_t bits;
    memcpy(&bits, mask + i / 8, 4);
    _mm512_storeu_si512(values + i, _mm512_maskz_expand_epi16(bits, _mm512_loadu_si512(packed + count)));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

WIDE static size_t expand8_wide(const uint8_t *mask, const uint8_t *packed, size_t n, uint8_t *values, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 64 <= n; i += 64) {
    uint64_t bits;
    memcpy(&bits, mask + i / 8, 8);
    _mm512_storeu_si512(values + i, _mm512_maskz_expand_epi8(bits, _mm512_loadu_si512(packed + count)));
    count += (size_t)_mm_popcnt_u64(bits);
  }
  *done = i;
  return count;
}

// The same with AVX2, which has no such instructions: of eight elements a byte of the mask says which are there, and a table where each goes to.
struct places {
  // Of each byte: the places of the bits that are set, from the lowest on; then zeros.
  uint64_t set[256];
  // Of each byte and place: how many bits are set below it, or 0x80 where it is not set itself.
  uint64_t rank[256];
};
static struct places places;

__attribute__((constructor)) static void fill_places(void) {
  for (unsigned byte = 0; byte < 256; byte++) {
    unsigned found = 0;
    uint64_t set = 0, rank = 0;
    for (unsigned place = 0; place < 8; place++) {
      unsigned present = byte >> place & 1;
      rank |= (uint64_t)(present ? found : 0x80) << (8 * place);
      set |= present ? (uint64_t)place << (8 * found) : 0;
      found += present;
    }
    places.set[byte] = set;
    places.rank[byte] = rank;
  }
}

HALF_WIDE ALWAYS_INLINE __m128i eight_bytes(const void *from) { return _mm_loadl_epi64((const __m128i *)from); }

// For a shuffle of bytes: where the two bytes of each of eight 16-bit elements are. Places of 0x80 and above give zeros.
HALF_WIDE ALWAYS_INLINE __m128i of_both_bytes(__m128i eight) {
  __m128i pairs = _mm_add_epi16(_mm_mullo_epi16(_mm_cvtepu8_epi16(eight), _mm_set1_epi16(0x0202)), _mm_set1_epi16(0x0100));
  return _mm_or_si128(pairs, _mm_srai_epi16(_mm_cvtepi8_epi16(eight), 15));
}

HALF_WIDE static size_t pack32_half(const uint32_t *values, size_t n, uint8_t *mask, uint32_t *packed, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 8 <= n; i += 8) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(values + i));
    unsigned bits = 0xff ^ (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(v, _mm256_setzero_si256())));
    mask[i / 8] = (uint8_t)bits;
    __m256i order = _mm256_cvtepu8_epi32(eight_bytes(places.set + bits));
    _mm256_storeu_si256((__m256i *)(packed + count), _mm256_permutevar8x32_epi32(v, order));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

HALF_WIDE static size_t pack16_half(const uint16_t *values, size_t n, uint8_t *mask, uint16_t *packed, size_t *done) {
  size_t count = 0, i = 0;
  const __m128i zero = _mm_setzero_si128();
  for (; i + 8 <= n; i += 8) {
    __m128i v = _mm_loadu_si128((const __m128i *)(values + i));
    unsigned bits = 0xff ^ ((unsigned)_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(v, zero), zero)) & 0xff);
    mask[i / 8] = (uint8_t)bits;
    _mm_storeu_si128((__m128i *)(packed + count), _mm_shuffle_epi8(v, of_both_bytes(eight_bytes(places.set + bits))));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

HALF_WIDE static size_t pack8_half(const uint8_t *values, size_t n, uint8_t *mask, uint8_t *packed, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 8 <= n; i += 8) {
    __m128i v = eight_bytes(values + i);
    unsigned bits = 0xff ^ ((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) & 0xff);
    mask[i / 8] = (uint8_t)bits;
    _mm_storel_epi64((__m128i *)(packed + count), _mm_shuffle_epi8(v, eight_bytes(places.set + bits)));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

HALF_WIDE static size_t expand32_half(const uint8_t *mask, const uint32_t *packed, size_t n, uint32_t *values, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 8 <= n; i += 8) {
    unsigned bits = mask[i / 8];
    __m256i ranks = _mm256_cvtepi8_epi32(eight_bytes(places.rank + bits));
    __m256i v = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)(packed + count)), ranks);
    _mm256_storeu_si256((__m256i *)(values + i), _mm256_andnot_si256(_mm256_srai_epi32(ranks, 31), v));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

HALF_WIDE static size_t expand16_half(const uint8_t *mask, const uint16_t *packed, size_t n, uint16_t *values, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 8 <= n; i += 8) {
    unsigned bits = mask[i / 8];
    __m128i from = of_both_bytes(eight_bytes(places.rank + bits));
    _mm_storeu_si128((__m128i *)(values + i), _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(packed + count)), from));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}

HALF_WIDE static size_t expand8_half(const uint8_t *mask, const uint8_t *packed, size_t n, uint8_t *values, size_t *done) {
  size_t count = 0, i = 0;
  for (; i + 8 <= n; i += 8) {
    unsigned bits = mask[i / 8];
    _mm_storel_epi64((__m128i *)(values + i), _mm_shuffle_epi8(eight_bytes(packed + count), eight_bytes(places.rank + bits)));
    count += (size_t)_mm_popcnt_u32(bits);
  }
  *done = i;
  return count;
}
// The widest there are.
#define VECTORS(name, ...)                                                   \
  (widest >= 512 && has_wide()        ? name##_wide(__VA_ARGS__)             \
   : widest >= 256 && has_half_wide() ? name##_half(__VA_ARGS__)             \
                                      : 0)
#else
#define VECTORS(name, ...) 0
#endif

// What the vectors leave over, or everything where there are none. `done` is a multiple of 8.
#define DEFINE_PACK(bits)                                                                                                   \
  size_t mistique_floats_pack##bits##_by(                                                                                   \
      unsigned widest, const uint##bits##_t *values, size_t n, uint8_t *mask, uint##bits##_t *packed) {                     \
    size_t done = 0;                                                                                                        \
    size_t count = VECTORS(pack##bits, values, n, mask, packed, &done);                                                     \
    (void)widest;                                                                                                           \
    for (size_t i = done; i < n; i += 8) {                                                                                  \
      unsigned byte = 0;                                                                                                    \
      for (size_t j = i; j < n && j < i + 8; j++) {                                                                         \
        unsigned present = values[j] != 0;                                                                                  \
        packed[count] = values[j];                                                                                          \
        count += present;                                                                                                   \
        byte |= present << (j - i);                                                                                         \
      }                                                                                                                     \
      mask[i / 8] = (uint8_t)byte;                                                                                          \
    }                                                                                                                       \
    return count;                                                                                                           \
  }                                                                                                                         \
  size_t mistique_floats_pack##bits(const uint##bits##_t *values, size_t n, uint8_t *mask, uint##bits##_t *packed) {        \
    return mistique_floats_pack##bits##_by(512, values, n, mask, packed);                                                   \
  }
#define DEFINE_EXPAND(bits)                                                                                                 \
  void mistique_floats_expand##bits##_by(                                                                                   \
      unsigned widest, const uint8_t *mask, const uint##bits##_t *packed, size_t n, uint##bits##_t *values) {               \
    size_t done = 0;                                                                                                        \
    size_t count = VECTORS(expand##bits, mask, packed, n, values, &done);                                                   \
    (void)widest;                                                                                                           \
    for (size_t i = done; i < n; i++) {                                                                                     \
      unsigned present = (mask[i / 8] >> (i % 8)) & 1u;                                                                     \
      values[i] = present ? packed[count] : 0;                                                                              \
      count += present;                                                                                                     \
    }                                                                                                                       \
  }                                                                                                                         \
  void mistique_floats_expand##bits(const uint8_t *mask, const uint##bits##_t *packed, size_t n, uint##bits##_t *values) {  \
    mistique_floats_expand##bits##_by(512, mask, packed, n, values);                                                        \
  }
DEFINE_PACK(32)
DEFINE_PACK(16)
DEFINE_PACK(8)
DEFINE_EXPAND(32)
DEFINE_EXPAND(16)
DEFINE_EXPAND(8)
