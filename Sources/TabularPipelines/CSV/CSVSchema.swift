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

  public init(types: [String: ColumnType] = [:], required: [String] = []) {
    self.types = types
    self.required = required
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
    case .text: "text"
    }
  }
}
