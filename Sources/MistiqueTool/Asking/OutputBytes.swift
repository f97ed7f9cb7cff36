import Foundation
import Groundwork

/// Bytes into a file that a user named.
enum OutputBytes {
  static func write(_ bytes: [UInt8], to path: String) throws {
    try naming(path) {
      let file = try OutputFile(URL(fileURLWithPath: path))
      try bytes.withUnsafeBytes { try file.write($0) }
      try file.commit()
    }
  }

  /// What `body` gives, which writes to the file at `path`.
  ///
  /// - Throws: `QuestionError` that names the file where `body` throws a `SystemFailure`, which does not; else what `body` throws.
  static func naming<Value: ~Copyable>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let failure as SystemFailure { throw unwritable(failure, at: path) }
  }

  /// That a file cannot be written, and why.
  static func unwritable(_ failure: SystemFailure, at path: String) -> QuestionError {
    QuestionError(path, "it cannot be written: \(failure)", remedy: "Give a file in a folder that is there and may be written")
  }
}
