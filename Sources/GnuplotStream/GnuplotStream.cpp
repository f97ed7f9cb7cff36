#include "GnuplotStream.h"

#include <cassert>  // gnuplot-iostream.h uses assert() without including it
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <gnuplot-iostream.h>
#include <memory>
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct gnuplot_stream {
  pid_t child = -1;
  int messages = -1;
  std::unique_ptr<Gnuplot> commands;
};

namespace {

/// A file descriptor that closes itself; every one is close-on-exec, so no child inherits another child's pipe.
struct Descriptor {
  int number = -1;
  explicit Descriptor(int number) : number(number) {}
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int release() {
    int released = number;
    number = -1;
    return released;
  }
};

/// Blocks SIGPIPE in this thread and swallows the one a dead reader causes, so that the process-wide handler stays the caller's.
class BrokenPipeGuard {
  sigset_t pipeSignal, previous;
  bool alreadyPending;

 public:
  BrokenPipeGuard() {
    sigset_t pending;
    sigpending(&pending);
    alreadyPending = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipeSignal);
    sigaddset(&pipeSignal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &previous);
  }
  ~BrokenPipeGuard() {
    if (!alreadyPending) {
      const timespec now = {0, 0};
      while (sigtimedwait(&pipeSignal, nullptr, &now) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  }
};

int spawn(gnuplot_stream &stream, const char *executable, const char *directory, int input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, stream.messages, 2);
  posix_spawn_file_actions_addchdir_np(&actions, directory);

  // The caller may ignore or block signals; gnuplot starts with none ignored and none blocked.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  char *const arguments[] = {const_cast<char *>(executable), nullptr};
  const int failure = posix_spawnp(&stream.child, executable, &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

char *readMessages(int file) {
  const off_t length = lseek(file, 0, SEEK_END);
  if (length < 0) return nullptr;
  char *text = static_cast<char *>(std::malloc(static_cast<size_t>(length) + 1));
  if (!text) return nullptr;
  size_t filled = 0;
  while (filled < static_cast<size_t>(length)) {
    const ssize_t got = pread(file, text + filled, static_cast<size_t>(length) - filled, static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<size_t>(got);
  }
  text[filled] = 0;
  return text;
}

}  // namespace

extern "C" {

gnuplot_stream *gnuplot_stream_open(const char *executable, const char *directory, int *error_number) {
  *error_number = 0;
  try {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      *error_number = errno;
      return nullptr;
    }
    Descriptor input(ends[0]), output(ends[1]);
    Descriptor messages(memfd_create("gnuplot-messages", MFD_CLOEXEC));
    if (messages.number < 0) {
      *error_number = errno;
      return nullptr;
    }
    auto stream = std::make_unique<gnuplot_stream>();
    stream->messages = messages.number;
    const int failure = spawn(*stream, executable, directory, input.number);
    if (failure) {
      *error_number = failure;
      return nullptr;
    }
    FILE *file = fdopen(output.number, "w");
    if (!file) {
      *error_number = errno;
      ::close(output.release());
      waitpid(stream->child, nullptr, 0);
      return nullptr;
    }
    output.release();
    stream->commands = std::make_unique<Gnuplot>(file);
    stream->messages = messages.release();
    return stream.release();
  } catch (...) {
    *error_number = ENOMEM;
    return nullptr;
  }
}

int gnuplot_stream_send(gnuplot_stream *stream, const char *commands, size_t length) {
  BrokenPipeGuard guard;
  try {
    stream->commands->write(commands, static_cast<std::streamsize>(length));
    stream->commands->flush();
  } catch (...) {
    return -1;
  }
  return stream->commands->good() ? 0 : -1;
}

int gnuplot_stream_close(gnuplot_stream *stream, char **messages) {
  {
    BrokenPipeGuard guard;
    try {
      stream->commands.reset();
    } catch (...) {
      // Only the final flush can fail here, and gnuplot's status and messages tell why.
    }
  }
  int status = 0;
  while (waitpid(stream->child, &status, 0) < 0 && errno == EINTR) {
  }
  *messages = readMessages(stream->messages);
  ::close(stream->messages);
  delete stream;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void gnuplot_stream_free_messages(char *messages) { std::free(messages); }

}  // extern "C"
