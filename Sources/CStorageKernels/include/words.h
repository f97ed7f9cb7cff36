// Hot loops over arrays of little-endian words of 1, 2, 4 or 8 bytes. Nothing needs to be aligned; arrays of one call do not overlap
// unless it says so.
#ifndef CSTORAGEKERNELS_WORDS_H
#define CSTORAGEKERNELS_WORDS_H

#include <stddef.h>
#include <stdint.h>

// Words that `words_sample` takes at most.
enum { WORDS_SAMPLE = 1024 };

// Slots of the hash table of `words_dictionary`; at most half of them are ever taken.
enum { WORDS_DICTIONARY_SLOTS = 8192 };

// Exclusive-ors a bitmap (64-bit words, one bit a row) with "the row's value is not zero". Its own inverse.
void words_predict_bitmap(void *bitmap, const void *values, size_t rows, unsigned word_bytes);

// Smallest and largest word, signed. count > 0.
void words_range(const void *words, size_t count, unsigned word_bytes, int64_t *smallest, int64_t *largest);

// Takes eight evenly spread blocks of 128 words, or all words when there are no more than 1024: sign-extended, and their differences
// to the word before. Returns how many.
size_t words_sample(const void *words, size_t count, unsigned word_bytes, int64_t *values, int64_t *differences);

// The bytes a word should take when `values` minus `base` are cut into byte planes and each plane is entropy coded. Bit k of
// `incompressible` is set where plane k should not shrink.
double words_plane_cost(const int64_t *values, size_t count, int64_t base, unsigned word_bytes, unsigned *incompressible);

// Byte k < `kept` of every (word - base) goes to planes[k * count ...]. Bit k of the result is set where plane k is not all zeros.
unsigned words_split(
  const void *words, size_t count, unsigned word_bytes, uint64_t base, unsigned kept, uint8_t *planes);

// The bits by which `count` symbols of these frequencies can be told apart, per symbol.
double words_entropy(const uint32_t *frequencies, size_t symbols, size_t count);

// The inverse: planes[k] is where byte k of every word lies, NULL for a plane of zeros.
void words_join(const uint8_t *const *planes, size_t count, unsigned word_bytes, uint64_t base, void *words);

// differences[i] = words[i] - words[i - 1]; differences[0] = differences[1], so that it widens no range. count > 1.
void words_difference(const void *words, size_t count, unsigned word_bytes, void *differences);

// The inverse, in place, ignoring the first difference.
void words_accumulate(void *words, size_t count, unsigned word_bytes, uint64_t first);

// Numbers the distinct words in order of first appearance: a code each, and the dictionary with how often each word occurs.
// Returns how many there are, 0 when there are more than `limit` <= WORDS_DICTIONARY_SLOTS / 2; then the outputs mean nothing.
size_t words_dictionary(
  const void *words, size_t count, unsigned word_bytes, size_t limit, uint16_t *codes, void *dictionary, uint32_t *frequencies);

// Sorts a dictionary of `distinct` > 0 words, as signed numbers, and changes the codes to match. `scratch`: 32 bytes for every distinct
// word, aligned to 8.
void words_sort_dictionary(
  void *dictionary, size_t distinct, unsigned word_bytes, uint16_t *codes, size_t count, void *scratch);

// words[i] = dictionary[codes[i]]. The codes must be valid.
void words_look_up(const uint16_t *codes, size_t count, unsigned word_bytes, const void *dictionary, void *words);

// Codes of 1, 2, 4 or 8 bits, the first in the lowest bits; `packed` has room for (count * bits + 7) / 8 bytes.
void words_pack(const uint16_t *codes, size_t count, unsigned bits, uint8_t *packed);

// The inverse. Returns the largest code.
uint16_t words_unpack(const uint8_t *packed, size_t count, unsigned bits, uint16_t *codes);

// The largest code. 0 when there is none.
uint16_t words_largest_code(const uint16_t *codes, size_t count);

// integers[i] = numbers[i] * 10^digits where that integer gives the number back to the bit, else 0, and i goes to `exceptions`
// (room for count). Returns the number of exceptions. digits <= 9.
size_t words_to_decimals(const void *numbers, size_t count, unsigned digits, int64_t *integers, uint32_t *exceptions);

// integers[i] / 10^digits; `numbers` may be `integers`.
void words_from_decimals(const void *integers, size_t count, unsigned digits, void *numbers);

// target[i] ^= source[i]; they do not overlap.
void mistique_xor(void *target, const void *source, size_t count);

#endif
