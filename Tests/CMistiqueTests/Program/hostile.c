#include "check.h"
#include "program.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const char *program_hostile_handles(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0, other = 0;
  char *json = NULL;
  const mistique_store wrong[4] = {0, 1, 0xdeadbeefULL, UINT64_MAX};
  for (int place = 0; place < 4; place++) {
    REFUSED(MISTIQUE_BAD_HANDLE, mistique_models(wrong[place], &json, &error));
    REFUSED(MISTIQUE_BAD_HANDLE, mistique_close(wrong[place], &error));
    REFUSED(MISTIQUE_BAD_HANDLE, mistique_capture_keep(wrong[place], &error));
    REFUSED(MISTIQUE_BAD_HANDLE, mistique_answer_free(wrong[place], &error));
    REFUSED(MISTIQUE_BAD_HANDLE, mistique_capture_finish(wrong[place], NULL, &error));
  }
  REFUSED(MISTIQUE_INVALID, mistique_open(NULL, NULL, &store, &error));
  REFUSED(MISTIQUE_INVALID, mistique_open("", NULL, &store, &error));
  REFUSED(MISTIQUE_INVALID, mistique_open(folder, NULL, NULL, &error));
  mistique_open_options open_options = {0};
  REFUSED(MISTIQUE_INVALID, mistique_open(folder, &open_options, &store, &error)); /* struct_size is 0 */
  open_options.struct_size = sizeof open_options;
  open_options.rows_per_block = -1;
  REFUSED(MISTIQUE_INVALID, mistique_open(folder, &open_options, &store, &error));
  CALL(mistique_open(folder, NULL, &store, &error));
  CHECK(mistique_capture_keep(store, NULL) == MISTIQUE_BAD_HANDLE); /* another kind; nobody wants the texts */
  REFUSED(MISTIQUE_INVALID, mistique_models(store, NULL, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_begin(store, NULL, &other, &error));

  mistique_capture_options options = capture_of("a");
  mistique_capture capture = 0, second = 0;
  options.policy = "dedupe";
  REFUSED(MISTIQUE_INVALID, mistique_capture_begin(store, &options, &capture, &error));
  options.policy = "dedup + pool(-3)";
  REFUSED(MISTIQUE_INVALID, mistique_capture_begin(store, &options, &capture, &error));
  options.policy = "dedup + pool(2) + kbit(8)";
  options.struct_size = 8;
  REFUSED(MISTIQUE_INVALID, mistique_capture_begin(store, &options, &capture, &error));
  options.struct_size = sizeof options;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  REFUSED(MISTIQUE_BUSY, mistique_capture_begin(store, &options, &second, &error));
  REFUSED(MISTIQUE_BUSY, mistique_delete(store, "c", "a", NULL, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_finish(capture, NULL, &error)); /* nothing was captured: it has ended all the same */
  REFUSED(MISTIQUE_BAD_HANDLE, mistique_capture_drop(capture, &error));
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  CALL(mistique_close(store, &error)); /* abandons it */
  REFUSED(MISTIQUE_BAD_HANDLE, mistique_capture_keep(capture, &error));
  CALL(mistique_capture_abandon(capture, &error));
  REFUSED(MISTIQUE_BAD_HANDLE, mistique_models(store, &json, &error));
  return NULL;
}

const char *program_hostile_rows(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("rows");
  mistique_capture capture = 0;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  const int64_t ids[3] = {INT64_MIN, 0, INT64_MAX}, twice[2] = {5, 5}, more[3] = {7, 0, 8}, last[2] = {1, 2};
  float data[3] = {1, 2, 3};
  const int64_t shape[2] = {3, 1}, two[2] = {2, 1};
  mistique_array array = whole(data, sizeof data, MISTIQUE_FLOAT32, 2, shape), fewer = whole(data, sizeof data, MISTIQUE_FLOAT32, 2, two);
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &array, NULL, &error)); /* no group */
  REFUSED(MISTIQUE_INVALID, mistique_capture_keep(capture, &error));
  CALL(mistique_capture_drop(capture, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_rows(capture, NULL, 3, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_rows(capture, ids, -1, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_rows(capture, ids, INT64_MAX, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_rows(capture, twice, 2, &error));
  CALL(mistique_capture_rows(capture, ids, 3, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_rows(capture, last, 2, &error)); /* one group at a time */
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "x", &fewer, NULL, &error));
  CALL(mistique_capture_append(capture, "x", &array, NULL, &error));
  CALL(mistique_capture_append(capture, "y", &array, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_rows(capture, more, 3, &error)); /* 0 was there */
  uint8_t present[3] = {9, 9, 9};
  CALL(mistique_capture_has(capture, more, 3, present, &error));
  CHECK(present[0] == 0 && present[1] == 1 && present[2] == 0);
  CALL(mistique_capture_rows(capture, last, 2, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_append(capture, "z", &fewer, NULL, &error)); /* not among the first */
  CALL(mistique_capture_append(capture, "x", &fewer, NULL, &error));
  REFUSED(MISTIQUE_INVALID, mistique_capture_keep(capture, &error)); /* y is missing */
  CALL(mistique_capture_drop(capture, &error));
  CALL(mistique_capture_rows(capture, last, 2, &error)); /* ids of a dropped group may come again */
  CALL(mistique_capture_append(capture, "x", &fewer, NULL, &error));
  CALL(mistique_capture_append(capture, "y", &fewer, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_finish(capture, NULL, &error));
  const char *keys[1] = {"c.rows.x.*"};
  mistique_answer answer = 0;
  CALL(mistique_ask(store, keys, 1, ids, 3, NULL, &answer, &error));
  float got[3];
  CALL(mistique_answer_values(answer, 0, MISTIQUE_FLOAT32, got, sizeof got, &error));
  CHECK(memcmp(got, data, sizeof got) == 0);
  CALL(mistique_answer_free(answer, &error));
  REFUSED(MISTIQUE_INVALID, mistique_ask(store, keys, 1, twice, 2, NULL, &answer, &error));
  REFUSED(MISTIQUE_INVALID, mistique_ask(store, NULL, 1, NULL, 0, NULL, &answer, &error));
  REFUSED(MISTIQUE_INVALID, mistique_ask(store, keys, 0, NULL, 0, NULL, &answer, &error));
  CALL(mistique_close(store, &error));
  return NULL;
}

static int32_t always(void *context) {
  (void)context;
  return 1;
}

const char *program_cancel(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("stopped");
  options.memory_bytes = 4096;
  options.callbacks.stop = always;
  mistique_capture capture = 0;
  static float data[1024];
  const int64_t shape[2] = {1, 1024};
  mistique_array array = whole(data, sizeof data, MISTIQUE_FLOAT32, 2, shape);
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  for (int64_t row = 0; row < 3; row++) {
    CALL(mistique_capture_rows(capture, &row, 1, &error));
    int32_t code = mistique_capture_append(capture, "x", &array, NULL, &error);
    /* It asks only when there is no room. */
    CHECK(code == MISTIQUE_OK || code == MISTIQUE_CANCELLED);
    mistique_error_clear(&error);
    if (code == MISTIQUE_CANCELLED) break;
    CALL(mistique_capture_keep(capture, &error));
  }
  CALL(mistique_capture_abandon(capture, &error));
  mistique_callbacks callbacks = {NULL, always, NULL, NULL};
  char *json = NULL;
  CALL(mistique_models(store, &json, &error));
  CHECK(strstr(json, "stopped") == NULL);
  mistique_string_free(json);
  /* Something to verify, and then to stop at. */
  options.callbacks.stop = NULL;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  const int64_t id = 1;
  CALL(mistique_capture_rows(capture, &id, 1, &error));
  CALL(mistique_capture_append(capture, "x", &array, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_finish(capture, NULL, &error));
  REFUSED(MISTIQUE_CANCELLED, mistique_verify(store, &callbacks, &json, &error));
  mistique_ask_options ask = {0};
  ask.struct_size = sizeof ask;
  ask.bound = -1;
  ask.callbacks = callbacks;
  const char *keys[1] = {"c.stopped.x.*"}, *column = "c.stopped.x.n3";
  mistique_answer answer = 0;
  int64_t freed = -1, best = -1, count = -1;
  double largest = -1;
  REFUSED(MISTIQUE_CANCELLED, mistique_ask(store, keys, 1, NULL, 0, &ask, &answer, &error));
  REFUSED(MISTIQUE_CANCELLED, mistique_bounds_until(store, keys[0], NULL, 0, &callbacks, &answer, &error));
  REFUSED(MISTIQUE_CANCELLED, mistique_topk_until(store, column, 1, 0, &ask, &best, &largest, &count, &error));
  REFUSED(MISTIQUE_CANCELLED, mistique_delete_until(store, "c", "stopped", &callbacks, &freed, &error));
  CHECK(answer == 0 && freed == -1 && best == -1 && count == -1 && largest == -1);
  /* Nothing is different, and whoever does not stop it gets what is asked for. */
  ask.callbacks.stop = NULL;
  CALL(mistique_ask(store, keys, 1, NULL, 0, &ask, &answer, &error));
  CALL(mistique_answer_free(answer, &error));
  CALL(mistique_bounds_until(store, keys[0], NULL, 0, NULL, &answer, &error));
  CALL(mistique_answer_ids(answer, 1, &best, 1, &error));
  CHECK(best == id);
  CALL(mistique_answer_free(answer, &error));
  CALL(mistique_topk_until(store, column, 1, 0, &ask, &best, &largest, &count, &error));
  CHECK(count == 1 && best == id && largest == 0);
  ask.accuracy = MISTIQUE_EXACT;
  REFUSED(MISTIQUE_INVALID, mistique_topk_until(store, column, 1, 0, &ask, &best, &largest, &count, &error));
  CALL(mistique_delete_until(store, "c", "stopped", NULL, &freed, &error));
  CHECK(freed > 0);
  options = capture_of("steps");
  options.policy = "dedup + ladder(0.1)";
  for (int place = 0; place < 1024; place++) data[place] = value_of(place, 3);
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  CALL(mistique_capture_rows(capture, &id, 1, &error));
  CALL(mistique_capture_append(capture, "x", &array, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_finish(capture, NULL, &error));
  REFUSED(MISTIQUE_CANCELLED, mistique_demote_until(store, "c", "steps", "x", "0.1", &callbacks, &freed, &error));
  keys[0] = "c.steps.x.*";
  CALL(mistique_ask(store, keys, 1, NULL, 0, NULL, &answer, &error));
  mistique_shape told = {0};
  told.struct_size = sizeof told;
  CALL(mistique_answer_shape(answer, 0, &told, &error));
  CHECK(told.is_exact && told.capture != 0);
  /* A caller of an older header has no room for it, and what lies behind its struct stays. */
  const uint64_t capture_now = told.capture;
  told.struct_size = offsetof(mistique_shape, capture);
  told.capture = 7;
  CALL(mistique_answer_shape(answer, 0, &told, &error));
  CHECK(told.capture == 7);
  told.struct_size = offsetof(mistique_shape, capture) + 4;
  REFUSED(MISTIQUE_INVALID, mistique_answer_shape(answer, 0, &told, &error));
  char expected[64];
  snprintf(expected, sizeof expected, "\"capture\":%llu,", (unsigned long long)capture_now);
  CALL(mistique_describe(store, "c", "steps", &json, &error));
  CHECK(strstr(json, expected) != NULL);
  mistique_string_free(json);
  CALL(mistique_answer_free(answer, &error));
  CALL(mistique_demote_until(store, "c", "steps", "x", "0.1", NULL, &freed, &error));
  CALL(mistique_close(store, &error));
  return NULL;
}

const char *program_fork(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    alarm(60); /* a child that hangs fails the test */
    char *json = NULL;
    mistique_store again = 0;
    int isRefused = mistique_models(store, &json, NULL) == MISTIQUE_FORKED && mistique_open(folder, NULL, &again, NULL) == MISTIQUE_FORKED
                    && mistique_close(store, NULL) == MISTIQUE_FORKED;
    _exit(isRefused ? 0 : 1);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  char *json = NULL;
  CALL(mistique_models(store, &json, &error));
  mistique_string_free(json);
  CALL(mistique_close(store, &error));
  return NULL;
}
