#include <string.h>

#include "dispatch.h"
#include "words.h"

// Whether a multiplication and an addition are fused must not depend on the processor: the bytes would.
#pragma STDC FP_CONTRACT OFF

// Numbers come from files and sit anywhere.
typedef int64_t __attribute__((aligned(1), may_alias)) integer_8;
typedef double __attribute__((aligned(1), may_alias)) number_8;

// The binary logarithm within 0.01, from the bits of the number and a parabola: unlike log2(), the same on every machine, and so are the choices.
static inline double logarithm(double number) {
  uint64_t bits;
  memcpy(&bits, &number, 8);
  double exponent = (double)(int64_t)(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffff) | 0x3ff0000000000000;
  double mantissa;
  memcpy(&mantissa, &bits, 8);
  return exponent + (mantissa - 1) * (1 + 0.3431 * (2 - mantissa));
}

double mistique_words_entropy(const uint32_t *frequencies, size_t symbols, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < symbols; i++) sum += frequencies[i] * logarithm(frequencies[i]);
  return logarithm((double)count) - sum / (double)count;
}

// The bits that a byte of a plane takes, by the histogram of `count` of them. The entropy of a small sample is too low by about half a bit for
// every value it could have, spread over the sample.
static double plane_bits(const uint16_t *histogram, size_t count) {
  double sum = 0;
  unsigned used = 0;
  for (unsigned byte = 0; byte < 256; byte++) {
    if (histogram[byte] == 0) continue;
    used++;
    sum += histogram[byte] * logarithm(histogram[byte]);
  }
  if (used <= 1) return 0;
  double bits = logarithm((double)count) - sum / (double)count + (used - 1) * 0.72 / (double)count;
  // Huffman codes take at least a bit, matches undercut that only in part.
  if (bits < 1) return bits < 0.66 ? 1.5 * bits : 1;
  return bits;
}

double mistique_words_plane_cost(
    const int64_t *values, size_t count, int64_t base, unsigned word_bytes, unsigned *incompressible) {
  uint16_t histograms[8][256];
  memset(histograms, 0, word_bytes * sizeof histograms[0]);
  for (size_t i = 0; i < count; i++) {
    uint64_t word = (uint64_t)values[i] - (uint64_t)base;
    for (unsigned k = 0; k < word_bytes; k++) histograms[k][word >> (8 * k) & 0xff]++;
  }
  double total = 0;
  *incompressible = 0;
  for (unsigned k = 0; k < word_bytes; k++) {
    double bits = plane_bits(histograms[k], count);
    // A plane that shrinks by less than 3 % is stored as it is.
    if (bits > 7.76) {
      *incompressible |= 1u << k;
      bits = 8;
    }
    total += bits;
  }
  return total / 8;
}

KERNEL void mistique_words_pack(const uint16_t *codes, size_t count, unsigned bits, uint8_t *packed) {
  if (bits == 8) {
    for (size_t i = 0; i < count; i++) packed[i] = (uint8_t)codes[i];
    return;
  }
  unsigned per_byte = 8 / bits;
  size_t whole = count / per_byte;
  for (size_t i = 0; i < whole; i++) {
    unsigned byte = 0;
    for (unsigned k = 0; k < per_byte; k++) byte |= (unsigned)codes[i * per_byte + k] << (k * bits);
    packed[i] = (uint8_t)byte;
  }
  if (count % per_byte) {
    unsigned byte = 0;
    for (unsigned k = 0; k < count % per_byte; k++) byte |= (unsigned)codes[whole * per_byte + k] << (k * bits);
    packed[whole] = (uint8_t)byte;
  }
}

KERNEL uint16_t mistique_words_largest_code(const uint16_t *codes, size_t count) {
  uint16_t largest = 0;
  for (size_t i = 0; i < count; i++) largest = codes[i] > largest ? codes[i] : largest;
  return largest;
}

// `mistique_words_unpack` without the largest code.
KERNEL static void unpack(const uint8_t *packed, size_t count, unsigned bits, uint16_t *codes) {
  unsigned per_byte = 8 / bits, mask = (1u << bits) - 1;
  size_t whole = count / per_byte;
  switch (bits) {
    case 1:
      for (size_t i = 0; i < whole; i++)
        for (unsigned k = 0; k < 8; k++) codes[i * 8 + k] = packed[i] >> k & 1;
      break;
    case 2:
      for (size_t i = 0; i < whole; i++)
        for (unsigned k = 0; k < 4; k++) codes[i * 4 + k] = packed[i] >> (2 * k) & 3;
      break;
    case 4:
      for (size_t i = 0; i < whole; i++)
        for (unsigned k = 0; k < 2; k++) codes[i * 2 + k] = packed[i] >> (4 * k) & 15;
      break;
    default:
      for (size_t i = 0; i < whole; i++) codes[i] = packed[i];
  }
  for (size_t i = whole * per_byte; i < count; i++) codes[i] = packed[whole] >> (i % per_byte * bits) & mask;
}

uint16_t mistique_words_unpack(const uint8_t *packed, size_t count, unsigned bits, uint16_t *codes) {
  unpack(packed, count, bits, codes);
  return mistique_words_largest_code(codes, count);
}

static const double powers_of_ten[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

KERNEL size_t mistique_words_to_decimals(
    const void *numbers, size_t count, unsigned digits, int64_t *integers, uint32_t *exceptions) {
  // Adding 1.5 * 2^52 leaves the nearest integer in the low bits of a number below 2^51: rounding that vectorizes everywhere.
  const double magic = 6755399441055744.0;
  const double power = powers_of_ten[digits];
  const number_8 *number = numbers;
  const integer_8 *bits = numbers;
  size_t found = 0;
  for (size_t start = 0; start < count; start += 1024) {
    size_t end = start + 1024 < count ? start + 1024 : count;
    uint8_t wrong[1024];
    for (size_t i = start; i < end; i++) {
      double shifted = number[i] * power + magic;
      int64_t shifted_bits, magic_bits, back_bits;
      memcpy(&shifted_bits, &shifted, 8);
      memcpy(&magic_bits, &magic, 8);
      int64_t integer = (int64_t)((uint64_t)shifted_bits - (uint64_t)magic_bits);
      double back = (double)integer / power;
      memcpy(&back_bits, &back, 8);
      uint8_t differs = back_bits != bits[i];
      integers[i] = differs ? 0 : integer;
      wrong[i - start] = differs;
    }
    for (size_t i = start; i < end; i++) {
      exceptions[found] = (uint32_t)i;
      found += wrong[i - start];
    }
  }
  return found;
}

KERNEL void mistique_words_from_decimals(const void *integers, size_t count, unsigned digits, void *numbers) {
  const double power = powers_of_ten[digits];
  const integer_8 *integer = integers;
  number_8 *number = numbers;
  for (size_t i = 0; i < count; i++) number[i] = (double)integer[i] / power;
}
