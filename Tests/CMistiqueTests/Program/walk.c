#include "check.h"
#include "program.h"

enum { ROWS = 250, BATCH = 100, MAP = 2 * 3 * 3, DENSE = 5 };

static const char *capture_batches(mistique_capture capture) {
  mistique_error error = {0};
  static float map[BATCH * MAP], dense[BATCH * DENSE];
  for (int64_t start = 0; start < ROWS; start += BATCH) {
    int64_t count = ROWS - start < BATCH ? ROWS - start : BATCH, ids[BATCH];
    for (int64_t row = 0; row < count; row++) {
      ids[row] = 1000 + start + row;
      for (int64_t column = 0; column < MAP; column++) map[row * MAP + column] = value_of(start + row, column);
      for (int64_t column = 0; column < DENSE; column++) dense[row * DENSE + column] = value_of(start + row, 20 + column);
    }
    const int64_t map_shape[4] = {count, 2, 3, 3}, dense_shape[2] = {count, DENSE};
    mistique_array map_array = whole(map, sizeof map, MISTIQUE_FLOAT32, 4, map_shape);
    mistique_array dense_array = whole(dense, sizeof dense, MISTIQUE_FLOAT32, 2, dense_shape);
    CALL(mistique_capture_rows(capture, ids, count, &error));
    CALL(mistique_capture_append(capture, "layer1.0", &map_array, NULL, &error));
    CALL(mistique_capture_append(capture, "fc", &dense_array, NULL, &error));
    CALL(mistique_capture_keep(capture, &error));
    /* Copied: what the caller does with its memory afterwards changes nothing. */
    memset(map, 0, sizeof map);
  }
  return NULL;
}

const char *program_walk_through(const char *folder) {
  mistique_error error = {0};
  CHECK(mistique_abi_version() == MISTIQUE_ABI_VERSION);
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("net");
  options.note = "{\"framework\": \"none\"}";
  mistique_capture capture = 0;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  const char *failed = capture_batches(capture);
  if (failed != NULL) return failed;
  char *json = NULL;
  CALL(mistique_capture_finish(capture, &json, &error));
  CHECK(strstr(json, "\"rows\":250") != NULL && strstr(json, "\"intermediates\":2") != NULL);
  mistique_string_free(json);
  REFUSED(MISTIQUE_BAD_HANDLE, mistique_capture_abandon(capture, &error));
  REFUSED(MISTIQUE_ALREADY_LOGGED, mistique_capture_begin(store, &options, &capture, &error));

  CALL(mistique_models(store, &json, &error));
  CHECK(strstr(json, "\"name\":\"net\"") != NULL);
  mistique_string_free(json);
  CALL(mistique_describe(store, "c", "net", &json, &error));
  CHECK(strstr(json, "\"shape\":[2,3,3]") != NULL && strstr(json, "\"type\":\"float32\"") != NULL);
  CHECK(strstr(json, "framework") != NULL);
  mistique_string_free(json);

  const char *keys[2] = {"c.net.`layer1.0`.*", "c.net.fc.n3"};
  const int64_t ids[2] = {1017, 1004};
  mistique_answer answer = 0;
  CALL(mistique_ask(store, keys, 2, ids, 2, NULL, &answer, &error));
  int64_t count = 0, got[2];
  CALL(mistique_answer_count(answer, &count, &error));
  CHECK(count == 2);
  mistique_shape shape;
  shape.struct_size = sizeof shape;
  CALL(mistique_answer_shape(answer, 0, &shape, &error));
  CHECK(shape.kind == MISTIQUE_MAPS && shape.type == MISTIQUE_FLOAT32 && shape.rows == 2 && shape.columns == MAP);
  CHECK(shape.channels == 2 && shape.height == 3 && shape.width == 3 && shape.is_exact && !shape.is_rerun);
  float values[2 * MAP];
  const float *view = NULL;
  CALL(mistique_answer_ids(answer, 0, got, 2, &error));
  CHECK(got[0] == 1004 && got[1] == 1017); /* in the order of the intermediate */
  CALL(mistique_answer_values(answer, 0, MISTIQUE_FLOAT32, values, sizeof values, &error));
  CALL(mistique_answer_view(answer, 0, &view, &error));
  CHECK(memcmp(view, values, sizeof values) == 0);
  for (int64_t row = 0; row < 2; row++)
    for (int64_t column = 0; column < MAP; column++) CHECK(values[row * MAP + column] == value_of(got[row] - 1000, column));
  CALL(mistique_answer_values(answer, 1, MISTIQUE_FLOAT32, values, 2 * sizeof(float), &error));
  CHECK(values[0] == value_of(4, 23) && values[1] == value_of(17, 23));
  REFUSED(MISTIQUE_INVALID, mistique_answer_values(answer, 0, MISTIQUE_FLOAT32, values, sizeof values - 1, &error));
  REFUSED(MISTIQUE_INVALID, mistique_answer_values(answer, 0, MISTIQUE_FLOAT16, values, sizeof values, &error));
  REFUSED(MISTIQUE_INVALID, mistique_answer_shape(answer, 2, &shape, &error));

  int64_t best[3];
  double largest[3];
  CALL(mistique_topk(store, "c.net.fc.n3", 3, 0, best, largest, &count, &error));
  CHECK(count == 3 && best[0] == 1249 && best[1] == 1248 && largest[0] == value_of(249, 23));
  CALL(mistique_topk(store, "c.net.fc.n3", 3, 1, best, largest, &count, &error));
  CHECK(count == 3 && best[0] == 1000);

  REFUSED(MISTIQUE_NOT_FOUND, mistique_describe(store, "c", "other", &json, &error));
  const char *nothing[1] = {"c.net.fc.n99"}, *malformed[1] = {"c.net"};
  REFUSED(MISTIQUE_NOT_FOUND, mistique_ask(store, nothing, 1, NULL, 0, NULL, &answer, &error));
  REFUSED(MISTIQUE_MALFORMED_KEY, mistique_ask(store, malformed, 1, NULL, 0, NULL, &answer, &error));
  const int64_t missing[1] = {7};
  REFUSED(MISTIQUE_MISSING_ROW, mistique_ask(store, keys, 1, missing, 1, NULL, &answer, &error));

  CALL(mistique_verify(store, NULL, &json, &error));
  CHECK(strstr(json, "\"isIntact\":true") != NULL);
  mistique_string_free(json);
  int64_t freed = -1;
  CALL(mistique_delete(store, "c", "net", &freed, &error));
  CHECK(freed > 0);
  /* An answer outlives its model and its store. */
  CALL(mistique_close(store, &error));
  CALL(mistique_answer_view(answer, 1, &view, &error));
  CHECK(view[0] == value_of(4, 23));
  CALL(mistique_answer_free(answer, &error));
  REFUSED(MISTIQUE_BAD_HANDLE, mistique_answer_free(answer, &error));
  return NULL;
}
