import Foundation

/// Work on one core of the machine, however many threads it uses.
enum OneCore {
  /// Calls `body` while every thread of this process, and those that they start, may run on one core only: the first that they may use now.
  ///
  /// Other processes and the kernel's own threads stay where they are. All threads must be allowed the same cores before, which they are again afterwards.
  ///
  /// - Throws: `OneCoreError` when the kernel refuses, what starting `taskset` throws, or what `body` throws.
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    let allowed = try cores()
    try pin(to: String(allowed.prefix(while: \.isNumber)))
    let result = Swift.Result { try body() }
    try pin(to: allowed)
    return try result.get()
  }

  /// The cores that the calling thread may use, as the kernel lists them: `0-3,8`.
  static func cores() throws -> String {
    let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    let label = "Cpus_allowed_list:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else {
      throw OneCoreError(description: "the kernel does not say which cores this process may use")
    }
    return line.dropFirst(label.count).trimmingCharacters(in: .whitespaces)
  }

  private static func pin(to cores: String) throws {
    let taskset = Process()
    taskset.executableURL = URL(fileURLWithPath: "/usr/bin/taskset")
    taskset.arguments = ["--all-tasks", "--cpu-list", "--pid", cores, "\(ProcessInfo.processInfo.processIdentifier)"]
    taskset.standardOutput = FileHandle.nullDevice
    try taskset.run()
    taskset.waitUntilExit()
    guard taskset.terminationStatus == 0 else { throw OneCoreError(description: "taskset could not set the cores to \(cores)") }
  }
}

/// Why work could not be kept on one core.
struct OneCoreError: Error, CustomStringConvertible {
  let description: String
}
