// Codes of a byte to the values that they stand for, row after row of an answer.
#ifndef MISTIQUE_LOOKUP_H
#define MISTIQUE_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

// Codes of adjacent columns: row r has `width` of them at codes + r * stride.
struct mistique_lookup_piece {
  const uint8_t *codes;
  size_t stride;
  size_t width;
};

// The most columns that several pieces may have together.
enum { MISTIQUE_LOOKUP_COLUMNS = 4096 };

// Writes `rows` rows of values, `target_stride` values apart: in each, table[code] for the codes of that row of all `count` pieces, side by side. The
// table has 256 values. Several pieces have at most MISTIQUE_LOOKUP_COLUMNS columns together; one alone may have any number. What lies between two
// rows of the target is not written.
//
// `streams` is for answers that are larger than the processor's caches: lines go to memory without being read first.
void mistique_lookup_rows(
    const struct mistique_lookup_piece *pieces, size_t count, size_t rows, const float *table, int streams, size_t target_stride,
    float *target);

// The same in plain C: what `mistique_lookup_rows` does on processors without AVX-512 VBMI.
void mistique_lookup_rows_plain(
    const struct mistique_lookup_piece *pieces, size_t count, size_t rows, const float *table, int streams, size_t target_stride,
    float *target);

#endif
