/// Splits records into raw fields: the careful, slower half of the reader, used for the header and for type inference.
struct CSVRecordScanner {
  struct Field {
    var bytes: [UInt8]
    var isQuoted: Bool
  }

  enum Outcome {
    /// The fields, where the next record starts and how many lines this one took.
    case record([Field], next: Int, lines: Int)
    /// The record does not end within the bytes in memory.
    case incomplete
    case textAfterQuote
  }

  /// The record that starts at `start`; `isLast` says that the file ends with the bytes.
  static func record(in bytes: UnsafeBufferPointer<UInt8>, at start: Int, isLast: Bool, _ format: CSVFormat) -> Outcome {
    let separator = format.separator
    func skipBlanks(_ index: inout Int) { while format.trims, index < bytes.count, format.isBlank(bytes[index]) { index += 1 } }
    var fields: [Field] = []
    var lines = 1
    var index = start
    while true {
      var field = Field(bytes: [], isQuoted: false)
      skipBlanks(&index)
      if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
        field.isQuoted = true
        switch quoted(in: bytes, at: index, isLast: isLast, into: &field.bytes) {
        case .closed(let next, let newlines): (index, lines) = (next, lines + newlines)
        case .open: return .incomplete
        }
        skipBlanks(&index)
      } else {
        let first = index
        while index < bytes.count, !endsField(bytes, index, separator) { index += 1 }
        field.bytes = Array(format.trimmed(UnsafeBufferPointer(rebasing: bytes[first..<index])))
      }
      fields.append(field)
      if index >= bytes.count {
        return isLast ? .record(fields, next: bytes.count, lines: lines) : .incomplete
      }
      switch bytes[index] {
      case separator: index += 1
      case UInt8(ascii: "\n"): return .record(fields, next: index + 1, lines: lines)
      case UInt8(ascii: "\r") where index + 1 == bytes.count:
        return isLast ? .record(fields, next: bytes.count, lines: lines) : .incomplete
      case UInt8(ascii: "\r") where bytes[index + 1] == UInt8(ascii: "\n"):
        return .record(fields, next: index + 2, lines: lines)
      default: return .textAfterQuote
      }
    }
  }

  enum Quoted {
    case closed(next: Int, newlines: Int)
    case open
  }

  /// The content of the quoted field that opens at `start`, with each doubled quote as one.
  static func quoted(
    in bytes: UnsafeBufferPointer<UInt8>, at start: Int, isLast: Bool, into content: inout [UInt8]
  ) -> Quoted {
    var newlines = 0
    var index = start + 1
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") {
        if index == bytes.count { return isLast ? .closed(next: index, newlines: newlines) : .open }
        guard bytes[index] == byte else { return .closed(next: index, newlines: newlines) }
        index += 1
      } else if byte == UInt8(ascii: "\n") {
        newlines += 1
      }
      content.append(byte)
    }
    return .open
  }

  private static func endsField(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ separator: UInt8) -> Bool {
    switch bytes[index] {
    case separator, UInt8(ascii: "\n"): true
    case UInt8(ascii: "\r"): index + 1 == bytes.count || bytes[index + 1] == UInt8(ascii: "\n")
    default: false
    }
  }
}
