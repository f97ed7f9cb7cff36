/// Where a ``ByteReader``'s bytes are from, which makes the errors of their format.
public protocol ByteOrigin {
  /// The error to throw for a fault in the bytes.
  func error(_ fault: ByteFault) -> any Error
}

/// What a ``ByteReader`` found wrong.
public enum ByteFault: Sendable, Equatable {
  case tooShort(expected: Int, left: Int)
  case numberMissing
  case numberTooLarge(UInt64, limit: Int)
  case numberWithoutEnd
  case notUTF8
  case leftOver(Int)
}

extension ByteFault: CustomStringConvertible {
  /// The fault in words, without the place.
  public var description: String {
    switch self {
    case .tooShort(let expected, let left): "\(expected) bytes were expected, \(left) are left"
    case .numberMissing: "a number is missing"
    case .numberTooLarge(let value, let limit): "a number is \(value), at most \(limit) was expected"
    case .numberWithoutEnd: "a variable-length number does not end"
    case .notUTF8: "a text is not UTF-8"
    case .leftOver(let count): "\(count) bytes are left over"
    }
  }
}
