#include "escapes.h"
#include <string.h>
#include "compress.h"
#include "dispatch.h"

typedef uint8_t bytes64 __attribute__((ext_vector_type(64)));
typedef _Bool flags64 __attribute__((ext_vector_type(64)));

/// Bit i is set where byte i of 64 is at least `least`, counted from `first` (mod 256).
ALWAYS_INLINE uint64_t at_least(const uint8_t *codes, uint8_t first, uint8_t least) {
  bytes64 vector;
  memcpy(&vector, codes, 64);
  flags64 flags = __builtin_convertvector((vector - first) >= least, flags64);
  uint64_t bits;
  memcpy(&bits, &flags, 8);
  return bits;
}

/// The escapes of codes from `i` on, `taken` being there already.
KERNEL static size_t take_from(
    size_t i, size_t taken, const uint8_t *restrict codes, size_t count, uint8_t first, uint8_t last, uint8_t *restrict escapes) {
  for (; i + 64 <= count; i += 64) {
    for (uint64_t bits = at_least(codes + i, first, last); bits != 0; bits &= bits - 1) {
      escapes[taken++] = codes[i + (size_t)__builtin_ctzll(bits)];
    }
  }
  for (; i < count; i++) {
    if ((uint8_t)(codes[i] - first) >= last) escapes[taken++] = codes[i];
  }
  return taken;
}

/// The same from codes `i` and escape `put` on.
KERNEL static size_t put_from(
    size_t i, size_t put, const uint8_t *restrict escapes, size_t escaped, size_t count, uint8_t placeholder, uint8_t *restrict codes) {
  for (; i + 64 <= count; i += 64) {
    // Counted from one above it, the placeholder alone is 255.
    uint64_t bits = at_least(codes + i, (uint8_t)(placeholder + 1), 255);
    for (; bits != 0; bits &= bits - 1) {
      if (put == escaped) return MISTIQUE_TOO_FEW_ESCAPES;
      codes[i + (size_t)__builtin_ctzll(bits)] = escapes[put++];
    }
  }
  for (; i < count; i++) {
    if (codes[i] != placeholder) continue;
    if (put == escaped) return MISTIQUE_TOO_FEW_ESCAPES;
    codes[i] = escapes[put++];
  }
  return put;
}

// One at a time, escapes take as long as all the rest of a symbol when a twentieth of the codes are some. By a mask 64 codes take the same time
// whatever number of them are escapes.
#if defined(__x86_64__) && defined(__linux__)
WIDE static size_t take_wide(const uint8_t *codes, size_t count, uint8_t first, uint8_t last, uint8_t *escapes, size_t *done) {
  const __m512i firsts = _mm512_set1_epi8((char)first), lasts = _mm512_set1_epi8((char)last);
  size_t taken = 0, i = 0;
  // A whole vector is written: while as many codes are left, there is room for it.
  for (; i + 64 <= count; i += 64) {
    __m512i some = _mm512_loadu_si512(codes + i);
    uint64_t bits = _mm512_cmpge_epu8_mask(_mm512_sub_epi8(some, firsts), lasts);
    _mm512_storeu_si512(escapes + taken, _mm512_maskz_compress_epi8(bits, some));
    taken += (size_t)_mm_popcnt_u64(bits);
  }
  *done = i;
  return taken;
}

WIDE static size_t put_wide(
    const uint8_t *escapes, size_t escaped, size_t put, size_t count, uint8_t placeholder, uint8_t *codes, size_t *done) {
  const __m512i places = _mm512_set1_epi8((char)placeholder);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    __m512i some = _mm512_loadu_si512(codes + i);
    uint64_t bits = _mm512_cmpeq_epi8_mask(some, places);
    if (bits == 0) continue;
    size_t found = (size_t)_mm_popcnt_u64(bits);
    if (found > escaped - put) return MISTIQUE_TOO_FEW_ESCAPES;
    __m512i next = _mm512_maskz_loadu_epi8(_bzhi_u64(~0ull, (unsigned)found), escapes + put);
    _mm512_storeu_si512(codes + i, _mm512_mask_expand_epi8(some, bits, next));
    put += found;
  }
  *done = i;
  return put;
}
#endif

size_t mistique_escapes_take(const uint8_t *codes, size_t count, uint8_t first, uint8_t last, uint8_t *escapes) {
  size_t done = 0, taken = 0;
#if defined(__x86_64__) && defined(__linux__)
  if (has_wide()) taken = take_wide(codes, count, first, last, escapes, &done);
#endif
  return take_from(done, taken, codes, count, first, last, escapes);
}

size_t mistique_escapes_put(
    const uint8_t *escapes, size_t escaped, size_t put, size_t count, uint8_t placeholder, uint8_t *codes) {
  size_t done = 0;
#if defined(__x86_64__) && defined(__linux__)
  if (has_wide()) put = put_wide(escapes, escaped, put, count, placeholder, codes, &done);
  if (put == MISTIQUE_TOO_FEW_ESCAPES) return put;
#endif
  return put_from(done, put, escapes, escaped, count, placeholder, codes);
}
