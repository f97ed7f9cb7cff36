#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

int mistique_punch_hole(int descriptor, int64_t offset, int64_t count) {
#ifdef FALLOC_FL_PUNCH_HOLE
  int result;
  do {
    result = fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)count);
  } while (result != 0 && errno == EINTR);
  return result;
#else
  (void)descriptor, (void)offset, (void)count;
  errno = EOPNOTSUPP;
  return -1;
#endif
}

int mistique_raise_open_files(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return 0;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
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

int mistique_lock_file(int descriptor, int lock) {
  struct flock request = {0};  // all of the file, and l_pid 0, as locks of open file descriptions want it
  request.l_whence = SEEK_SET;
  request.l_type = lock == MISTIQUE_EXCLUSIVE ? F_WRLCK : lock == MISTIQUE_SHARED ? F_RDLCK : F_UNLCK;
  return fcntl(descriptor, lock == MISTIQUE_SHARED ? F_OFD_SETLKW : F_OFD_SETLK, &request);
}
