import Mistique

/// What is known about a CSV file before it is read.
///
/// The types of columns that `types` does not name are inferred from the file. The schema that reading settled on is returned with the frame, so
/// that reading the same file again infers nothing and cannot come to another result.
public struct CSVSchema: Sendable, Equatable {
  /// The types of columns by name; columns without one are inferred. A value that the type cannot hold is an error. `float32` is read as a
  /// number and rounded.
  public var types: CSVColumnTypes
  /// Columns that the header must name, in any order and among others.
  public var required: [String]
  /// The only columns to read; empty for all. The header must name them. The frame has them in the order of the file. Fields of other columns are
  /// not parsed: only their quotes must be well-formed.
  public var columns: [String]
  /// Unquoted fields that mean a missing value, such as `NA`, in addition to the empty field. They are compared byte for byte. In columns of
  /// numbers, one that is a number is also compared by value: `-999` matches `-999.0` and `-9.99e2`.
  public var missing: [String]
  /// One ASCII character that is no quote, line end, letter or digit and none of `+-.`, which numbers are made of.
  public var separator: String
  /// Whether the first record is the header. Without one the columns are called `c1`, `c2` and so on, unless `names` says otherwise.
  public var hasHeader = true
  /// Names for all columns, in the order of the file, in place of those in the header; empty to keep the header's.
  public var names: [String] = []
  /// Whether blanks and tabs around fields and around the header's names are dropped; those within quotes stay.
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

  /// As `expectation`. Where `bytes` look like a value, it also says why they are none.
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
