#include "neighbours.h"
#include <string.h>
#include "dispatch.h"
#include "escapes.h"

void mistique_neighbours_count(const uint8_t *codes, size_t count, uint32_t *counts) {
  // Runs of one code would wait for its counter: neighbours count in tables of their own.
  uint32_t others[3][256] = {{0}};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    counts[codes[i]]++;
    others[0][codes[i + 1]]++;
    others[1][codes[i + 2]]++;
    others[2][codes[i + 3]]++;
  }
  for (; i < count; i++) counts[codes[i]]++;
  for (size_t code = 0; code < 256; code++) counts[code] += others[0][code] + others[1][code] + others[2][code];
}

size_t mistique_neighbours_pair_bytes(size_t count) { return count / 2 + count % 2; }

/// Codes that fill pairs of lines.
ALWAYS_INLINE size_t squared_count(size_t count, size_t line) { return line > 0 ? count / (2 * line) * (2 * line) : 0; }

size_t mistique_neighbours_square_bytes(size_t count, size_t line) {
  size_t squared = squared_count(count, line);
  return squared / 4 + (count - squared + 3) / 4;
}

ALWAYS_INLINE uint8_t symbol(uint8_t code, uint8_t first, uint8_t last) {
  uint8_t number = (uint8_t)(code - first);
  return number < last ? number : last;
}

typedef uint8_t bytes8 __attribute__((ext_vector_type(8)));
typedef uint8_t bytes16 __attribute__((ext_vector_type(16)));
typedef uint8_t bytes32 __attribute__((ext_vector_type(32)));

/// Eight squares of lines that hold eight at least: 16 codes of each of two lines.
ALWAYS_INLINE void pack_eight(const uint8_t *upper, const uint8_t *lower, uint8_t first, uint8_t *packed) {
  bytes16 above, below;
  memcpy(&above, upper, 16);
  memcpy(&below, lower, 16);
  above -= first;
  below -= first;
  above = above < 3 ? above : (bytes16)3;
  below = below < 3 ? below : (bytes16)3;
  // Two bits of the upper line, and above them those of the lower.
  bytes16 both = above | below << 4;
  bytes8 squares = both.even | both.odd << 2;
  memcpy(packed, &squares, 8);
}

ALWAYS_INLINE void unpack_eight(const uint8_t *packed, uint8_t first, uint8_t *upper, uint8_t *lower) {
  bytes8 squares;
  memcpy(&squares, packed, 8);
  bytes8 left = squares & 0x33, right = squares >> 2 & 0x33;
  bytes16 both = __builtin_shufflevector(left, right, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  bytes16 above = (both & 3) + first, below = (both >> 4) + first;
  memcpy(upper, &above, 16);
  memcpy(lower, &below, 16);
}

/// Sixteen squares: 32 codes of each of two lines.
ALWAYS_INLINE void unpack_sixteen(const uint8_t *packed, uint8_t first, uint8_t *upper, uint8_t *lower) {
  bytes16 squares;
  memcpy(&squares, packed, 16);
  bytes16 left = squares & 0x33, right = squares >> 2 & 0x33;
  bytes32 both = __builtin_shufflevector(
      left, right, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  bytes32 above = (both & 3) + first, below = (both >> 4) + first;
  memcpy(upper, &above, 32);
  memcpy(lower, &below, 32);
}

/// Packs what fills eight squares each time, of lines of 8 or 4 codes, and returns how many codes that were.
ALWAYS_INLINE size_t pack_short(const uint8_t *codes, size_t count, size_t line, uint8_t first, uint8_t *packed) {
  size_t start = 0;
  for (; start + 32 <= count; start += 32) {
    uint8_t upper[16], lower[16];
    for (size_t i = 0; i < 16 / line; i++) {
      memcpy(upper + i * line, codes + start + 2 * i * line, line);
      memcpy(lower + i * line, codes + start + (2 * i + 1) * line, line);
    }
    pack_eight(upper, lower, first, packed + start / 4);
  }
  return start;
}

ALWAYS_INLINE size_t unpack_short(const uint8_t *packed, size_t count, size_t line, uint8_t first, uint8_t *codes) {
  size_t start = 0;
  for (; start + 32 <= count; start += 32) {
    uint8_t upper[16], lower[16];
    unpack_eight(packed + start / 4, first, upper, lower);
    for (size_t i = 0; i < 16 / line; i++) {
      memcpy(codes + start + 2 * i * line, upper + i * line, line);
      memcpy(codes + start + (2 * i + 1) * line, lower + i * line, line);
    }
  }
  return start;
}

ALWAYS_INLINE void pack_fours(const uint8_t *restrict codes, size_t count, uint8_t first, uint8_t *restrict packed) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    packed[i / 4] = (uint8_t)(
        symbol(codes[i], first, 3) | symbol(codes[i + 1], first, 3) << 2 | symbol(codes[i + 2], first, 3) << 4 |
        symbol(codes[i + 3], first, 3) << 6);
  }
  if (i == count) return;
  uint8_t byte = 0;
  for (size_t j = 0; i + j < count; j++) byte |= (uint8_t)(symbol(codes[i + j], first, 3) << 2 * j);
  packed[i / 4] = byte;
}

KERNEL size_t mistique_neighbours_pack_pairs(
    const uint8_t *restrict codes, size_t count, uint8_t first, uint8_t *restrict packed, uint8_t *restrict escapes) {
  for (size_t i = 0; i < count / 2; i++) {
    packed[i] = (uint8_t)(symbol(codes[2 * i], first, 15) | symbol(codes[2 * i + 1], first, 15) << 4);
  }
  if (count % 2 != 0) packed[count / 2] = symbol(codes[count - 1], first, 15);
  return mistique_escapes_take(codes, count, first, 15, escapes);
}

KERNEL size_t mistique_neighbours_pack_squares(
    const uint8_t *restrict codes, size_t count, size_t line, uint8_t first, uint8_t *restrict packed, uint8_t *restrict escapes) {
  size_t squared = squared_count(count, line);
  size_t short_lines = line == 8   ? pack_short(codes, squared, 8, first, packed)
                       : line == 4 ? pack_short(codes, squared, 4, first, packed)
                                   : 0;
  uint8_t *restrict out = packed + short_lines / 4;
  for (size_t start = short_lines; start < squared; start += 2 * line) {
    const uint8_t *restrict upper = codes + start, *restrict lower = upper + line;
    size_t j = 0;
    for (; j + 8 <= line / 2; j += 8) pack_eight(upper + 2 * j, lower + 2 * j, first, out + j);
    for (; j < line / 2; j++) {
      out[j] = (uint8_t)(
          symbol(upper[2 * j], first, 3) | symbol(upper[2 * j + 1], first, 3) << 2 | symbol(lower[2 * j], first, 3) << 4 |
          symbol(lower[2 * j + 1], first, 3) << 6);
    }
    out += line / 2;
  }
  pack_fours(codes + squared, count - squared, first, out);
  return mistique_escapes_take(codes, count, first, 3, escapes);
}

KERNEL int mistique_neighbours_unpack_pairs(
    const uint8_t *restrict packed, const uint8_t *restrict escapes, size_t escaped, size_t count, uint8_t first,
    uint8_t *restrict codes) {
  for (size_t i = 0; i < count / 2; i++) {
    codes[2 * i] = (uint8_t)((packed[i] & 15) + first);
    codes[2 * i + 1] = (uint8_t)((packed[i] >> 4) + first);
  }
  if (count % 2 != 0) codes[count - 1] = (uint8_t)((packed[count / 2] & 15) + first);
  return mistique_escapes_put(escapes, escaped, 0, count, (uint8_t)(first + 15), codes) == escaped;
}

/// The codes of two lines.
ALWAYS_INLINE void unpack_lines(const uint8_t *restrict in, size_t line, uint8_t first, uint8_t *restrict upper, uint8_t *restrict lower) {
  size_t j = 0;
  for (; j + 16 <= line / 2; j += 16) unpack_sixteen(in + j, first, upper + 2 * j, lower + 2 * j);
  for (; j + 8 <= line / 2; j += 8) unpack_eight(in + j, first, upper + 2 * j, lower + 2 * j);
  for (; j < line / 2; j++) {
    upper[2 * j] = (uint8_t)((in[j] & 3) + first);
    upper[2 * j + 1] = (uint8_t)((in[j] >> 2 & 3) + first);
    lower[2 * j] = (uint8_t)((in[j] >> 4 & 3) + first);
    lower[2 * j + 1] = (uint8_t)((in[j] >> 6) + first);
  }
}

/// Codes whose escapes are put while they are in the first-level cache.
enum { CACHED = 8192 };

KERNEL int mistique_neighbours_unpack_squares(
    const uint8_t *restrict packed, const uint8_t *restrict escapes, size_t escaped, size_t count, size_t line, uint8_t first,
    uint8_t *restrict codes) {
  size_t squared = squared_count(count, line), put = 0, start = 0;
  uint8_t placeholder = (uint8_t)(first + 3);
  while (start < squared) {
    size_t begin = start, end = squared - start > CACHED ? start + CACHED : squared;
    if (line == 8)
      start += unpack_short(packed + start / 4, end - start, 8, first, codes + start);
    else if (line == 4)
      start += unpack_short(packed + start / 4, end - start, 4, first, codes + start);
    // Of short lines what does not fill eight squares; of others everything.
    for (; start < end; start += 2 * line) unpack_lines(packed + start / 4, line, first, codes + start, codes + start + line);
    put = mistique_escapes_put(escapes, escaped, put, start - begin, placeholder, codes + begin);
    if (put == MISTIQUE_TOO_FEW_ESCAPES) return 0;
  }
  const uint8_t *in = packed + squared / 4;
  size_t rest = count - squared;
  for (size_t i = 0; i < rest; i++) codes[squared + i] = (uint8_t)((in[i / 4] >> 2 * (i % 4) & 3) + first);
  return mistique_escapes_put(escapes, escaped, put, rest, placeholder, codes + squared) == escaped;
}
