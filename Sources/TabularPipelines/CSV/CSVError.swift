/// What is wrong with a CSV file, and where.
///
/// `file` is the path that was given. `line` is the number, from 1, of the text line on which the record starts: a quoted field may run over
/// several lines.
public enum CSVError: Error, Equatable, Sendable {
  /// The file cannot be opened or read, is no regular file, or has no room to be converted in. The reason is usually the system's.
  case unreadable(file: String, reason: String)
  /// The file cannot be written. The reason is the system's.
  case unwritable(file: String, reason: String)
  /// The file has no header line, or, when it needs none, no record.
  case empty(file: String)
  /// The header names a column twice.
  case duplicateHeader(file: String, line: Int, name: String)
  /// The header lacks columns that the schema requires.
  case missingColumns(file: String, line: Int, names: [String])
  /// ``CSVSchema/names`` has another number of names than the first record has fields.
  case nameCount(file: String, fields: Int, names: Int)
  /// ``CSVSchema/names`` holds a name twice.
  case duplicateName(file: String, name: String)
  /// Required columns are not among the names, which are those of ``CSVSchema/names`` or `c1`, `c2` and so on.
  case missingNames(file: String, missing: [String], names: [String])
  /// The text holds a byte that no UTF-8 text has in that place.
  case notUTF8(CSVBadByte)
  /// The file is in another format, such as a ZIP archive; `advice` says how to get CSV out of it.
  case otherFormat(file: String, format: String, advice: String)
  /// The file is in another encoding than ``CSVSchema/encoding``; `advice` says which one to name.
  case otherEncoding(file: String, found: String, advice: String)
  /// The compressed or encoded contents are damaged.
  case damaged(file: String, reason: String)
  /// Lines end in two carriage returns and a newline.
  case doubleCarriageReturn(file: String, line: Int)
  /// A record has another number of fields than the header.
  case fieldCount(file: String, line: Int, expected: Int, got: Int)
  /// A field is not a value of its column's type.
  case badValue(CSVBadValue)
  /// Something other than a separator or a line end follows a closing quote.
  case textAfterQuote(file: String, line: Int)
  /// A quoted field is still open where the file ends.
  case unterminatedQuote(file: String, line: Int)
  /// The first record, which is the header where there is one, holds a carriage return that no newline follows. Old systems ended lines that way.
  case loneCarriageReturn(file: String, line: Int)
  /// A record has more than `bytes` bytes, as when a quote in it is never closed.
  case recordTooLong(file: String, line: Int, bytes: Int)
  /// ``CSVSchema/separator`` is not one ASCII character, or it could be part of a value.
  case separator(file: String, got: String)
}

/// A field that cannot be read as its column's type.
public struct CSVBadValue: Error, Equatable, Sendable {
  /// The path of the file.
  public let file: String
  /// The text line on which the record starts, from 1.
  public let line: Int
  /// The column's name.
  public let column: String
  /// What the column's type takes, in words: "an integer", "a number", ...
  public let expected: String
  /// The field, cut after 40 bytes.
  public let got: String
}

/// A byte of a text that is not UTF-8.
public struct CSVBadByte: Error, Equatable, Sendable {
  /// The path of the file.
  public let file: String
  /// The text line on which the record starts, from 1.
  public let line: Int
  /// The column's name; `nil` when the byte is in the header.
  public let column: String?
  /// The byte's offset in the file, from 0. In a compressed or converted file it is the offset in the contents.
  public let offset: Int
  /// The byte itself.
  public let byte: UInt8
}

extension CSVError: CustomStringConvertible {
  /// One line: `file:line: column: what is wrong; what to do`, with the parts that apply.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    case .empty(let file):
      "\(file):1: the file is empty; a CSV file needs at least a header line with the names of its columns"
    case .duplicateHeader(let file, let line, let name):
      "\(file):\(line): the header names the column \"\(name)\" twice; rename one of them"
    case .missingColumns(let file, let line, let names):
      "\(file):\(line): the header lacks the required column\(names.count == 1 ? "" : "s") \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .fieldCount(let file, let line, let expected, let got):
      "\(file):\(line): expected \(quantity(expected, "field")) as in the header, got \(got); "
        + "a field that contains a comma or a newline must be quoted"
    case .badValue(let bad):
      "\(bad.file):\(bad.line): column \"\(bad.column)\": expected \(bad.expected), got \"\(bad.got)\"; "
        + "correct the field, or give the column another type, such as types: {\(YAMLText.quoted(bad.column)): text}"
    case .nameCount(let file, let fields, let names):
      "\(file): the first record has \(quantity(fields, "field")), and names gives \(names); give a name for every field"
    case .duplicateName(let file, let name): "\(file): names gives the column \"\(name)\" twice; rename one of them"
    case .missingNames(let file, let missing, let names):
      "\(file): the required column\(missing.count == 1 ? "" : "s") \(missing.map { "\"\($0)\"" }.joined(separator: ", ")) "
        + "\(missing.count == 1 ? "is" : "are") not among the names: \(names.joined(separator: ", "))"
    case .notUTF8(let bad):
      "\(bad.file):\(bad.line): \(bad.column.map { "column \"\($0)\"" } ?? "the header"): byte \(bad.offset) of the file, "
        + "0x\(String(bad.byte, radix: 16, uppercase: true)), is not UTF-8; say what the file is with "
        + "encoding: \(Windows1252.ownBytes.contains(bad.byte) ? "windows-1252" : "latin1") (or utf-16), or convert it"
    case .otherFormat(let file, let format, let advice): "\(file): the file is \(format), not CSV; \(advice)"
    case .otherEncoding(let file, let found, let advice): "\(file): the file is \(found); \(advice)"
    case .damaged(let file, let reason): "\(file): \(reason)"
    case .doubleCarriageReturn(let file, let line):
      "\(file):\(line): lines end in two carriage returns and a newline, as when a file was converted twice; remove one carriage return from each line, "
        + "for example with sed 's/\\r\\r$/\\r/'"
    case .textAfterQuote(let file, let line):
      "\(file):\(line): text follows the closing quote of a field; a quote inside a quoted field is written twice"
    case .unterminatedQuote(let file, let line):
      "\(file):\(line): a quoted field of the record that starts here is never closed"
    case .loneCarriageReturn(let file, let line):
      "\(file):\(line): the first record holds a carriage return without a newline; end the lines with newlines, or quote the field that holds it"
    case .recordTooLong(let file, let line, let bytes):
      "\(file):\(line): the record that starts here has more than \(bytes) bytes, and no longer ones are read; a quote in it is probably never closed"
    case .separator(let file, let got):
      "\(file): the separator must be one ASCII character other than a quote, a line end, a letter, a digit, + - and ., got "
        + YAMLText.quoted(got)
    }
  }
}
