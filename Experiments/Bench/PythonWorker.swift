import Foundation
import Groundwork

/// A Python script that is asked with a line of JSON and answers with one.
final class PythonProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffered = Data()

  /// - Throws: what starting a process throws.
  init(_ executable: URL, _ arguments: [String]) throws {
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()  // its input's end is the worker's end
    process.waitUntilExit()
  }

  /// The first of some Pythons that can import `module`: names are looked for on the PATH.
  static func find(importing module: String, among candidates: [String]) throws -> URL? {
    for candidate in candidates {
      let probe = Process()
      probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      probe.arguments = [candidate, "-c", "import \(module), sys; print(sys.executable)"]
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

  func ask<Answer: Decodable>(_ request: [String: Any], as type: Answer.Type) throws -> Answer {
    let line = try JSONSerialization.data(withJSONObject: request) + Data([0x0a])
    do { try BrokenPipe.asError { try input.fileHandleForWriting.write(contentsOf: line) } } catch {
      throw PeerError(what: "the Python that is compared with takes no requests any more (\(error)), this one was next: \(request)")
    }
    while !buffered.contains(0x0a) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw PeerError(what: "the Python that is compared with ended before it answered \(request)") }
      buffered.append(more)
    }
    let end = buffered.firstIndex(of: 0x0a)!
    let answer = buffered[buffered.startIndex..<end]
    buffered = Data(buffered[buffered.index(after: end)...])
    return try JSONDecoder().decode(Answer.self, from: answer)
  }
}
