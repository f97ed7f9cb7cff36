import Groundwork

/// RFC 4180: comma-separated, CRLF or LF line ends read, LF written, fields quoted when they hold a comma, quote or line break.
enum CSV {
  struct Record: Equatable {
    /// The line the record starts on, counted from 1.
    let line: Int
    let fields: [String]
  }

  static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { $0 == comma || $0 == quote || $0 == newline || $0 == carriageReturn }) else { return field }
    return "\"" + field.replacingScalars(["\"": "\"\""]) + "\""
  }

  /// Reads every record, strictly: a quote inside a bare field, text after a closing quote, a lone carriage return, a missing last
  /// line end and invalid UTF-8 are all errors, because each is what a damaged or hand-mangled file looks like.
  static func records(of bytes: [UInt8], file: String) throws -> [Record] {
    var reader = Reader(bytes: bytes, file: file)
    return try reader.records()
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private struct Reader {
    let bytes: [UInt8]
    let file: String
    var position = 0
    var line = 1

    mutating func records() throws -> [Record] {
      var result: [Record] = []
      while position < bytes.count {
        let start = line
        var fields = [try field()]
        while position < bytes.count, bytes[position] == CSV.comma {
          position += 1
          fields.append(try field())
        }
        try endOfLine()
        result.append(Record(line: start, fields: fields))
      }
      return result
    }

    private mutating func endOfLine() throws {
      if position < bytes.count, bytes[position] == CSV.carriageReturn { position += 1 }
      guard position < bytes.count else { throw failure("the last line does not end: the file was cut off") }
      guard bytes[position] == CSV.newline else { throw failure("text follows a closing quote, or a carriage return stands alone") }
      position += 1
      line += 1
    }

    private mutating func field() throws -> String {
      guard position < bytes.count, bytes[position] == CSV.quote else { return try bareField() }
      position += 1
      var content: [UInt8] = []
      let start = line
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == CSV.quote {
          guard position < bytes.count, bytes[position] == CSV.quote else { return try text(content[...]) }
          position += 1
        } else if byte == CSV.newline {
          line += 1
        }
        content.append(byte)
      }
      line = start
      throw failure("a quoted field is not closed")
    }

    private mutating func bareField() throws -> String {
      let start = position
      while position < bytes.count {
        let byte = bytes[position]
        if byte == CSV.comma || byte == CSV.newline || byte == CSV.carriageReturn { break }
        guard byte != CSV.quote else { throw failure("a quote stands inside an unquoted field") }
        position += 1
      }
      return try text(bytes[start..<position])
    }

    private func text(_ content: ArraySlice<UInt8>) throws -> String {
      guard let text = String(validating: content, as: UTF8.self) else { throw failure("a field is not UTF-8") }
      return text
    }

    private func failure(_ problem: String) -> CSVError { CSVError(file: file, line: line, problem: problem) }
  }
}

/// What is wrong with a table file, and on which line.
package struct CSVError: Error, Equatable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let problem: String

  package var description: String {
    "\(file):\(line): \(problem). The file is written by a run and not meant to be edited; restore it or run the experiment again."
  }
}
