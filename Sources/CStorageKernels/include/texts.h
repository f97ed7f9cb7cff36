// Distinct values of text columns.
#ifndef CSTORAGEKERNELS_TEXTS_H
#define CSTORAGEKERNELS_TEXTS_H

#include <stddef.h>
#include <stdint.h>

// More distinct values than this are not collected.
enum { TEXTS_LARGEST_DICTIONARY = 4096 };

// The distinct values found so far, in memory of `texts_dictionary_bytes` bytes, aligned to 8.
typedef struct texts_dictionary texts_dictionary;

size_t texts_dictionary_bytes(void);
texts_dictionary *texts_clear(void *memory);
size_t texts_distinct(const texts_dictionary *dictionary);

// Bytes of every distinct value.
const uint32_t *texts_lengths(const texts_dictionary *dictionary);

// Writes the distinct values one after the other.
void texts_gather(const texts_dictionary *dictionary, uint8_t *output);

// Gives each of `rows` values its number in order of first appearance. `lengths`: a little-endian uint32 for every row; the values lie in
// the `available` bytes from `utf8` on. Returns 0 when there would be more than `limit` <= TEXTS_LARGEST_DICTIONARY values in the
// dictionary or when the lengths do not add up to `available`. The values must stay where they are until the dictionary has been gathered.
int texts_number(
  texts_dictionary *dictionary, size_t limit, const void *lengths, size_t rows, const uint8_t *utf8, size_t available, uint16_t *codes);

// Writes the values of `rows` valid codes one after the other; value i is lengths[i] bytes at utf8 + starts[i], and 16 bytes may be
// read from each start. Returns the bytes written, SIZE_MAX when they are more than `room`.
size_t texts_look_up(
  const uint16_t *codes, size_t rows, const uint8_t *utf8, const uint32_t *starts, const uint32_t *lengths, uint8_t *output, size_t room);

#endif
