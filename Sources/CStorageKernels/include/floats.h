// Sparse floating-point numbers to bit masks and byte planes, and back.
#ifndef MISTIQUE_FLOATS_H
#define MISTIQUE_FLOATS_H

#include <stddef.h>
#include <stdint.h>

// Splits n elements into a mask (bit i % 8 of byte i / 8 is set where element i is not zero bits) and the elements that are not zero, in order.
// Returns how many those are. Writes (n + 7) / 8 bytes of `mask`, and `packed` up to 64 elements past the last one that is not zero: it has room for
// n + 64 elements.
size_t mistique_floats_pack32(const uint32_t *values, size_t n, uint8_t *mask, uint32_t *packed);
size_t mistique_floats_pack16(const uint16_t *values, size_t n, uint8_t *mask, uint16_t *packed);
size_t mistique_floats_pack8(const uint8_t *values, size_t n, uint8_t *mask, uint8_t *packed);

// The inverse: writes n elements from (n + 7) / 8 bytes of mask and as many packed elements as its bits are set. Reads `packed` up to 64
// elements past the last one.
void mistique_floats_expand32(const uint8_t *mask, const uint32_t *packed, size_t n, uint32_t *values);
void mistique_floats_expand16(const uint8_t *mask, const uint16_t *packed, size_t n, uint16_t *values);
void mistique_floats_expand8(const uint8_t *mask, const uint8_t *packed, size_t n, uint8_t *values);

// The same by vectors of at most `widest` bits: 512, 256, or 0 for none. Where the processor has none so wide, by the next ones. All give the same.
size_t mistique_floats_pack32_by(unsigned widest, const uint32_t *values, size_t n, uint8_t *mask, uint32_t *packed);
size_t mistique_floats_pack16_by(unsigned widest, const uint16_t *values, size_t n, uint8_t *mask, uint16_t *packed);
size_t mistique_floats_pack8_by(unsigned widest, const uint8_t *values, size_t n, uint8_t *mask, uint8_t *packed);
void mistique_floats_expand32_by(unsigned widest, const uint8_t *mask, const uint32_t *packed, size_t n, uint32_t *values);
void mistique_floats_expand16_by(unsigned widest, const uint8_t *mask, const uint16_t *packed, size_t n, uint16_t *values);
void mistique_floats_expand8_by(unsigned widest, const uint8_t *mask, const uint8_t *packed, size_t n, uint8_t *values);

// How many bits are set in all (n + 7) / 8 bytes of a mask, those past bit n included.
size_t mistique_floats_count_bits(const uint8_t *mask, size_t n);

// Splits n float32 numbers into three planes of n elements each: the exponents, the upper 16 bits of the mantissas, and their lower 7 bits with the
// sign above them. Returns the OR of all sign bits: 0 or 0x80000000.
uint32_t mistique_floats_split32(const uint32_t *values, size_t n, uint8_t *exponents, uint16_t *upper, uint8_t *lower);

// The inverse: writes n numbers. `upper` is n 16-bit numbers at any address.
void mistique_floats_join32(const uint8_t *exponents, const void *upper, const uint8_t *lower, size_t n, uint32_t *values);

// Splits n float16 numbers into two planes of n bytes each: the exponents with the upper 3 bits of the mantissas, and the lower 7 bits with the sign
// above them. Returns the OR of all sign bits: 0 or 0x80000000.
uint32_t mistique_floats_split16(const uint16_t *values, size_t n, uint8_t *upper, uint8_t *lower);

// The inverse: writes n numbers.
void mistique_floats_join16(const uint8_t *upper, const uint8_t *lower, size_t n, uint16_t *values);

// The bytes that n bytes below 128 take when they are packed.
static inline size_t mistique_floats_packed7(size_t n) { return n / 512 * 448 + n % 512; }

// Packs n bytes below 128 into 7 bits each. Of every 512 bytes, eight rows of 64, the last row's bits go to the top bits of the other
// seven; what is left over of 512 stays as it is. Writes and returns `mistique_floats_packed7(n)` bytes.
size_t mistique_floats_pack7(const uint8_t *bytes, size_t n, uint8_t *packed);

// The inverse: reads `mistique_floats_packed7(n)` bytes, writes n.
void mistique_floats_unpack7(const uint8_t *packed, size_t n, uint8_t *bytes);

// Whether, in a sample of 512, elements that are not zero come again at least every second time. 0 for fewer than 1,024 elements.
int mistique_floats_has_few_values(const uint32_t *values, size_t n);

// The smallest and the largest of n numbers, NaN left out, joined with what is in `lowest` and `highest`; sets `has_nan` to 1 if there is a NaN and
// leaves it alone otherwise.
void mistique_floats_extrema32(const float *values, size_t n, float *lowest, float *highest, int32_t *has_nan);

#endif
