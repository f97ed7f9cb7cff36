#include "quantize.h"
#include <math.h>
#include <string.h>
#include "dispatch.h"
#include "order_keys.h"

/// Values taken at a time: their keys and cells stay in the first-level cache.
enum { BLOCK = 512 };

ALWAYS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// Moves each of `count` bins on to the last one, at most 2^steps - 1 further, whose edge is not above the key. Reads `edges` up to the bin plus
/// 2^steps - 1. Step after step for the whole block, not value after value, so that the values do not wait for each other's loads.
ALWAYS_INLINE void search_edges(
    const uint32_t *restrict keys, size_t count, const uint32_t *restrict edges, uint32_t steps, uint32_t *restrict bins) {
  for (uint32_t step = steps; step-- > 0;)
    for (size_t i = 0; i < count; i++) bins[i] += (uint32_t)(keys[i] >= edges[bins[i] + (1u << step)]) << step;
}

/// Writes the keys of a block of `count` values and widens the running range by them. Returns 0 if there is a NaN.
ALWAYS_INLINE int block_keys(
    const float *restrict values, size_t count, uint32_t *restrict keys, struct mistique_quantize_range *range) {
  uint32_t lowest = range->lowest, highest = range->highest;
  int nans = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t key = order_key(values[i]);
    nans |= values[i] != values[i];
    lowest = key < lowest ? key : lowest;
    highest = key > highest ? key : highest;
    keys[i] = key;
  }
  range->lowest = lowest;
  range->highest = highest;
  return !nans;
}

KERNEL int mistique_quantize_bins(
    const float *values, size_t count, const struct mistique_quantize_search *search, uint8_t *codes,
    struct mistique_quantize_range *range) {
  uint32_t keys[BLOCK], places[BLOCK];
  const uint8_t *restrict cells = search->cells;
  const uint32_t *restrict edges = search->edges;
  const uint32_t base = search->base, top = search->top, shift = search->shift, steps = search->steps;
  struct mistique_quantize_range running = *range;
  for (size_t start = 0; start < count; start += BLOCK) {
    size_t length = smaller(BLOCK, count - start);
    if (!block_keys(values + start, length, keys, &running)) return 0;
    for (size_t i = 0; i < length; i++) {
      uint32_t key = keys[i] < base ? base : keys[i];
      places[i] = ((key > top ? top : key) - base) >> shift;
    }
    uint8_t *restrict out = codes + start;
    if (steps == 1) {
      for (size_t i = 0; i < length; i++) {
        uint32_t bin = cells[places[i]];
        out[i] = (uint8_t)(bin + (keys[i] >= edges[bin + 1]));
      }
    } else {
      for (size_t i = 0; i < length; i++) places[i] = cells[places[i]];
      search_edges(keys, length, edges, steps, places);
      for (size_t i = 0; i < length; i++) out[i] = (uint8_t)places[i];
    }
  }
  *range = running;
  return 1;
}

KERNEL int mistique_quantize_bins_by_book(
    const float *values, size_t count, const uint32_t *edges, uint32_t bits, size_t skipped, size_t per_book, uint8_t *codes,
    struct mistique_quantize_range *ranges) {
  uint32_t keys[BLOCK], bins[BLOCK];
  size_t left = per_book - skipped;
  for (size_t start = 0; start < count; ranges++, edges += (size_t)1 << bits, left = per_book) {
    const uint32_t *restrict book_edges = edges;
    for (size_t end = start + smaller(left, count - start); start < end;) {
      size_t length = smaller(BLOCK, end - start);
      uint8_t *restrict out = codes + start;
      if (!block_keys(values + start, length, keys, ranges)) return 0;
      for (size_t i = 0; i < length; i++) bins[i] = 0;
      search_edges(keys, length, book_edges, bits, bins);
      for (size_t i = 0; i < length; i++) out[i] = (uint8_t)bins[i];
      start += length;
    }
  }
  return 1;
}

int mistique_quantize_bins_double(
    const double *values, size_t count, const uint64_t *edges, uint32_t bits, uint8_t *codes, uint64_t *range) {
  for (size_t i = 0; i < count; i++) {
    uint64_t key = order_key_double(values[i]);
    uint32_t bin = 0;
    if (values[i] != values[i]) return 0;
    range[0] = key < range[0] ? key : range[0];
    range[1] = key > range[1] ? key : range[1];
    for (uint32_t step = bits; step-- > 0;) bin += (uint32_t)(key >= edges[bin + (1u << step)]) << step;
    codes[i] = (uint8_t)bin;
  }
  return 1;
}

/// The lowest bits of eight bytes as one byte: the product moves bit 8 * i to bit 56 + i, and no two meet.
ALWAYS_INLINE uint8_t gather_bits(uint64_t bytes) { return (uint8_t)(((bytes & 0x0101010101010101u) * 0x0102040810204080u) >> 56); }

KERNEL int mistique_quantize_above(
    const float *values, size_t count, float edge, uint8_t *packed, struct mistique_quantize_range *range) {
  uint32_t keys[BLOCK];
  uint8_t above[BLOCK];
  struct mistique_quantize_range running = *range;
  for (size_t start = 0; start < count; start += BLOCK, packed += BLOCK / 8) {
    size_t length = smaller(BLOCK, count - start);
    if (!block_keys(values + start, length, keys, &running)) return 0;
    for (size_t i = 0; i < length; i++) above[i] = values[start + i] >= edge;
    size_t bytes = (length + 7) / 8;
    for (size_t i = length; i < bytes * 8; i++) above[i] = 0;
    for (size_t i = 0; i < bytes; i++) {
      uint64_t group;
      memcpy(&group, above + 8 * i, 8);
      packed[i] = gather_bits(group);
    }
  }
  *range = running;
  return 1;
}

/// Eight codes, a byte each, moved together into 8 * bits bits: pairs of bytes, then pairs of pairs, then the two halves.
ALWAYS_INLINE uint64_t squeeze(uint64_t x, uint32_t bits) {
  x = (x & 0x00FF00FF00FF00FFu) | (x & 0xFF00FF00FF00FF00u) >> (8 - bits);
  x = (x & 0x0000FFFF0000FFFFu) | (x & 0xFFFF0000FFFF0000u) >> (16 - 2 * bits);
  return (x & 0x00000000FFFFFFFFu) | (x & 0xFFFFFFFF00000000u) >> (32 - 4 * bits);
}

/// The inverse: 8 * bits bits, the lowest, to eight codes, a byte each.
ALWAYS_INLINE uint64_t spread(uint64_t x, uint32_t bits) {
  const uint64_t half = ((uint64_t)1 << (4 * bits)) - 1;
  const uint64_t quarter = ((uint64_t)1 << (2 * bits)) - 1;
  const uint64_t one = ((uint64_t)1 << bits) - 1;
  x = (x & half) | (x & half << (4 * bits)) << (32 - 4 * bits);
  x = (x & (quarter * 0x0000000100000001u)) | (x & (quarter * 0x0000000100000001u) << (2 * bits)) << (16 - 2 * bits);
  return (x & (one * 0x0001000100010001u)) | (x & (one * 0x0001000100010001u) << bits) << (8 - bits);
}

/// Packs `count` codes of fewer than 8 bits: reads `count` bytes, writes (count * bits + 7) / 8.
ALWAYS_INLINE void pack_line(const uint8_t *restrict codes, size_t count, uint32_t bits, uint8_t *restrict packed) {
  size_t i = 0;
  uint64_t group;
  // Whole groups whose eight bytes lie inside the line: those past the group are 0 and are written over by the next one.
  for (; i + 64 / bits + 8 <= count; i += 8, packed += bits) {
    memcpy(&group, codes + i, 8);
    group = squeeze(group, bits);
    memcpy(packed, &group, 8);
  }
  for (; i < count; i += 8, packed += bits) {
    size_t taken = smaller(8, count - i);
    group = 0;
    memcpy(&group, codes + i, taken);
    group = squeeze(group, bits);
    memcpy(packed, &group, (taken * bits + 7) / 8);
  }
}

/// Writes codes first ..< first + count of `total`: reads (total * bits + 7) / 8 bytes at most.
ALWAYS_INLINE void unpack_line(
    const uint8_t *restrict packed, size_t total, uint32_t bits, size_t first, size_t count, uint8_t *restrict codes) {
  const uint8_t *end = packed + (total * bits + 7) / 8;
  uint64_t group;
  size_t skipped = first % 8;
  packed += first / 8 * bits;
  if (skipped == 0)
    for (; count >= 8 && end - packed >= 8; count -= 8, codes += 8, packed += bits) {
      memcpy(&group, packed, 8);
      group = spread(group, bits);
      memcpy(codes, &group, 8);
    }
  while (count > 0) {
    size_t taken = smaller(8 - skipped, count);
    group = 0;
    memcpy(&group, packed, smaller(8, (size_t)(end - packed)));
    group = spread(group, bits) >> (8 * skipped);
    memcpy(codes, &group, taken);
    codes += taken;
    count -= taken;
    packed += bits;
    skipped = 0;
  }
}

/// A loop for every width, so that shifts and masks are constants.
#define FOR_BITS(bits, call)  \
  switch (bits) {             \
    case 1: call(1); break;   \
    case 2: call(2); break;   \
    case 3: call(3); break;   \
    case 4: call(4); break;   \
    case 5: call(5); break;   \
    case 6: call(6); break;   \
    case 7: call(7); break;   \
  }

KERNEL void mistique_quantize_pack(const uint8_t *codes, size_t count, uint32_t bits, uint8_t *packed) {
#define PACK(constant) pack_line(codes, count, constant, packed)
  if (bits == 8) memcpy(packed, codes, count);
  FOR_BITS(bits, PACK)
}

KERNEL void mistique_quantize_unpack(
    const uint8_t *packed, size_t total, uint32_t bits, size_t first, size_t count, uint8_t *codes) {
#define UNPACK(constant) unpack_line(packed, total, constant, first, count, codes)
  if (bits == 8) memcpy(codes, packed + first, count);
  FOR_BITS(bits, UNPACK)
}

KERNEL void mistique_quantize_decode(const uint8_t *codes, size_t count, const float *table, float *values) {
  const uint8_t *restrict in = codes;
  const float *restrict from = table;
  float *restrict out = values;
  for (size_t i = 0; i < count; i++) out[i] = from[in[i]];
}

void mistique_quantize_decode_double(const uint8_t *codes, size_t count, const double *table, double *values) {
  for (size_t i = 0; i < count; i++) values[i] = table[codes[i]];
}

void mistique_quantize_decode_by_book(
    const uint8_t *codes, size_t count, const float *tables, uint32_t bits, size_t skipped, size_t per_book, float *values) {
  size_t left = per_book - skipped;
  for (size_t start = 0; start < count; left = per_book, tables += (size_t)1 << bits) {
    size_t end = start + smaller(left, count - start);
    for (; start < end; start++) values[start] = tables[codes[start]];
  }
}

/// Whether `magnitude` is of a finite value above 65504, the largest of binary16.
ALWAYS_INLINE int too_large(uint32_t magnitude) { return magnitude > 0x477FE000u && magnitude < 0x7F800000u; }

KERNEL int mistique_quantize_halve(const float *values, size_t count, uint16_t *halves) {
  const float *restrict in = values;
  uint16_t *restrict out = halves;
  int refused = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &in[i], 4);
    refused |= too_large(bits & 0x7FFFFFFFu);
    _Float16 half = (_Float16)in[i];
    memcpy(&out[i], &half, 2);
  }
  return !refused;
}

/// Goes through float32 rounded to odd, which keeps what the second rounding needs: one rounding in effect, and no call per value.
KERNEL int mistique_quantize_halve_double(const double *values, size_t count, uint16_t *halves) {
  int refused = 0;
  for (size_t i = 0; i < count; i++) {
    double value = values[i];
    refused |= fabs(value) > 65504.0 && fabs(value) != (double)INFINITY;
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, 4);
    bits -= fabs((double)narrow) > fabs(value);
    bits |= (double)narrow != value && value == value;
    memcpy(&narrow, &bits, 4);
    _Float16 half = (_Float16)narrow;
    memcpy(&halves[i], &half, 2);
  }
  return !refused;
}

KERNEL void mistique_quantize_unhalve(const uint16_t *halves, size_t count, float *values) {
  const uint16_t *restrict in = halves;
  float *restrict out = values;
  for (size_t i = 0; i < count; i++) {
    _Float16 half;
    memcpy(&half, &in[i], 2);
    out[i] = (float)half;
  }
}

KERNEL int mistique_quantize_narrow(const double *values, size_t count, float *narrowed) {
  int refused = 0;
  for (size_t i = 0; i < count; i++) {
    narrowed[i] = (float)values[i];
    refused |= fabsf(narrowed[i]) == INFINITY && fabs(values[i]) != (double)INFINITY;
  }
  return !refused;
}

void mistique_quantize_sort(size_t count, uint32_t *scratch, uint32_t *keys) {
  enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };
  uint32_t *from = keys, *to = scratch;
  for (uint32_t shift = 0; shift < 32; shift += DIGIT_BITS) {
    size_t places[DIGITS] = {0};
    for (size_t i = 0; i < count; i++) places[from[i] >> shift & (DIGITS - 1)]++;
    size_t next = 0;
    for (size_t digit = 0; digit < DIGITS; digit++) {
      size_t here = places[digit];
      places[digit] = next;
      next += here;
    }
    for (size_t i = 0; i < count; i++) to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
    uint32_t *swapped = from;
    from = to;
    to = swapped;
  }
  // Three passes: the result is in scratch.
  memcpy(keys, scratch, count * sizeof *keys);
}
