// Hot loops over arrays of little-endian words of `word_bytes` = 1, 2, 4 or 8 bytes each, at any address.
#ifndef MISTIQUE_WORDS_H
#define MISTIQUE_WORDS_H

#include <stddef.h>
#include <stdint.h>

// Words that `mistique_words_sample` takes at most.
enum { MISTIQUE_WORDS_SAMPLE = 1024 };

// Slots of the hash table of `mistique_words_dictionary`; at most half of them are ever taken.
enum { MISTIQUE_WORDS_DICTIONARY_SLOTS = 8192 };

// XORs a bitmap, (rows + 63) / 64 words of 64 bits with one bit per row, with "the row's value is not zero". Its own inverse. Bits past the last
// row are left alone.
void mistique_words_predict_bitmap(const void *values, size_t rows, unsigned word_bytes, void *bitmap);

// The smallest and the largest of `count` > 0 words, as signed numbers.
void mistique_words_range(const void *words, size_t count, unsigned word_bytes, int64_t *smallest, int64_t *largest);

// Takes eight evenly spread blocks of 128 words, or all words when there are no more than 1,024: sign-extended, and their differences
// to the word before. Returns how many, at most MISTIQUE_WORDS_SAMPLE: both outputs have room for as many.
size_t mistique_words_sample(const void *words, size_t count, unsigned word_bytes, int64_t *values, int64_t *differences);

// The bytes a word should take when `values` minus `base` are cut into byte planes and each plane is entropy coded. Bit k of
// `incompressible` is set where plane k should not shrink.
double mistique_words_plane_cost(
    const int64_t *values, size_t count, int64_t base, unsigned word_bytes, unsigned *incompressible);

// Byte k < `kept` <= word_bytes of every (word - base) goes to planes[k * count ..< (k + 1) * count]. Bit k of the result is set where plane k is
// not all zeros.
unsigned mistique_words_split(
    const void *words, size_t count, unsigned word_bytes, uint64_t base, unsigned kept, uint8_t *planes);

// The inverse: writes `count` words. planes[k], of word_bytes, is where byte k of every word lies, NULL for a plane of zeros.
void mistique_words_join(const uint8_t *const *planes, size_t count, unsigned word_bytes, uint64_t base, void *words);

// The bits by which `count` symbols of these frequencies can be told apart, per symbol.
double mistique_words_entropy(const uint32_t *frequencies, size_t symbols, size_t count);

// differences[i] = words[i] - words[i - 1]; differences[0] = differences[1], so that it widens no range. count > 1.
void mistique_words_difference(const void *words, size_t count, unsigned word_bytes, void *differences);

// The inverse, in place, ignoring the first difference: words[0] = first. count > 0.
void mistique_words_accumulate(size_t count, unsigned word_bytes, uint64_t first, void *words);

// Numbers the distinct words in order of first appearance: writes a code for each word, and the distinct words with how often each occurs. Returns
// how many there are, 0 when there are more than `limit` <= MISTIQUE_WORDS_DICTIONARY_SLOTS / 2; the outputs then hold anything. `dictionary` and
// `frequencies` have room for `limit` each.
size_t mistique_words_dictionary(
    const void *words, size_t count, unsigned word_bytes, size_t limit, uint16_t *codes, void *dictionary, uint32_t *frequencies);

// Sorts a dictionary of `distinct` > 0 words, as signed numbers, and changes the `count` codes to match, both in place. `scratch`: 32 bytes for each
// distinct word, aligned to 8.
void mistique_words_sort_dictionary(
    size_t distinct, unsigned word_bytes, size_t count, void *scratch, void *dictionary, uint16_t *codes);

// words[i] = dictionary[codes[i]], `count` of them. The codes must be valid.
void mistique_words_look_up(const uint16_t *codes, size_t count, const void *dictionary, unsigned word_bytes, void *words);

// Packs codes of 1, 2, 4 or 8 bits, the first in the lowest bits. Writes (count * bits + 7) / 8 bytes; unused bits are 0.
void mistique_words_pack(const uint16_t *codes, size_t count, unsigned bits, uint8_t *packed);

// The inverse: reads (count * bits + 7) / 8 bytes, writes `count` codes. Returns the largest code.
uint16_t mistique_words_unpack(const uint8_t *packed, size_t count, unsigned bits, uint16_t *codes);

// The largest code, 0 when there is none.
uint16_t mistique_words_largest_code(const uint16_t *codes, size_t count);

// integers[i] = numbers[i] * 10^digits where that integer gives the double back to the bit, else 0, and i goes to `exceptions`. Returns how many
// exceptions there are. Writes `count` integers, and one place of `exceptions` past the last one: it has room for `count`. digits <= 9.
size_t mistique_words_to_decimals(const void *numbers, size_t count, unsigned digits, int64_t *integers, uint32_t *exceptions);

// Writes `count` doubles, integers[i] / 10^digits; `numbers` may be `integers`. digits <= 9.
void mistique_words_from_decimals(const void *integers, size_t count, unsigned digits, void *numbers);

// target[i] ^= source[i] for `count` bytes.
void mistique_xor(const void *source, size_t count, void *target);

#endif
