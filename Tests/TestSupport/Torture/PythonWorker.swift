import Foundation

/// A Python script that is asked with a line of JSON and answers with one: an oracle that runs live.
///
/// `MISTIQUE_ORACLE_PYTHON` names the interpreter; without it there is no worker, and tests that need one do not run.
public final class PythonWorker {
  public static let interpreter: String? = ProcessInfo.processInfo.environment["MISTIQUE_ORACLE_PYTHON"]

  public struct Ended: Error, CustomStringConvertible {
    public let description: String
  }

  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private var buffered: [UInt8] = []

  public init(script: String) throws {
    guard let interpreter = Self.interpreter else { throw Ended(description: "MISTIQUE_ORACLE_PYTHON names no interpreter") }
    var (toWorker, fromWorker): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&toWorker) == 0, pipe(&fromWorker) == 0 else { throw POSIXError(.EMFILE) }
    // The worker must not hold the ends that are ours: it would never see its input end.
    for ours in [toWorker[1], fromWorker[0]] { _ = fcntl(ours, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toWorker[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromWorker[1], 1)
    // Threads of the numeric libraries would fight over the same cores for arrays of fifty numbers.
    let environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"]) { $1 }
    let arguments: [String] = [interpreter, "-u", script]
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var started: pid_t = 0
    let status = posix_spawnp(&started, interpreter, &actions, nil, &argv, &envp)
    close(toWorker[0])
    close(fromWorker[1])
    (process, input, output) = (started, toWorker[1], fromWorker[0])
    guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EINVAL) }
  }

  deinit {
    close(input)  // the end of its input is its end
    close(output)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// The answer to one request, both JSON objects.
  public func ask(_ request: [String: Any]) throws -> [String: Any] {
    let line = [UInt8](try JSONSerialization.data(withJSONObject: request)) + [10]
    var sent = 0
    while sent < line.count {
      let count = line.withUnsafeBytes { write(input, $0.baseAddress! + sent, line.count - sent) }
      guard count > 0 else { throw Ended(description: "the Python worker takes no more requests") }
      sent += count
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while !buffered.contains(10) {
      let count = read(output, &chunk, chunk.count)
      guard count > 0 else { throw Ended(description: "the Python worker ended before it answered") }
      buffered += chunk[..<count]
    }
    let end = buffered.firstIndex(of: 10)!
    defer { buffered.removeFirst(end + 1) }
    guard let answer = try JSONSerialization.jsonObject(with: Data(buffered[..<end])) as? [String: Any] else {
      throw Ended(description: "the Python worker answered no object")
    }
    return answer
  }
}
