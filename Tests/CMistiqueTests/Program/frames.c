#include "check.h"
#include "program.h"

#include <stdlib.h>

/* A record batch of three columns in memory of this file: int32 with a missing value, utf8, bool. Counts its releases. */
static int releases;

static void release_schema(struct ArrowSchema *schema) {
  releases++;
  schema->release = NULL;
}

static void release_array(struct ArrowArray *array) {
  releases++;
  array->release = NULL;
}

static const int32_t numbers[4] = {7, -8, 0, 9};
static const uint8_t number_bits[1] = {0x0b}; /* 1, 1, 0, 1 */
static const int32_t offsets[5] = {0, 1, 1, 3, 6};
static const char texts[] = "abbccc";
static const uint8_t truths[1] = {0x05}; /* 1, 0, 1, 0 */
static const void *number_buffers[2] = {number_bits, numbers}, *text_buffers[3] = {NULL, offsets, texts}, *truth_buffers[2] = {NULL, truths},
                  *top_buffers[1] = {NULL};
static struct ArrowSchema schemas[4], *schema_children[3] = {&schemas[1], &schemas[2], &schemas[3]};
static struct ArrowArray arrays[4], *array_children[3] = {&arrays[1], &arrays[2], &arrays[3]};

static void make_batch(void) {
  memset(schemas, 0, sizeof schemas);
  memset(arrays, 0, sizeof arrays);
  const char *const formats[4] = {"+s", "i", "u", "b"}, *const names[4] = {"", "number", "text", "truth"};
  const void **const buffers[4] = {top_buffers, number_buffers, text_buffers, truth_buffers};
  const int64_t counts[4] = {1, 2, 3, 2};
  for (int place = 0; place < 4; place++) {
    schemas[place].format = formats[place];
    schemas[place].name = names[place];
    schemas[place].release = release_schema;
    arrays[place].length = 4;
    arrays[place].n_buffers = counts[place];
    arrays[place].buffers = buffers[place];
    arrays[place].release = release_array;
  }
  arrays[1].null_count = 1;
  schemas[0].n_children = 3, schemas[0].children = schema_children;
  arrays[0].n_children = 3, arrays[0].children = array_children;
}

const char *program_frames(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("frames");
  mistique_capture capture = 0;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  const int64_t ids[4] = {10, 11, 12, 13}, more[4] = {20, 21, 22, 23};
  CALL(mistique_capture_rows(capture, ids, 4, &error));

  releases = 0;
  make_batch();
  schemas[0].format = "i";
  REFUSED(MISTIQUE_INVALID, mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error));
  CHECK(releases == 2);
  REFUSED(MISTIQUE_INVALID, mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error)); /* released before */
  REFUSED(MISTIQUE_INVALID, mistique_capture_append_frame(capture, "f", NULL, NULL, NULL, &error));
  make_batch();
  arrays[2].length = 3;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error));
  make_batch();
  arrays[2].offset = INT64_MAX;
  REFUSED(MISTIQUE_INVALID, mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error));
  make_batch();
  schemas[2].format = "+l";
  REFUSED(MISTIQUE_INVALID, mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error));
  make_batch();
  schemas[2].name = "number";
  REFUSED(MISTIQUE_INVALID, mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error));

  make_batch();
  CALL(mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_rows(capture, more, 4, &error));
  make_batch();
  CALL(mistique_capture_append_frame(capture, "f", &schemas[0], &arrays[0], NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_finish(capture, NULL, &error));

  const char *keys[1] = {"c.frames.f.*"};
  mistique_answer answer = 0;
  CALL(mistique_ask(store, keys, 1, NULL, 0, NULL, &answer, &error));
  mistique_shape shape;
  shape.struct_size = sizeof shape;
  CALL(mistique_answer_shape(answer, 0, &shape, &error));
  CHECK(shape.kind == MISTIQUE_FRAME && shape.rows == 8 && shape.columns == 3);
  const float *view = NULL;
  REFUSED(MISTIQUE_INVALID, mistique_answer_view(answer, 0, &view, &error));
  struct ArrowArrayStream stream;
  CALL(mistique_answer_stream(answer, 0, &stream, &error));
  /* The stream outlives the answer and the store. */
  CALL(mistique_answer_free(answer, &error));
  CALL(mistique_close(store, &error));
  struct ArrowSchema schema;
  struct ArrowArray array;
  CHECK(stream.get_schema(&stream, &schema) == 0 && stream.get_next(&stream, &array) == 0);
  CHECK(schema.n_children == 4 && strcmp(schema.format, "+s") == 0 && array.length == 8);
  CHECK(strcmp(schema.children[0]->name, "row_id") == 0 && strcmp(schema.children[0]->format, "l") == 0);
  CHECK(((const int64_t *)array.children[0]->buffers[1])[5] == 21);
  CHECK(strcmp(schema.children[1]->name, "number") == 0 && strcmp(schema.children[1]->format, "l") == 0);
  CHECK(array.children[1]->null_count == 2 && ((const uint8_t *)array.children[1]->buffers[0])[0] == 0xbb);
  CHECK(((const int64_t *)array.children[1]->buffers[1])[5] == -8);
  CHECK(strcmp(schema.children[2]->format, "U") == 0);
  const int64_t *ends = array.children[2]->buffers[1];
  CHECK(ends[0] == 0 && ends[8] == 12 && memcmp(array.children[2]->buffers[2], "abbcccabbccc", 12) == 0);
  CHECK(strcmp(schema.children[3]->format, "b") == 0 && ((const uint8_t *)array.children[3]->buffers[1])[0] == 0x55);
  /* A child that was moved away lives on. */
  struct ArrowArray moved = *array.children[1];
  array.children[1]->release = NULL;
  array.release(&array);
  CHECK(array.release == NULL && ((const int64_t *)moved.buffers[1])[4] == 7);
  moved.release(&moved);
  CHECK(stream.get_next(&stream, &array) == 0 && array.release == NULL);
  schema.release(&schema);
  stream.release(&stream);
  CHECK(schema.release == NULL && stream.release == NULL);
  return NULL;
}

const char *program_stream(const char *folder) {
  mistique_error error = {0};
  mistique_store store = 0;
  CALL(mistique_open(folder, NULL, &store, &error));
  mistique_capture_options options = capture_of("maps");
  mistique_capture capture = 0;
  CALL(mistique_capture_begin(store, &options, &capture, &error));
  const int64_t ids[2] = {4, 2}, shape[2] = {2, 3};
  const float data[6] = {1, 2, 3, 4, 5, 6};
  mistique_array array = whole(data, sizeof data, MISTIQUE_FLOAT32, 2, shape);
  CALL(mistique_capture_rows(capture, ids, 2, &error));
  CALL(mistique_capture_append(capture, "x", &array, NULL, &error));
  CALL(mistique_capture_keep(capture, &error));
  CALL(mistique_capture_finish(capture, NULL, &error));
  const char *keys[1] = {"c.maps.x.*"};
  mistique_answer answer = 0;
  CALL(mistique_ask(store, keys, 1, NULL, 0, NULL, &answer, &error));
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray batch;
  CALL(mistique_answer_stream(answer, 0, &stream, &error));
  CHECK(stream.get_schema(&stream, &schema) == 0 && stream.get_next(&stream, &batch) == 0);
  CHECK(schema.n_children == 2 && strcmp(schema.children[1]->format, "+w:3") == 0);
  CHECK(((const int64_t *)batch.children[0]->buffers[1])[0] == 4);
  /* Without a copy. */
  const float *view = NULL;
  CALL(mistique_answer_view(answer, 0, &view, &error));
  CHECK(batch.children[1]->children[0]->buffers[1] == view && view[5] == 6);
  stream.release(&stream);
  batch.release(&batch);
  schema.release(&schema);
  CALL(mistique_answer_free(answer, &error));
  CALL(mistique_close(store, &error));
  return NULL;
}
