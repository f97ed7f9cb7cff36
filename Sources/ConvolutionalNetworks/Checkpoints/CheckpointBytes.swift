import Foundation
import Groundwork

/// Reads a checkpoint or the state of a training: a fault in the bytes is a ``CheckpointError``.
typealias CheckpointReader = ByteReader<CheckpointBytes>

/// The bytes of a checkpoint.
struct CheckpointBytes: ByteOrigin {
  /// A file name or the like, for the error.
  let origin: String
  let byteCount: Int
  /// What is being read.
  var part = ""

  func error(_ fault: ByteFault) -> any Error {
    if case .tooShort = fault { return CheckpointError(.truncated(origin: origin, part: part, bytes: byteCount)) }
    return CheckpointError(.malformed(origin: origin, part: part, problem: fault == .notUTF8 ? "it is not UTF-8" : fault.description))
  }
}

extension ByteReader<CheckpointBytes> {
  init(_ data: Data, origin: String) {
    self.init(ArraySlice(data), origin: CheckpointBytes(origin: origin, byteCount: data.count))
  }

  /// The next `count` bytes; `part` says what they are, for the error.
  mutating func takeBytes(_ count: Int, of part: String) throws -> ArraySlice<UInt8> {
    origin.part = part
    return try readBytes(count)
  }

  /// The next number.
  mutating func number<Number: FixedWidthInteger>(of part: String) throws -> Number {
    origin.part = part
    return try read(Number.self)
  }

  /// The next `count` bytes as a text.
  mutating func text(_ count: Int, of part: String) throws -> String { try text(try takeBytes(count, of: part)) }
}
