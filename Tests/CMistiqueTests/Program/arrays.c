#include "check.h"
#include "program.h"

#include <stdlib.h>

/* Captures one group of one layer under `model` and asks for all of it; `values` has room for it. */
static const char *round_trip(
    mistique_store store, const char *model, const mistique_array *array, int32_t type, void *values, int64_t bytes, mistique_shape *shape) {
  mistique_error error = {0};
  mistique_capture_options options = capture_of(model);
  mistique_capture capture = 0;
  int64_t ids[64];
  for (int64_t row = 0; row < 64; row++) ids[row] = row;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  CALL(mistique_capture_rows(capture, ids, array->shape[0], &error));
  CALL(mistique_capture_append(capture, "x", array, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_finish(capture, NULL, &error));
  char key[64];
  snprintf(key, sizeof key, "c.%s.x.*", model);
  const char *keys[1] = {key};
  mistique_answer answer = 0;
  CALL(mistique_ask(store, keys, 1, NULL, 0, NULL, &answer, &error));
  shape->struct_size = sizeof *shape;
  CALL(mistique_answer_shape(answer, 0, shape, &error));
  CALL(mistique_answer_values(answer, 0, type, values, bytes, &error));
  CALL(mistique_answer_free(answer, &error));
  return NULL;
}

const char *program_strides(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  enum { N = 3, C = 2, H = 4, W = 5, ALL = N * C * H * W };
  float last[ALL], got[ALL];
  /* (N, C, H, W) in the memory of (N, H, W, C). */
  for (int n = 0; n < N; n++)
    for (int c = 0; c < C; c++)
      for (int h = 0; h < H; h++)
        for (int w = 0; w < W; w++) last[((n * H + h) * W + w) * C + c] = value_of(n, (c * H + h) * W + w);
  const int64_t shape[4] = {N, C, H, W}, strides[4] = {C * H * W * 4, 4, W * C * 4, C * 4};
  mistique_array array = whole(last, sizeof last, MISTIQUE_FLOAT32, 4, shape);
  array.strides = strides;
  mistique_shape answered;
  const char *failed = round_trip(store, "channels_last", &array, MISTIQUE_FLOAT32, got, sizeof got, &answered);
  if (failed != NULL) return failed;
  for (int n = 0; n < N; n++)
    for (int column = 0; column < C * H * W; column++) CHECK(got[n * C * H * W + column] == value_of(n, column));

  /* Every second row of every third column, and a row that repeats (stride 0). */
  float wide[8][12], some[4 * 4];
  for (int row = 0; row < 8; row++)
    for (int column = 0; column < 12; column++) wide[row][column] = value_of(row, column);
  const int64_t some_shape[2] = {4, 4}, some_strides[2] = {2 * 12 * 4, 3 * 4}, repeated[2] = {0, 4};
  array = whole(wide, sizeof wide, MISTIQUE_FLOAT32, 2, some_shape);
  array.strides = some_strides;
  failed = round_trip(store, "sliced", &array, MISTIQUE_FLOAT32, some, sizeof some, &answered);
  if (failed != NULL) return failed;
  for (int row = 0; row < 4; row++)
    for (int column = 0; column < 4; column++) CHECK(some[row * 4 + column] == value_of(2 * row, 3 * column));
  array.strides = repeated;
  failed = round_trip(store, "repeated", &array, MISTIQUE_FLOAT32, some, sizeof some, &answered);
  if (failed != NULL) return failed;
  for (int row = 0; row < 4; row++) CHECK(some[row * 4 + 1] == value_of(0, 1));

  /* One value a row: shape (rows). */
  const int64_t one[1] = {6};
  array = whole(wide, sizeof wide, MISTIQUE_FLOAT32, 1, one);
  failed = round_trip(store, "single", &array, MISTIQUE_FLOAT32, some, sizeof some, &answered);
  if (failed != NULL) return failed;
  CHECK(answered.rows == 6 && answered.columns == 1 && some[5] == value_of(0, 5));
  CALL(mistique_close(store, &error));
  return NULL;
}

const char *program_halves(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  /* All 65,536 patterns: subnormals, infinities and every NaN, signalling ones too. */
  uint16_t *bits = malloc(65536 * 2), *got = malloc(65536 * 2);
  CHECK(bits != NULL && got != NULL);
  for (int pattern = 0; pattern < 65536; pattern++) bits[pattern] = (uint16_t)pattern;
  const int64_t shape[2] = {64, 1024};
  const int32_t types[4] = {MISTIQUE_FLOAT16, MISTIQUE_BFLOAT16, MISTIQUE_INT16, MISTIQUE_UINT16};
  const char *const names[4] = {"float16", "bfloat16", "int16", "uint16"};
  for (int place = 0; place < 4; place++) {
    mistique_array array = whole(bits, 65536 * 2, types[place], 2, shape);
    mistique_shape answered;
    memset(got, 0, 65536 * 2);
    const char *failed = round_trip(store, names[place], &array, types[place], got, 65536 * 2, &answered);
    if (failed != NULL) return failed;
    CHECK(answered.type == types[place]);
    CHECK(memcmp(bits, got, 65536 * 2) == 0);
  }
  free(bits);
  free(got);
  CALL(mistique_close(store, &error));
  return NULL;
}

const char *program_hostile_arrays(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("hostile");
  mistique_capture capture = 0;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  const int64_t ids[2] = {1, 2};
  CALL(mistique_capture_rows(capture, ids, 2, &error));
  float data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  const int64_t shape[2] = {2, 4};
  const mistique_array sound = whole(data, sizeof data, MISTIQUE_FLOAT32, 2, shape);
  mistique_array array;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", NULL, NULL, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, NULL, &sound, NULL, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "", &sound, NULL, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "\xff\xfe", &sound, NULL, &error));
  array = sound, array.data = NULL;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  array = sound, array.shape = NULL;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  array = sound, array.type = 99;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  array = sound, array.type = MISTIQUE_FLOAT64, array.data_bytes = 64;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  const int32_t dimensions[4] = {0, -1, 17, INT32_MAX};
  for (int place = 0; place < 4; place++) {
    array = sound, array.dimensions = dimensions[place];
    REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  }
  array = sound, array.data_bytes = sizeof data - 1;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  array = sound, array.data_bytes = INT64_MIN;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  const int64_t shapes[6][2] = {{2, -4}, {-2, 4}, {2, 0}, {2, INT64_MAX}, {INT64_MAX, INT64_MAX}, {3, 4}};
  for (int place = 0; place < 6; place++) {
    array = sound, array.shape = shapes[place];
    REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  }
  const int64_t strides[5][2] = {{16, -4}, {-16, 4}, {16, 16}, {INT64_MAX, 4}, {INT64_MAX / 2, INT64_MAX / 2}};
  for (int place = 0; place < 5; place++) {
    array = sound, array.strides = strides[place];
    REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error));
  }
  /* All of that left the capture as it was. */
  CALL(mistique_capture_append(capture, "x", &sound, NULL, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &sound, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_finish(capture, NULL, &error));
  CALL(mistique_close(store, &error));
  return NULL;
}
