#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>

int mistique_punch_hole(int descriptor, int64_t offset, int64_t count) {
#ifdef FALLOC_FL_PUNCH_HOLE
  return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)count);
#else
  (void)descriptor, (void)offset, (void)count;
  errno = EOPNOTSUPP;
  return -1;
#endif
}

int mistique_is_cold(int descriptor, int64_t offset) {
#ifdef RWF_NOWAIT
  char byte;
  struct iovec place = {&byte, 1};
  return preadv2(descriptor, &place, 1, (off_t)offset, RWF_NOWAIT) < 0 && errno == EAGAIN;
#else
  (void)descriptor, (void)offset;
  return 0;
#endif
}
