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
  /// Other columns were named than the file has fields.
  case nameCount(file: String, fields: Int, names: Int)
  /// The names that were given hold one twice.
  case duplicateName(file: String, name: String)
  /// The names that were given, or are c1, c2 and so on, lack some that are required.
  case missingNames(file: String, missing: [String], names: [String])
  case notUTF8(CSVBadByte)
  /// A file of another format, such as a ZIP archive.
  case otherFormat(file: String, format: String, advice: String)
  /// A file in another encoding than the schema says.
  case otherEncoding(file: String, found: String, advice: String)
  /// The compressed or encoded contents are damaged.
  case damaged(file: String, reason: String)
  /// Lines end in two carriage returns and a newline.
  case doubleCarriageReturn(file: String)
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

/// A byte of a text that is not UTF-8.
public struct CSVBadByte: Error, Equatable, Sendable {
  public let file: String
  public let line: Int
  /// `nil` for the header.
  public let column: String?
  /// Its place in the file, from 0; of a compressed or converted file, in the contents.
  public let offset: Int
  public let byte: UInt8
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
        + "correct the field, or give the column another type, such as types: {\(YAMLText.quoted(bad.column)): text}"
    case .nameCount(let file, let fields, let names):
      "\(file): the first record has \(fields) field\(fields == 1 ? "" : "s"), and names gives \(names); give a name for every field"
    case .duplicateName(let file, let name): "\(file): names gives the column \"\(name)\" twice; rename one of them"
    case .missingNames(let file, let missing, let names):
      "\(file): the required column\(missing.count == 1 ? "" : "s") \(missing.map { "\"\($0)\"" }.joined(separator: ", ")) "
        + "\(missing.count == 1 ? "is" : "are") not among the names: \(names.joined(separator: ", "))"
    case .notUTF8(let bad):
      "\(bad.file):\(bad.line): \(bad.column.map { "column \"\($0)\"" } ?? "the header"): byte \(bad.offset) of the file, "
        + "0x\(String(bad.byte, radix: 16, uppercase: true)), is not UTF-8; say what the file is with encoding: latin1 (or utf-16), or convert it"
    case .otherFormat(let file, let format, let advice): "\(file): the file is \(format), not CSV; \(advice)"
    case .otherEncoding(let file, let found, let advice): "\(file): the file is \(found); \(advice)"
    case .damaged(let file, let reason): "\(file): \(reason)"
    case .doubleCarriageReturn(let file):
      "\(file):1: lines end in two carriage returns and a newline, as when a file was converted twice; take out one carriage return of each line, "
        + "for example with sed 's/\\r\\r$/\\r/'"
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
