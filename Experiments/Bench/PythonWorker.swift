import Foundation
import Groundwork

/// A Python script of `Bench/Peers` in a process of its own: a line of JSON asks, a line of JSON answers (see `worker.py`).
///
/// Owns the process, which ends with the value. Knows no question but `version`; the types around it ask the others.
final class PythonWorker {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffered = Data()

  /// Starts `script` in the Python at `executable`.
  ///
  /// - Throws: `CocoaError` when there is no such script, or what starting a process throws.
  init(_ executable: URL, script: String, arguments: [String]) throws {
    guard let file = Bundle.module.url(forResource: "Peers/\(script)", withExtension: "py") else { throw CocoaError(.fileNoSuchFile) }
    process.executableURL = executable
    process.arguments = [file.path] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()  // its input's end is the worker's end
    process.waitUntilExit()
  }

  /// The Pythons on this machine that need no naming.
  static let onPath = ["python3", "/usr/bin/python3"]

  /// The first of some Pythons that can import `modules`, separated by commas; names are looked for on the PATH.
  static func find(importing modules: String, among candidates: [String] = onPath) throws -> URL? {
    for candidate in candidates {
      let probe = Process()
      probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      probe.arguments = [candidate, "-c", "import \(modules), sys; print(sys.executable)"]
      let output = Pipe()
      probe.standardOutput = output
      probe.standardError = FileHandle.nullDevice
      try probe.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      probe.waitUntilExit()
      if probe.terminationStatus == 0 { return URL(fileURLWithPath: text.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    return nil
  }

  /// The versions of those of some distributions that a Python has; none where there is no such Python.
  static func versions(of distributions: [String], in python: URL) throws -> [String: String] {
    guard FileManager.default.isExecutableFile(atPath: python.path) else { return [:] }
    let probe = Process()
    probe.executableURL = python
    probe.arguments =
      [
        "-c",
        """
        import importlib.metadata as m, json, platform, sys
        found = {"Python": platform.python_version()}
        for name in sys.argv[1:]:
            try: found[name] = m.version(name)
            except m.PackageNotFoundError: pass
        print(json.dumps(found))
        """,
      ] + distributions
    let output = Pipe()
    probe.standardOutput = output
    try probe.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    probe.waitUntilExit()
    guard probe.terminationStatus == 0 else { throw PythonError("\(python.path) cannot say what it has installed") }
    return try JSONDecoder().decode([String: String].self, from: text)
  }

  /// The versions of what the script works with: those of the libraries that are there.
  func versions() throws -> [String: String] {
    struct Answer: Decodable { let versions: [String: String?] }
    return try ask("version", as: Answer.self).versions.compactMapValues { $0 }
  }

  /// Asks one question and waits for its answer.
  ///
  /// - Throws: `PythonError` when the worker ended, answered with an error, or gave an answer that lacks what `Answer` needs.
  func ask<Answer: Decodable>(_ operation: String, _ question: [String: Any] = [:], as type: Answer.Type) throws -> Answer {
    let request = question.merging(["op": operation]) { $1 }
    let line = try JSONSerialization.data(withJSONObject: request) + Data([0x0a])
    do { try BrokenPipe.asError { try input.fileHandleForWriting.write(contentsOf: line) } } catch {
      throw PythonError("the Python that is compared with takes no requests any more (\(error)), this one was next: \(request)")
    }
    let answer = try nextLine(answering: request)
    if let error = (try? JSONDecoder().decode(Failure.self, from: answer))?.error { throw PythonError(error) }
    do { return try JSONDecoder().decode(Answer.self, from: answer) } catch {
      throw PythonError("Python's answer to \(request) lacks something: \(String(decoding: answer.prefix(200), as: UTF8.self))")
    }
  }

  /// Asks for something to be done of which nothing needs to be known but that it was done. Throws as `ask` does.
  func order(_ operation: String, _ question: [String: Any]) throws {
    struct Done: Decodable {}
    _ = try ask(operation, question, as: Done.self)
  }

  private struct Failure: Decodable { let error: String? }

  private func nextLine(answering request: [String: Any]) throws -> Data {
    while !buffered.contains(0x0a) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw PythonError("the Python that is compared with ended before it answered \(request)") }
      buffered.append(more)
    }
    let end = buffered.firstIndex(of: 0x0a)!
    let line = buffered[buffered.startIndex..<end]
    buffered = Data(buffered[buffered.index(after: end)...])
    return line
  }
}

/// What Python could not do, in its own words or ours.
struct PythonError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
