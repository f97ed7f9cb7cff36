/// What is wrong with a CSV file, and where.
///
/// `line` is the number, from 1, of the text line on which the record starts: a quoted field may run over several lines.
public enum CSVError: Error, Equatable, Sendable {
  case unreadable(file: String, reason: String)
  case unwritable(file: String, reason: String)
  /// The file has no header line.
  case empty(file: String)
  case duplicateHeader(file: String, name: String)
  case missingColumns(file: String, names: [String])
  case fieldCount(file: String, line: Int, expected: Int, got: Int)
  case badValue(CSVBadValue)
  case textAfterQuote(file: String, line: Int)
  case unterminatedQuote(file: String, line: Int)
  /// The header holds a carriage return that no newline follows, as in files of old systems that end lines so.
  case loneCarriageReturn(file: String)
  /// A separator that is not one ASCII character or could be part of a value.
  case separator(file: String, got: String)
}

/// A field that cannot be read as its column's type.
public struct CSVBadValue: Error, Equatable, Sendable {
  public let file: String
  public let line: Int
  public let column: String
  /// What the column holds, in words: "an integer", "a number", ...
  public let expected: String
  /// The field, cut after 40 bytes.
  public let got: String
}

extension CSVError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    case .empty(let file):
      "\(file):1: the file is empty; a CSV file needs at least a header line with the names of its columns"
    case .duplicateHeader(let file, let name):
      "\(file):1: the header names the column \"\(name)\" twice; rename one of them"
    case .missingColumns(let file, let names):
      "\(file):1: the header lacks the required column\(names.count == 1 ? "" : "s") \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .fieldCount(let file, let line, let expected, let got):
      "\(file):\(line): expected \(expected) field\(expected == 1 ? "" : "s") as in the header, got \(got); "
        + "a field that contains a comma or a newline must be quoted"
    case .badValue(let bad):
      "\(bad.file):\(bad.line): column \"\(bad.column)\": expected \(bad.expected), got \"\(bad.got)\"; "
        + "correct the field or give the column another type"
    case .textAfterQuote(let file, let line):
      "\(file):\(line): text follows the closing quote of a field; a quote inside a quoted field is written twice"
    case .unterminatedQuote(let file, let line):
      "\(file):\(line): a quoted field of the record that starts here is never closed"
    case .loneCarriageReturn(let file):
      "\(file):1: the header holds a carriage return without a newline; end the lines with newlines, or quote the name that holds it"
    case .separator(let file, let got):
      "\(file): the separator must be one ASCII character other than a quote, a line end, a letter, a digit, + - and ., got "
        + YAMLText.quoted(got)
    }
  }
}
