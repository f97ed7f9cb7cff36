// Rows of a decoded frame to where they lie in an answer.
#ifndef MISTIQUE_ROWS_H
#define MISTIQUE_ROWS_H

#include <stddef.h>

// Copies `rows` rows of `bytes` bytes from `source`, `source_stride` bytes apart, to `target`, `target_stride` bytes apart. What lies between
// two rows is neither read nor written.
//
// `streams` is for answers that are larger than the processor's caches: lines go to memory without being read first, a third less traffic.
void mistique_copy_rows(
    const void *source, size_t source_stride, size_t bytes, size_t rows, int streams, size_t target_stride, void *target);

#endif
