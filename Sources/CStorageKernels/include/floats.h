// Sparse floating-point numbers to bit masks and byte planes, and back.
#ifndef MISTIQUE_FLOATS_H
#define MISTIQUE_FLOATS_H

#include <stddef.h>
#include <stdint.h>

// Splits n elements into a mask (bit i of byte i / 8 is set where element i is not zero bits) and the elements that are not zero,
// in order. `mask` has (n + 7) / 8 bytes; `packed` needs room for n + 64 elements. Returns how many are not zero.
size_t mistique_pack32(const uint32_t *values, size_t n, uint8_t *mask, uint32_t *packed);
size_t mistique_pack16(const uint16_t *values, size_t n, uint8_t *mask, uint16_t *packed);
size_t mistique_pack8(const uint8_t *values, size_t n, uint8_t *mask, uint8_t *packed);

// The inverse: n elements from a mask and its packed elements. `packed` must be readable for 64 elements past its last one.
void mistique_expand32(const uint8_t *mask, const uint32_t *packed, size_t n, uint32_t *values);
void mistique_expand16(const uint8_t *mask, const uint16_t *packed, size_t n, uint16_t *values);
void mistique_expand8(const uint8_t *mask, const uint8_t *packed, size_t n, uint8_t *values);

// How many bits are set in (n + 7) / 8 bytes.
size_t mistique_count_bits(const uint8_t *mask, size_t n);

// float32 numbers to three planes: the exponent, the upper 16 bits of the mantissa, and the lower 7 bits with the sign above them.
// Returns the OR of all sign bits: 0 or 0x80000000. Joining takes an upper plane at any address.
uint32_t mistique_split32(const uint32_t *values, size_t n, uint8_t *exponents, uint16_t *upper, uint8_t *lower);
void mistique_join32(const uint8_t *exponents, const void *upper, const uint8_t *lower, size_t n, uint32_t *values);

// float16 numbers to two planes: the exponent with the upper 3 bits of the mantissa, and the lower 7 bits with the sign above them.
uint32_t mistique_split16(const uint16_t *values, size_t n, uint8_t *upper, uint8_t *lower);
void mistique_join16(const uint8_t *upper, const uint8_t *lower, size_t n, uint16_t *values);

// Bytes below 128 in 7 bits each. Of every 512 bytes, eight rows of 64, the last row's bits go to the top bits of the other seven;
// what is left over stays as it is. Returns the bytes written: mistique_packed7(n).
size_t mistique_pack7(const uint8_t *bytes, size_t n, uint8_t *packed);
void mistique_unpack7(const uint8_t *packed, size_t n, uint8_t *bytes);
static inline size_t mistique_packed7(size_t n) { return n / 512 * 448 + n % 512; }

// Whether, in a sample of 512, elements that are not zero come again at least every second time. 0 for fewer than 1,024 elements.
int mistique_has_few_values(const uint32_t *values, size_t n);

// The smallest and the largest of n numbers, NaN left out, joined with what is in `lowest` and `highest`; sets `has_nan` to 1 if there is one.
void mistique_extrema32(const float *values, size_t n, float *lowest, float *highest, int32_t *has_nan);

#endif
