import Foundation

/// Runs another program, for tests that need one.
///
/// `posix_spawn` rather than `Foundation.Process`, whose `waitUntilExit` was seen to hang when several threads start programs at once.
public final class Command: Sendable {
  public struct Result: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String
  }

  private let process: pid_t
  private let folder = TemporaryDirectory("command")

  /// Starts `arguments[0]`, looked up on the PATH, with `input` on its standard input. `environment` adds to this process's.
  public init(_ arguments: [String], input: Data = Data(), in directory: URL? = nil, environment: [String: String] = [:]) throws {
    let inputFile = folder.url.appendingPathComponent("input")
    try input.write(to: inputFile)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inputFile.path, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder.path + "/output", O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder.path + "/errors", O_WRONLY | O_CREAT, 0o600)
    // A test runner may ignore or block interruptions; the program must not inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let arguments = (directory.map { ["env", "-C", $0.path] } ?? []) + arguments
    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = merged.map { strdup("\($0)=\($1)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var started: pid_t = 0
    let status = posix_spawnp(&started, arguments[0], &actions, &attributes, &argv, &envp)
    guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EINVAL) }
    process = started
  }

  public func interrupt(with signal: Int32 = SIGINT) { kill(process, signal) }

  /// What it has printed so far.
  public var outputSoFar: String { text("output") + text("errors") }

  /// Waits for its end. A status above 128 is 128 + the signal that ended it.
  public func finish() -> Result {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    return Result(status: code, output: text("output"), errors: text("errors"))
  }

  private func text(_ name: String) -> String {
    (try? String(decoding: Data(contentsOf: folder.url.appendingPathComponent(name)), as: UTF8.self)) ?? ""
  }

  public static func run(_ arguments: [String], input: Data = Data()) throws -> Result {
    try Command(arguments, input: input).finish()
  }
}
