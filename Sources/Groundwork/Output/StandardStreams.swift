import Foundation

/// How a program begins and ends, so that nothing that happens to its standard streams can crash it, damage a file, or go unnoticed.
package enum StandardStreams {
  /// What a shell reports of a process that SIGPIPE ended.
  static let brokenPipeStatus = 128 + SIGPIPE

  /// Call first in `main`.
  ///
  /// Descriptors 0, 1 and 2 that are closed are opened, so that no file opened later takes their number and receives what is written to a
  /// standard stream. They are opened for reading only: what is written to them fails, and is noticed. A file that has reached its size
  /// limit gives an error and no SIGXFSZ.
  package static func prepare() {
    signal(SIGXFSZ, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest free number is this one: all below are open.
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Ends the program with `status`, or, where that is 0 although output was lost, with 1 (141 for a broken pipe) and a line on standard
  /// error, if that still takes one.
  package static func exit(_ status: Int32) -> Never {
    var status = status
    for stream in [StandardStream.output, .error] {
      guard let failure = stream.failure else { continue }
      StandardStream.error.line(
        "Error: \(stream.name): \(failure). What was written to it is not complete. Give it a place that takes it all, and run the command again."
      )
      if status == 0 { status = failure.code == EPIPE ? brokenPipeStatus : EXIT_FAILURE }
    }
    Foundation.exit(status)
  }
}
