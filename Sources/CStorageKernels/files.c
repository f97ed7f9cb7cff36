#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>

int mistique_punch_hole(int descriptor, int64_t offset, int64_t count) {
#ifdef FALLOC_FL_PUNCH_HOLE
  return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)count);
#else
  (void)descriptor, (void)offset, (void)count;
  errno = EOPNOTSUPP;
  return -1;
#endif
}
