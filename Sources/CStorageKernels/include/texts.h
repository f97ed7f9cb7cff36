// Distinct values of text columns.
#ifndef MISTIQUE_TEXTS_H
#define MISTIQUE_TEXTS_H

#include <stddef.h>
#include <stdint.h>

// More distinct values than this are not collected.
enum { MISTIQUE_TEXTS_LARGEST_DICTIONARY = 4096 };

// The distinct values found so far.
typedef struct mistique_texts_dictionary mistique_texts_dictionary;

// The memory that a dictionary takes.
size_t mistique_texts_dictionary_bytes(void);

// An empty dictionary in `memory` of `mistique_texts_dictionary_bytes` bytes, aligned to 8.
mistique_texts_dictionary *mistique_texts_clear(void *memory);

// The number of distinct values.
size_t mistique_texts_distinct(const mistique_texts_dictionary *dictionary);

// The bytes of each distinct value, in the dictionary's memory.
const uint32_t *mistique_texts_lengths(const mistique_texts_dictionary *dictionary);

// Writes the distinct values one after the other, as many bytes as their lengths add up to.
void mistique_texts_gather(const mistique_texts_dictionary *dictionary, uint8_t *output);

// Gives each of `rows` values its number in order of first appearance, new ones a place in the dictionary, and writes the numbers to `codes`. `lengths`
// is a little-endian uint32 for each row, at any address; the values are the `available` bytes from `utf8` on, one after the other. Returns 0
// when there would be more than `limit` <= MISTIQUE_TEXTS_LARGEST_DICTIONARY values in the dictionary, or when the lengths do not add up to
// `available`; dictionary and codes are then useless. The values must stay where they are until the dictionary has been gathered.
int mistique_texts_number(
    const void *lengths, size_t rows, const uint8_t *utf8, size_t available, size_t limit, mistique_texts_dictionary *dictionary,
    uint16_t *codes);

// Writes the values of `rows` valid codes one after the other; value i is lengths[i] bytes at utf8 + starts[i], from where 16 bytes are read
// even if it is shorter. Writes at most `room` bytes, also past the last value's end. Returns the bytes of the values, SIZE_MAX when they are more
// than `room`.
size_t mistique_texts_look_up(
    const uint16_t *codes, size_t rows, const uint8_t *utf8, const uint32_t *starts, const uint32_t *lengths, size_t room,
    uint8_t *output);

#endif
