#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// A running gnuplot that reads commands from a gnuplot-iostream.
///
/// Owns one child process and the pipe to it. Never interprets what it sends: syntax errors are gnuplot's to report,
/// and `gnuplot_stream_close` hands that report on.
///
/// One stream belongs to one thread at a time.
typedef struct gnuplot_stream gnuplot_stream;

/// Starts `executable` (looked up in PATH unless it holds a slash) with `directory` as its working directory.
///
/// Returns NULL on failure and stores the errno of the failed step in `error_number`.
gnuplot_stream *_Nullable gnuplot_stream_open(const char *executable, const char *directory, int *error_number);

/// Sends `length` bytes of commands.
///
/// Returns 0, or -1 when gnuplot no longer reads; the reason is then in the messages `gnuplot_stream_close` returns.
int gnuplot_stream_send(gnuplot_stream *stream, const char *commands, size_t length);

/// Ends the input, waits for gnuplot, frees `stream` and returns gnuplot's exit status (128 + signal if it was killed).
///
/// `messages` receives what gnuplot wrote to standard error, NUL-terminated; free it with `gnuplot_stream_free_messages`.
/// It is NULL only when memory ran out. gnuplot reports a full disk with status 0: check the pictures as well.
int gnuplot_stream_close(gnuplot_stream *stream, char *_Nullable *_Nonnull messages);

/// Frees the messages of `gnuplot_stream_close`.
void gnuplot_stream_free_messages(char *_Nullable messages);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
