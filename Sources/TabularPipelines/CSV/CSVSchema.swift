import Mistique

/// What is known about a CSV file before it is read.
///
/// Columns that `types` does not name are inferred from the file. The schema that reading settled on is returned with the frame,
/// so that a later reading of the same file infers nothing and cannot come to another result.
public struct CSVSchema: Sendable, Equatable {
  /// The types of columns by name; columns without one are inferred. A value that the type cannot hold is an error. `float32` is read as a
  /// number and rounded.
  public var types: CSVColumnTypes
  /// Columns that the header must name, in any order and among others.
  public var required: [String]
  /// The only columns to read, whose names the header must have; all when there are none. The frame has them in the order of the file.
  /// Fields of other columns are not parsed: only their quotes must be well formed.
  public var columns: [String]
  /// Unquoted fields that mean a missing value beside the empty one, such as `NA`. They count in columns of every type byte for byte; in
  /// columns of numbers one that is a number counts by value: `-999` also as `-999.0` and `-9.99e2`.
  public var missing: [String]
  /// One ASCII character; not a quote, a line end, a letter, a digit or one of `+-.`, which numbers are made of.
  public var separator: String
  /// Whether the first record is the header. Without one the columns are called `c1`, `c2` and so on, unless `names` says otherwise.
  public var hasHeader = true
  /// Names of all columns, in the order of the file, in place of those in the header; those in the file when there are none.
  public var names: [String] = []
  /// Whether blanks and tabs around fields and the header's names are left out; those within quotes stay.
  public var trims = false
  /// How the file's characters are encoded. A file that shows another encoding is ``CSVError/otherEncoding(file:found:advice:)``.
  public var encoding = CSVEncoding.utf8

  /// A schema with these parts; the others have their defaults and can be set afterwards.
  public init(
    types: CSVColumnTypes = [:], required: [String] = [], columns: [String] = [], missing: [String] = [], separator: String = ","
  ) {
    self.types = types
    self.required = required
    self.columns = columns
    self.missing = missing
    self.separator = separator
  }

  /// Everything inferred, nothing required.
  public static let inferred = CSVSchema()
}

extension ColumnType {
  /// The column's content in words, for errors.
  var expectation: String {
    switch self {
    case .float32, .float64: "a number"
    case .int64: "an integer"
    case .boolean: "true or false"
    case .date: "a date such as 2016-12-30"
    case .timestamp: "a time such as 2016-12-30 20:21:09"
    case .text: "text"
    }
  }

  /// As `expectation`, with what kept `bytes` from being a value when they look like one.
  func expectation(insteadOf bytes: [UInt8]) -> String {
    bytes.withUnsafeBufferPointer { bytes in
      let numeral = CSVNumeral(bytes)
      switch self {
      case .int64, .float32, .float64:
        if numeral == nil { return CSVNumeral.isCode(bytes) ? expectation + " without leading zeros" : expectation }
        if self == .int64 { return numeral == .integer ? "an integer of 64 bits" : expectation }
        return numeral == .integer ? "an integer that \(self) holds without rounding" : "a number in the range of \(self)"
      case .boolean, .date, .timestamp, .text: return expectation
      }
    }
  }
}
