/* The parts of a C99 program that uses mistique.h. Each works in an empty folder of its own and returns NULL, or the check that failed. */
#ifndef MISTIQUE_PROGRAM_H
#define MISTIQUE_PROGRAM_H

const char *program_walk_through(const char *folder);
const char *program_strides(const char *folder);
const char *program_halves(const char *folder);
const char *program_hostile_handles(const char *folder);
const char *program_hostile_arrays(const char *folder);
const char *program_hostile_rows(const char *folder);
const char *program_frames(const char *folder);
const char *program_stream(const char *folder);
const char *program_resume(const char *folder);
const char *program_cancel(const char *folder);
const char *program_rerun(const char *folder);
const char *program_fork(const char *folder);

#endif
