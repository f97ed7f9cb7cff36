// What Swift's view of the C library leaves out.
#ifndef MISTIQUE_FILES_H
#define MISTIQUE_FILES_H

#include <stdint.h>

// Gives `count` bytes from `offset` of an open file back to the file system; the file's length stays. Returns 0, or -1 with `errno` set.
int mistique_punch_hole(int descriptor, int64_t offset, int64_t count);

// Lets the process open as many files as the system allows it at most: 1, or 0 where it may already or that fails.
int mistique_raise_open_files(void);

// Whether the byte at `offset` of an open file is not in the page cache, so that reading it would wait for the disk: 1 or 0. 0 too where the
// kernel or the file system cannot tell.
int mistique_is_cold(int descriptor, int64_t offset);

#define MISTIQUE_UNLOCKED 0
#define MISTIQUE_SHARED 1
#define MISTIQUE_EXCLUSIVE 2

// Locks an open file, advisorily, for the open file description and not for the process, or changes what was locked before. MISTIQUE_SHARED waits
// while another has MISTIQUE_EXCLUSIVE; MISTIQUE_EXCLUSIVE does not wait: it fails with EAGAIN or EACCES, and what was locked before stays
// locked, which is what flock does not promise. Returns 0, or -1 with `errno` set.
int mistique_lock_file(int descriptor, int lock);

#endif
