import Foundation

/// Runs a small command-line tool to its end and keeps what it printed.
///
/// Spawns by itself: Foundation's `Process` waits on a descriptor that children started by other threads inherit, and was seen to wait
/// for ever. Output goes to nameless files, so no pipe can fill up or stay open.
enum ToolProcess {
  struct Result {
    /// The exit status, or 128 + the signal that ended it.
    let status: Int32
    let output: String
    let messages: String
  }

  /// `tool` is looked up in PATH and runs in `directory`, where a missing tool shows as status 127; `input` is what it reads, nothing when nil.
  ///
  /// Throws: `ToolError` when it cannot be started; a non-zero status is the caller's to judge.
  static func run(_ tool: String, _ arguments: [String], in directory: URL? = nil, input: URL? = nil) throws -> Result {
    let output = try NamelessFile()
    let messages = try NamelessFile()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input?.path ?? "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.descriptor, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, messages.descriptor, STDERR_FILENO)

    // The call that changes a child's folder is hidden from Swift; env(1) does it.
    let words = directory.map { ["env", "-C", $0.path, tool] + arguments } ?? [tool] + arguments
    let child = try spawn(words, &actions)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw ToolError(tool: tool, problem: "its end was lost", remedy: "Do not ignore SIGCHLD.") }
    }
    let signal = status & 0x7F
    return Result(status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output.text(), messages: messages.text())
  }

  /// Starts the tool with no signal blocked, whatever the calling thread blocks.
  private static func spawn(_ words: [String], _ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, words[0], &actions, &attributes, &arguments, environ)
    guard failure == 0 else {
      throw ToolError(
        tool: words[0], problem: "it cannot be started: \(String(cString: strerror(failure)))", remedy: "Install it, or check that it runs."
      )
    }
    return child
  }
}

/// A file without a name, gone with the value.
private final class NamelessFile {
  let descriptor: Int32

  init() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("tool-output-\(UUID().uuidString)")
    descriptor = open(file.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError.last("create", file) }
    unlink(file.path)
  }

  deinit { close(descriptor) }

  func text() -> String {
    let length = Int(lseek(descriptor, 0, SEEK_END))
    var bytes = [UInt8](repeating: 0, count: max(0, length))
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

/// A command-line tool that is missing or failed.
package struct ToolError: Error, Equatable, CustomStringConvertible {
  package let tool: String
  package let problem: String
  package let remedy: String

  package var description: String { "\(tool): \(problem). \(remedy)" }
}
