#ifndef MISTIQUE_PROGRAM_CHECK_H
#define MISTIQUE_PROGRAM_CHECK_H

#include "mistique.h"

#include <stdio.h>
#include <string.h>

#define PROGRAM_TEXT_OF(x) #x
#define PROGRAM_TEXT(x) PROGRAM_TEXT_OF(x)
#define CHECK(condition)                                                                                       \
  do {                                                                                                         \
    if (!(condition)) return __FILE__ ":" PROGRAM_TEXT(__LINE__) ": " #condition;                              \
  } while (0)

/* A call that must succeed; `error` is in scope. */
#define CALL(call)                                                                                             \
  do {                                                                                                         \
    if ((call) != MISTIQUE_OK) {                                                                               \
      fprintf(stderr, "%s: %s (%d). %s\n", error.place, error.what, (int)error.code, error.remedy);            \
      return __FILE__ ":" PROGRAM_TEXT(__LINE__) ": " #call;                                                   \
    }                                                                                                          \
  } while (0)

/* A call that must fail with `expected`, and say what, where and what to do. */
#define REFUSED(expected, call)                                                                                \
  do {                                                                                                         \
    int32_t code_ = (call);                                                                                    \
    int told_ = error.what != NULL && error.what[0] != 0 && error.place != NULL && error.place[0] != 0         \
                && error.remedy != NULL && error.remedy[0] != 0 && error.code == code_;                        \
    mistique_error_clear(&error);                                                                              \
    if (code_ != (expected) || !told_) {                                                                       \
      fprintf(stderr, "code %d\n", (int)code_);                                                                \
      return __FILE__ ":" PROGRAM_TEXT(__LINE__) ": " #call;                                                   \
    }                                                                                                          \
  } while (0)

/* An array in C order without gaps. */
static inline mistique_array whole(const void *data, int64_t bytes, int32_t type, int32_t dimensions, const int64_t *shape) {
  mistique_array array;
  array.data = data;
  array.data_bytes = bytes;
  array.type = type;
  array.dimensions = dimensions;
  array.shape = shape;
  array.strides = NULL;
  return array;
}

static inline mistique_capture_options capture_of(const char *model) {
  mistique_capture_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.project = "c";
  options.model = model;
  return options;
}

/* A value that is different in every place, and a float32 exactly. */
static inline float value_of(int64_t row, int64_t column) { return (float)(row * 64 + column) / 8 - 3; }

#endif
