import Mistique

/// What is known about a CSV file before it is read.
///
/// Columns that `types` does not name are inferred from the file. The schema that reading settled on is returned with the frame,
/// so that a later reading of the same file infers nothing and cannot come to another result.
public struct CSVSchema: Sendable, Equatable {
  /// Type by column name. `float32` is read as a number and rounded.
  public var types: [String: ColumnType]
  /// Columns that the header must name, in any order and among others.
  public var required: [String]
  /// The only columns to read, whose names the header must have; all when there are none. The frame has them in the order of the file.
  /// Fields of other columns are not parsed: only their quotes must be well formed.
  public var columns: [String]
  /// Unquoted fields that mean a missing value beside the empty one, such as `NA`, byte for byte. They count in columns of every type.
  public var missing: [String]
  /// One ASCII character; not a quote, a line end, a letter, a digit or one of `+-.`, which numbers are made of.
  public var separator: String

  public init(
    types: [String: ColumnType] = [:], required: [String] = [], columns: [String] = [], missing: [String] = [], separator: String = ","
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
}
