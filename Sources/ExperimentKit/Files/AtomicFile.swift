import Foundation
import Groundwork

/// Whole-file reads and writes that never leave half a file under the final name.
enum AtomicFile {
  /// Writes beside `file`, syncs, and renames into place. On failure the old content stays and the temporary file is gone. A link stays, and
  /// what is no regular file is written into (see `OutputFile`).
  static func write(_ bytes: [UInt8], to file: URL) throws {
    try createDirectory(file.deletingLastPathComponent())
    do {
      let output = try OutputFile(file)
      try bytes.withUnsafeBytes { bytes in try output.write(bytes) }
      try output.commit()
    } catch let error as SystemFailure {
      throw FileError(action: "write", path: file.path, code: error.code)
    }
  }

  /// Writes all bytes to an open descriptor; `file` is the name the error carries.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32, of file: URL) throws {
    do {
      try bytes.withUnsafeBytes { bytes in try descriptor.writeAll(bytes) }
    } catch let error as SystemFailure {
      throw FileError(action: "write", path: file.path, code: error.code)
    }
  }

  static func read(_ file: URL) throws -> [UInt8] {
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.last("read", file) }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.last("read", file)
      }
      if count == 0 { return content }
      content.append(contentsOf: buffer[..<count])
    }
  }

  static func rename(_ source: URL, to target: URL) throws {
    guard Foundation.rename(source.path, target.path) == 0 else { throw FileError.last("rename \(source.path) to", target) }
    // Best effort: some file systems refuse to flush a folder.
    try? FolderEntries.flush(around: target.path)
  }

  static func createDirectory(_ folder: URL) throws {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder.path, isDirectory: &isDirectory), isDirectory.boolValue { return }
    let parent = folder.deletingLastPathComponent()
    if parent.path != folder.path { try createDirectory(parent) }
    guard mkdir(folder.path, 0o755) == 0 || errno == EEXIST else { throw FileError.last("create folder", folder) }
  }

  static func exists(_ url: URL) -> Bool { access(url.path, F_OK) == 0 }

  static func remove(_ url: URL) throws {
    guard exists(url) else { return }
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      throw FileError(action: "remove", path: url.path, code: errno == 0 ? EIO : errno)
    }
  }

  /// Encodes readable JSON: sorted keys, one fact per line.
  static func writeJSON(_ value: some Encodable, to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    try write(Array(encoder.encode(value)) + [UInt8(ascii: "\n")], to: file)
  }

  static func readJSON<Value: Decodable>(_ type: Value.Type, from file: URL) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let bytes = try read(file)
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch {
      throw RecordError(file: file.path, problem: "\(error)")
    }
  }
}

/// A JSON record of a run that cannot be understood.
package struct RecordError: Error, Equatable, CustomStringConvertible {
  package let file: String
  package let problem: String

  package var description: String {
    "\(file) is not a record this version writes: \(problem). Restore it, or run the experiment again."
  }
}
