// What Swift's view of the C library leaves out.
#ifndef MISTIQUE_FILES_H
#define MISTIQUE_FILES_H

#include <stdint.h>

// Gives `count` bytes from `offset` of an open file back to the file system; the file's length stays. Returns 0, or -1 with `errno` set.
int mistique_punch_hole(int descriptor, int64_t offset, int64_t count);

#endif
