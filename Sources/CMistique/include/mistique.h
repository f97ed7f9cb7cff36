/* Mistique: stores the intermediates of models and answers questions about them. C99.
 *
 * Every function returns MISTIQUE_OK or the kind of failure, and fills `error` in where the caller passes one (NULL: no texts wanted).
 * Texts are UTF-8 and end with a zero byte. Outputs are written on success only. Interface.md beside this folder says who owns what.
 */
#ifndef MISTIQUE_H
#define MISTIQUE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MISTIQUE_ABI_VERSION 1

/* ---- Arrow C Data Interface and C Stream Interface, as Arrow's specification has them ---- */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#endif

/* ---- Codes, handles, errors ---- */

enum {
  MISTIQUE_OK = 0,
  MISTIQUE_CORRUPT = 1,             /* bytes on disk are not what was written */
  MISTIQUE_UNSUPPORTED_VERSION = 2, /* a file was written by a newer version */
  MISTIQUE_DISK_FULL = 3,
  MISTIQUE_INPUT_OUTPUT = 4,        /* the operating system refused an operation on a file */
  MISTIQUE_LOCKED = 5,              /* another process is writing to the store */
  MISTIQUE_NOT_FOUND = 6,           /* no such model, intermediate or column */
  MISTIQUE_MISSING_ROW = 7,
  MISTIQUE_INVALID = 8,             /* an argument makes no sense, or does not fit what is stored */
  MISTIQUE_MALFORMED_KEY = 9,
  MISTIQUE_ALREADY_LOGGED = 10,     /* a model of that name is in the store */
  MISTIQUE_CANNOT_PLAN = 11,        /* nothing is stored to read, or nothing is registered to re-run */
  MISTIQUE_INVALID_MODEL = 12,      /* what was emitted breaks the contract of a model */
  MISTIQUE_OTHER_INPUTS = 13,       /* a re-run would have other inputs than were logged */
  MISTIQUE_NOT_REPRODUCED = 14,     /* a re-run gave other rows or columns than were logged */
  MISTIQUE_MEASURED_ONLY = 15,      /* the store only counts */
  MISTIQUE_CATALOGUE = 16,          /* the catalogue cannot be read or written */
  MISTIQUE_CANCELLED = 32,          /* the stop callback asked for it */
  MISTIQUE_BAD_HANDLE = 33,         /* freed, never handed out, or of another kind */
  MISTIQUE_FORKED = 34,             /* called in a child of the process that used the library first */
  MISTIQUE_BUSY = 35,               /* a capture is under way, another thread is in this call, or a callback would write */
  MISTIQUE_CALLBACK = 36,           /* a re-run function failed and did not say why */
  MISTIQUE_FAILED = 37              /* anything else; `what` says it */
};

/* Handles. 0 is none. */
typedef uint64_t mistique_store;
typedef uint64_t mistique_capture;
typedef uint64_t mistique_answer;
typedef uint64_t mistique_sink;

/* Begin with `mistique_error error = {0};`. A call that fails overwrites it: clear it before it is used again. */
typedef struct mistique_error {
  int32_t code;
  char *what;   /* what happened: got and expected */
  char *place;  /* the file, model, layer or argument it happened to */
  char *remedy; /* what to do about it */
  char *cause;  /* the error below; NULL when there is none */
} mistique_error;

/* The version that the library implements; compare it with MISTIQUE_ABI_VERSION. */
uint32_t mistique_abi_version(void);

/* Frees the texts and sets all fields to zero. */
void mistique_error_clear(mistique_error *error);

/* Fills an error in, for re-run functions; NULL texts become empty ones. Texts that are there are freed. */
void mistique_error_set(mistique_error *error, int32_t code, const char *what, const char *place, const char *remedy);

/* Frees a text that the library handed out; NULL is fine. */
void mistique_string_free(char *text);

/* Each may be NULL. Functions may be called on any thread; `stop` of a question that reads on several at once. */
typedef struct mistique_callbacks {
  void *context;
  int32_t (*stop)(void *context); /* non-zero: end the call with MISTIQUE_CANCELLED */
  const int32_t *stop_flag;       /* the same for whoever cannot be called, looked at as often: non-zero ends the call */
  void (*progress)(void *context, int64_t done, int64_t total);
} mistique_callbacks;

/* ---- Stores ---- */

typedef struct mistique_open_options {
  size_t struct_size;
  int64_t rows_per_block;      /* 0: 1,000 */
  double writer_wait_seconds;  /* how long to wait for another process that writes; 0: not at all */
  int64_t models_kept;         /* restored models in memory; 0: 2 */
} mistique_open_options;

/* Opens the store in `folder`, or makes one there. `options` may be NULL. */
int32_t mistique_open(const char *folder, const mistique_open_options *options, mistique_store *store, mistique_error *error);

/* Abandons the store's capture, if there is one, writes statistics and frees the handle, whatever is returned but MISTIQUE_BUSY (from a callback, or
 * from a function that re-runs a model for a question of this handle): then nothing was done. */
int32_t mistique_close(mistique_store store, mistique_error *error);

/* All models and the store's size as JSON:
 * {"folder", "storedBytes", "models": [{"project", "name", "kind", "policy", "intermediates", "stored", "rows", "logicalBytes"}],
 *  "unfinished": [{"model", "segments"}]} */
int32_t mistique_models(mistique_store store, char **json, mistique_error *error);

/* One model as JSON:
 * {"project", "name", "kind", "policy", "note", "canRerun", "capture",
 *  "intermediates": [{"name", "key", "rows", "columns", "logicalBytes", "isStored", "queries", "type", "shape", "kind", "hasOwnRows"}]}
 * `type`, `shape` (of one row), `kind` ("maps" or "frame") and `hasOwnRows` are left out for models that were not captured. */
int32_t mistique_describe(mistique_store store, const char *project, const char *model, char **json, mistique_error *error);

/* How the values of each intermediate are kept that is wholly stored and can be read: [{"name", "scheme", "isExact", "bound"}]. No value is further off than
 * `bound` ("0.2rms"), of a ladder than that of its base; it is left out where the scheme promises nothing. Reads a manifest for each, and no values. */
int32_t mistique_kept(mistique_store store, const char *project, const char *model, char **json, mistique_error *error);

/* Deletes a model, or the segments of a capture of that name that was never finished. `freed_bytes` may be NULL. */
int32_t mistique_delete(mistique_store store, const char *project, const char *model, int64_t *freed_bytes, mistique_error *error);

/* The same unless `callbacks`, which may be NULL, stop it: asked while it waits for others that write, and until the catalogue changes. Then MISTIQUE_CANCELLED
 * says that nothing was deleted; nothing stops it afterwards, so that it is never half done. */
int32_t mistique_delete_until(
    mistique_store store, const char *project, const char *model, const mistique_callbacks *callbacks, int64_t *freed_bytes,
    mistique_error *error);

/* Gives back the residual of an intermediate that was stored as a ladder: its values are kept within the bound of its base, which must be at least as
 * near as `bound` says ("0.01", "0.2rms"). What cannot be re-run is never exact again. */
int32_t mistique_demote(
    mistique_store store, const char *project, const char *model, const char *intermediate, const char *bound, int64_t *freed_bytes,
    mistique_error *error);

/* The same unless `callbacks`, which may be NULL, stop it before the catalogue changes, as of mistique_delete_until. */
int32_t mistique_demote_until(
    mistique_store store, const char *project, const char *model, const char *intermediate, const char *bound,
    const mistique_callbacks *callbacks, int64_t *freed_bytes, mistique_error *error);

/* Reads and checks every byte that a model refers to: {"isIntact", "models", "partitions", "frames", "bytes", "problems", "damagedModels"}.
 * MISTIQUE_OK says that it was looked at; `isIntact` says whether all is well. `callbacks` may be NULL. */
int32_t mistique_verify(mistique_store store, const mistique_callbacks *callbacks, char **json, mistique_error *error);

/* ---- Arrays ---- */

enum {
  MISTIQUE_FLOAT32 = 1,
  MISTIQUE_FLOAT16 = 2,  /* IEEE 754 binary16 */
  MISTIQUE_BFLOAT16 = 3, /* the upper half of a float32 */
  MISTIQUE_FLOAT64 = 4,
  MISTIQUE_BOOL = 5,     /* one byte, 0 or 1 */
  MISTIQUE_INT8 = 6,
  MISTIQUE_UINT8 = 7,
  MISTIQUE_INT16 = 8,
  MISTIQUE_UINT16 = 9,
  MISTIQUE_INT32 = 10,
  MISTIQUE_INT64 = 11
};

typedef struct mistique_array {
  const void *data;
  int64_t data_bytes;     /* bytes that may be read from `data` on: shape and strides are held against it */
  int32_t type;
  int32_t dimensions;     /* 1 to 16 */
  const int64_t *shape;   /* `dimensions` numbers, the first of which counts rows */
  const int64_t *strides; /* in bytes, 0 or more; NULL: C order without gaps */
} mistique_array;

/* ---- Capturing ---- */

typedef struct mistique_capture_options {
  size_t struct_size;
  const char *project;
  const char *model;
  const char *policy;       /* NULL: "dedup"; or "store-all", "none", "adaptive(0.5s/KB)", "budget(5GB)", and after a + "pool(2)",
                               "pool(2,maximum)", "pool(all)", "lp16", "kbit(8)", "threshold(0.995)", "bound(0.2rms)",
                               "bound(keeping 0.95)", "bound(keeping cca 0.002)",
                               "ladder(0.2rms)"; + "exact(1024)" beside them keeps
                               layers of at most so many values as they are */
  const char *note;         /* kept with the model as it is; NULL: none */
  int64_t memory_bytes;     /* ceiling of values that wait; 0: 256 MB */
  int64_t checkpoint_bytes; /* with `resumes`: bytes of values between two commits; 0: 1 GB */
  int32_t resumes;          /* non-zero: commit on the way, and go on from what a killed capture left */
  mistique_callbacks callbacks;
} mistique_capture_options;

int32_t mistique_capture_begin(
    mistique_store store, const mistique_capture_options *options, mistique_capture *capture, mistique_error *error);

/* Begins a group of `count` rows. MISTIQUE_INVALID for an id that was there before. */
int32_t mistique_capture_rows(mistique_capture capture, const int64_t *ids, int64_t count, mistique_error *error);

/* Copies what a layer emitted for the group's rows, or for the rows `ids` of its own, shape[0] of them, when that is not NULL. Waits for room. */
int32_t mistique_capture_append(
    mistique_capture capture, const char *layer, const mistique_array *array, const int64_t *ids, mistique_error *error);

/* Takes a record batch (an array of type struct) with the group's rows, or rows `ids` of its own. Both structs are released, whatever is returned. */
int32_t mistique_capture_append_frame(
    mistique_capture capture, const char *name, struct ArrowSchema *schema, struct ArrowArray *array, const int64_t *ids,
    mistique_error *error);

/* Ends the group: all of it will be stored. */
int32_t mistique_capture_keep(mistique_capture capture, mistique_error *error);

/* Ends the group: none of it will be stored, and its ids may come again. Fine without a group. */
int32_t mistique_capture_drop(mistique_capture capture, mistique_error *error);

/* Sets present[i] to 1 where row ids[i] was captured, in this process or before a resumption, else to 0. */
int32_t mistique_capture_has(
    mistique_capture capture, const int64_t *ids, int64_t count, uint8_t *present, mistique_error *error);

/* {"rows", "segments", "note", "layers": [{"name", "rows", "shape", "type", "kind", "hasOwnRows"}]}; "note" is that of the capture that is resumed, if one is. */
int32_t mistique_capture_describe(mistique_capture capture, char **json, mistique_error *error);

/* Commits the model and frees the handle, whatever is returned but MISTIQUE_BUSY, after which the capture goes on. `json` may be NULL, or gets
 * {"intermediates", "rows", "logicalBytes", "storedBytes", "chunks", "duplicateChunks", "seconds", "warnings"}; "warnings" are texts about damaged
 * files of the store, beside which the model was stored whole. */
int32_t mistique_capture_finish(mistique_capture capture, char **json, mistique_error *error);

/* Stores nothing more and frees the handle, but with MISTIQUE_BUSY from a callback of the capture: it is stopped then, and must be abandoned
 * again once the call that called back has returned. What a capture that `resumes` has committed stays for the next one. */
int32_t mistique_capture_abandon(mistique_capture capture, mistique_error *error);

/* ---- Asking ---- */

enum { MISTIQUE_PLAN_AUTOMATIC = 0, MISTIQUE_PLAN_READ = 1, MISTIQUE_PLAN_RERUN = 2 };
enum { MISTIQUE_STORED = 0, MISTIQUE_EXACT = 1, MISTIQUE_APPROXIMATE = 2 };
enum { MISTIQUE_MAPS = 1, MISTIQUE_FRAME = 2 };

typedef struct mistique_ask_options {
  size_t struct_size;
  int32_t plan;
  int32_t accuracy; /* MISTIQUE_STORED: as the policy keeps it; MISTIQUE_EXACT: bit for bit what the model emitted */
  double bound;     /* the largest error allowed of any value. Set it to -1 for none: 0, as in a zeroed struct, asks for exact answers, and `within` is
                     * refused beside it. An answer that may be worse is re-run */
  mistique_callbacks callbacks;
  const char *within; /* as MISTIQUE_STORED, but no value further than this from what was emitted: "0.01", or "0.2rms" of root mean squares. Of a
                       * ladder no more is read than that takes. NULL: none. Not with another accuracy or a bound */
} mistique_ask_options;

/* Keys are `project.model.intermediate.column`, a part with a dot between backticks, `*` for all columns; of a layer `n35` is a
 * map, and `n35_2-5_0-7` rows 2 to 5 of columns 0 to 7 of it, pooled where the policy pools. The answer has one result per intermediate, in the order in which the keys first name them. `ids` NULL: all rows; else `id_count` ids without repetitions. Rows are
 * answered in the intermediate's own order, by a re-run in the order of `ids`: mistique_answer_ids tells. `options` may be NULL. */
int32_t mistique_ask(
    mistique_store store, const char *const *keys, int64_t key_count, const int64_t *ids, int64_t id_count,
    const mistique_ask_options *options, mistique_answer *answer, mistique_error *error);

/* The interval that each value lies in: an answer of two results, the lower and the upper bounds. For intermediates of maps that are stored. */
int32_t mistique_bounds(
    mistique_store store, const char *key, const int64_t *ids, int64_t id_count, mistique_answer *answer, mistique_error *error);

/* The same until `callbacks`, which may be NULL, stop it. */
int32_t mistique_bounds_until(
    mistique_store store, const char *key, const int64_t *ids, int64_t id_count, const mistique_callbacks *callbacks,
    mistique_answer *answer, mistique_error *error);

/* How mistique_ask would answer: [{"key", "plan", "predictedSeconds", "isExact", "errorBound", "frames", "frameBytes", "stages"}]. Not counted as a question. */
int32_t mistique_explain(
    mistique_store store, const char *const *keys, int64_t key_count, const int64_t *ids, int64_t id_count,
    const mistique_ask_options *options, char **json, mistique_error *error);

/* The `k` rows with the largest values of one column, or the smallest; of a map its largest value counts. NaN and missing values are never among
 * them. `ids` and `values` have room for `k`; `count` gets how many there are. */
int32_t mistique_topk(
    mistique_store store, const char *key, int64_t k, int32_t smallest, int64_t *ids, double *values, int64_t *count,
    mistique_error *error);

/* The same by the plan and until the callbacks of `options`, which may be NULL; another accuracy than MISTIQUE_STORED, or a bound, is refused. */
int32_t mistique_topk_until(
    mistique_store store, const char *key, int64_t k, int32_t smallest, const mistique_ask_options *options, int64_t *ids, double *values,
    int64_t *count, mistique_error *error);

typedef struct mistique_shape {
  size_t struct_size; /* set by the caller */
  int32_t kind;       /* MISTIQUE_MAPS or MISTIQUE_FRAME */
  int32_t type;       /* of maps: what the values were when they were captured; MISTIQUE_FLOAT32 for other models and inexact answers */
  int64_t rows;
  int64_t columns;    /* of the answer */
  int64_t channels;   /* of the whole intermediate as it is answered; 0 for frames */
  int64_t height;
  int64_t width;
  int32_t is_exact;   /* whether the values are, bit for bit, what the model emitted, pooled where its policy pools */
  int32_t is_rerun;
  double seconds;
  int64_t bytes_read;
  double error_bound; /* the largest error of a value where it is known: 0 for exact ones; NaN where nobody knows */
  uint64_t capture;   /* tells the model that was asked from another one that was captured under its name later, as mistique_describe has it; 0 for
                       * models that were not captured */
} mistique_shape;

int32_t mistique_answer_count(mistique_answer answer, int64_t *count, mistique_error *error);
int32_t mistique_answer_shape(mistique_answer answer, int64_t index, mistique_shape *shape, mistique_error *error);

/* {"key", "model", "project", "intermediate", "columns": names, "plan": text}. Long for wide maps: `columns` are left out beyond 100,000. */
int32_t mistique_answer_describe(mistique_answer answer, int64_t index, char **json, mistique_error *error);

/* The row ids, `capacity` of them at most: MISTIQUE_INVALID when there are more. */
int32_t mistique_answer_ids(mistique_answer answer, int64_t index, int64_t *ids, int64_t capacity, mistique_error *error);

/* Maps: rows x columns values of `type`, which is MISTIQUE_FLOAT32 or the shape's. MISTIQUE_INVALID when `capacity_bytes` are too few. */
int32_t mistique_answer_values(
    mistique_answer answer, int64_t index, int32_t type, void *values, int64_t capacity_bytes, mistique_error *error);

/* Maps: the same values without a copy, float32, rows x columns, until the answer is freed. NULL when there are none. */
int32_t mistique_answer_view(mistique_answer answer, int64_t index, const float **values, mistique_error *error);

/* The result as one record batch, without a copy except of booleans. Frames: `row_id` and the columns. Maps: `row_id` and `values`, a fixed-size list. */
int32_t mistique_answer_stream(mistique_answer answer, int64_t index, struct ArrowArrayStream *stream, mistique_error *error);

int32_t mistique_answer_free(mistique_answer answer, mistique_error *error);

/* ---- Re-running captured models ---- */

typedef struct mistique_rerun_request {
  const char *project;
  const char *model;
  int64_t layer_count;
  const char *const *layers;
  int64_t row_count; /* -1: all rows that were captured, `rows` is NULL */
  const int64_t *rows;
  mistique_sink sink;
} mistique_rerun_request;

/* Emits `request->layers` for `request->rows` through mistique_rerun_emit and returns MISTIQUE_OK; or fills `error` in and returns a code. Called on the
 * thread that asks. */
typedef int32_t (*mistique_rerun_function)(void *context, const mistique_rerun_request *request, mistique_error *error);

/* Registers `function` for a captured model, in this store handle; NULL takes one out. `release`, when not NULL, is called with `context` when the
 * function will not be called any more. */
int32_t mistique_rerun_register(
    mistique_store store, const char *project, const char *model, mistique_rerun_function function, void *context,
    void (*release)(void *context), mistique_error *error);

/* Rows `ids`, shape[0] of them, of a layer that was asked for. In the re-run function only, on its thread. */
int32_t mistique_rerun_emit(
    mistique_sink sink, const char *layer, const mistique_array *array, const int64_t *ids, mistique_error *error);

#ifdef __cplusplus
}
#endif

#endif
