#include "check.h"
#include "program.h"

#include <stdlib.h>

enum { COLUMNS = 40 };

static const char *add_rows(mistique_capture capture, int64_t first, int64_t count) {
  mistique_error error = {0};
  static float data[100 * COLUMNS];
  int64_t ids[100];
  for (int64_t row = 0; row < count; row++) {
    ids[row] = first + row;
    for (int64_t column = 0; column < COLUMNS; column++) data[row * COLUMNS + column] = value_of(first + row, column);
  }
  const int64_t shape[2] = {count, COLUMNS};
  mistique_array array = whole(data, sizeof data, MISTIQUE_FLOAT32, 2, shape);
  CALL(mistique_capture_rows(capture, ids, count, &error));
  CALL(mistique_capture_append(capture, "x", &array, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  return NULL;
}

static const char *expect_rows(mistique_store store, const char *key, int64_t count) {
  mistique_error error = {0};
  const char *keys[1] = {key};
  mistique_answer answer = 0;
  mistique_shape shape;
  const float *view = NULL;
  CALL(mistique_ask(store, keys, 1, NULL, 0, NULL, &answer, &error));
  shape.struct_size = sizeof shape;
  CALL(mistique_answer_shape(answer, 0, &shape, &error));
  CHECK(shape.rows == count && shape.columns == COLUMNS);
  int64_t *ids = malloc((size_t)count * sizeof *ids);
  CHECK(ids != NULL);
  CALL(mistique_answer_ids(answer, 0, ids, count, &error));
  CALL(mistique_answer_view(answer, 0, &view, &error));
  for (int64_t row = 0; row < count; row++)
    for (int64_t column = 0; column < COLUMNS; column++) CHECK(view[row * COLUMNS + column] == value_of(ids[row], column));
  free(ids);
  CALL(mistique_answer_free(answer, &error));
  return NULL;
}

const char *program_resume(const char *folder) {
  mistique_error error = {0};
  const char *failed;
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("long");
  options.resumes = 1;
  options.checkpoint_bytes = 250 * COLUMNS * 4; /* every third group of 100 rows */
  mistique_capture capture = 0;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  for (int64_t first = 0; first < 700; first += 100)
    if ((failed = add_rows(capture, first, 100)) != NULL) return failed;
  CALL(mistique_capture_abandon(capture, &error)); /* as a kill: rows 600 to 699 are not committed */

  char *json = NULL;
  CALL(mistique_models(store, &json, &error));
  CHECK(strstr(json, "\"models\":[]") != NULL && strstr(json, "\"segments\":2") != NULL);
  mistique_string_free(json);
  options.resumes = 0;
  REFUSED(MISTIQUE_ALREADY_LOGGED, mistique_capture_begin(store, &options, &capture, &error));
  options.resumes = 1;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  const int64_t ids[4] = {0, 599, 600, 699};
  uint8_t present[4];
  CALL(mistique_capture_has(capture, ids, 4, present, &error));
  CHECK(present[0] == 1 && present[1] == 1 && present[2] == 0 && present[3] == 0);
  REFUSED(MISTIQUE_INVALID, mistique_capture_rows(capture, ids, 1, &error));
  for (int64_t first = 600; first < 1000; first += 100)
    if ((failed = add_rows(capture, first, 100)) != NULL) return failed;
  CALL(mistique_capture_finish(capture, &json, &error));
  CHECK(strstr(json, "\"rows\":1000") != NULL);
  mistique_string_free(json);
  CALL(mistique_models(store, &json, &error));
  CHECK(strstr(json, "\"unfinished\":[]") != NULL);
  mistique_string_free(json);
  if ((failed = expect_rows(store, "c.long.x.*", 1000)) != NULL) return failed;
  CALL(mistique_close(store, &error));
  return NULL;
}

/* Re-runs by the formula that the values were made by. */
struct runs {
  int calls, releases, fails, busy, described;
  mistique_sink sink;
  mistique_store store; /* what the function and its release ask, when it is not 0 */
};

static int32_t rerun(void *context, const mistique_rerun_request *request, mistique_error *error) {
  struct runs *runs = context;
  runs->calls++;
  runs->sink = request->sink;
  if (runs->store != 0) {
    mistique_capture_options options = capture_of("inside");
    mistique_capture capture = 0;
    runs->busy += mistique_delete(runs->store, "c", "again", NULL, NULL) == MISTIQUE_BUSY;
    runs->busy += mistique_capture_begin(runs->store, &options, &capture, NULL) == MISTIQUE_BUSY;
    runs->busy += mistique_close(runs->store, NULL) == MISTIQUE_BUSY;
  }
  if (runs->fails) {
    mistique_error_set(error, MISTIQUE_CALLBACK, "the weights are gone", request->model, "Load them.");
    return MISTIQUE_CALLBACK;
  }
  int64_t count = request->row_count < 0 ? 200 : request->row_count, *ids = malloc((size_t)count * sizeof *ids);
  float *data = malloc((size_t)count * COLUMNS * sizeof *data);
  if (ids == NULL || data == NULL) return MISTIQUE_FAILED;
  for (int64_t row = 0; row < count; row++) {
    ids[row] = request->rows == NULL ? row : request->rows[row];
    for (int64_t column = 0; column < COLUMNS; column++) data[row * COLUMNS + column] = value_of(ids[row], column);
  }
  const int64_t shape[2] = {count, COLUMNS};
  mistique_array array = whole(data, count * COLUMNS * 4, MISTIQUE_FLOAT32, 2, shape);
  int32_t code = mistique_rerun_emit(request->sink, request->layers[0], &array, ids, error);
  free(ids);
  free(data);
  return code;
}

static void release_runs(void *context) {
  struct runs *runs = context;
  runs->releases++;
  char *json = NULL;
  if (runs->store == 0) return;
  runs->described = mistique_describe(runs->store, "c", "again", &json, NULL) == MISTIQUE_OK;
  mistique_string_free(json);
}

const char *program_rerun(const char *folder) {
  mistique_error error = {0};
  const char *failed;
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("again");
  options.policy = "none";
  mistique_capture capture = 0;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  if ((failed = add_rows(capture, 0, 100)) != NULL) return failed;
  if ((failed = add_rows(capture, 100, 100)) != NULL) return failed;
  CALL(mistique_capture_finish(capture, NULL, &error));
  const char *keys[1] = {"c.again.x.*"};
  const int64_t ids[2] = {3, 150};
  mistique_answer answer = 0;
  REFUSED(MISTIQUE_CANNOT_PLAN, mistique_ask(store, keys, 1, ids, 2, NULL, &answer, &error));

  struct runs runs = {0};
  CALL(mistique_rerun_register(store, "c", "again", rerun, &runs, release_runs, &error));
  CALL(mistique_ask(store, keys, 1, ids, 2, NULL, &answer, &error));
  CHECK(runs.calls == 1);
  float got[2 * COLUMNS];
  CALL(mistique_answer_values(answer, 0, MISTIQUE_FLOAT32, got, sizeof got, &error));
  CHECK(got[1] == value_of(3, 1) && got[COLUMNS + 2] == value_of(150, 2));
  CALL(mistique_answer_free(answer, &error));
  if ((failed = expect_rows(store, "c.again.x.*", 200)) != NULL) return failed;
  /* The sink is gone with the call. */
  const int64_t shape[2] = {2, COLUMNS};
  mistique_array array = whole(got, sizeof got, MISTIQUE_FLOAT32, 2, shape);
  REFUSED(MISTIQUE_BAD_HANDLE, mistique_rerun_emit(runs.sink, "x", &array, ids, &error));
  /* What writes is refused in it, and does not wait for itself. */
  runs.store = store;
  CALL(mistique_ask(store, keys, 1, ids, 2, NULL, &answer, &error));
  CALL(mistique_answer_free(answer, &error));
  CHECK(runs.busy == 3);
  /* By another handle of the store too, which may be closed in it. */
  mistique_store second = 0;
  CALL(mistique_open(folder, NULL, &second, &error));
  runs.store = second;
  CALL(mistique_ask(store, keys, 1, ids, 2, NULL, &answer, &error));
  CALL(mistique_answer_free(answer, &error));
  CHECK(runs.busy == 5);
  REFUSED(MISTIQUE_BAD_HANDLE, mistique_close(second, &error));
  runs.store = store;
  runs.fails = 1;
  CHECK(mistique_ask(store, keys, 1, ids, 2, NULL, &answer, &error) == MISTIQUE_CALLBACK);
  CHECK(strcmp(error.what, "the weights are gone") == 0 && strcmp(error.remedy, "Load them.") == 0);
  mistique_error_clear(&error);
  CALL(mistique_rerun_register(store, "c", "again", NULL, NULL, NULL, &error));
  /* Its release may ask the store. */
  CHECK(runs.releases == 1 && runs.described);
  REFUSED(MISTIQUE_CANNOT_PLAN, mistique_ask(store, keys, 1, ids, 2, NULL, &answer, &error));
  /* Keys of two models in turn: still one result for each intermediate, in the order in which they are first named. */
  options = capture_of("other");
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  if ((failed = add_rows(capture, 0, 100)) != NULL) return failed;
  CALL(mistique_capture_finish(capture, NULL, &error));
  options = capture_of("third");
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  if ((failed = add_rows(capture, 0, 100)) != NULL) return failed;
  CALL(mistique_capture_finish(capture, NULL, &error));
  const char *turns[3] = {"c.other.x.n0", "c.third.x.n1", "c.other.x.n2"};
  CALL(mistique_ask(store, turns, 3, ids, 1, NULL, &answer, &error));
  int64_t count = 0;
  CALL(mistique_answer_count(answer, &count, &error));
  CHECK(count == 2);
  CALL(mistique_answer_values(answer, 0, MISTIQUE_FLOAT32, got, sizeof got, &error));
  CHECK(got[0] == value_of(3, 0) && got[1] == value_of(3, 2));
  CALL(mistique_answer_values(answer, 1, MISTIQUE_FLOAT32, got, sizeof got, &error));
  CHECK(got[0] == value_of(3, 1));
  CALL(mistique_answer_free(answer, &error));
  /* A store that is closed lets go of what it has re-run. */
  struct runs last = {0};
  CALL(mistique_rerun_register(store, "c", "again", rerun, &last, release_runs, &error));
  CALL(mistique_ask(store, keys, 1, ids, 2, NULL, &answer, &error));
  CALL(mistique_answer_free(answer, &error));
  CHECK(last.calls == 1 && last.releases == 0);
  CALL(mistique_close(store, &error));
  CHECK(last.releases == 1);
  return NULL;
}
