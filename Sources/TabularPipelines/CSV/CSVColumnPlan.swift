import Mistique

/// What the parser does with a column of the file.
enum CSVColumnPlan: Sendable, Equatable {
  /// The column is not wanted.
  case skipped
  /// The type is to be inferred and no value was seen yet. Every value is refused, so that the first one decides the type.
  case undecided
  case inferred(ColumnType)
  case given(ColumnType)

  /// The type in which the parser stores values; `nil` when it stores none.
  var storedType: ColumnType? {
    switch self {
    case .skipped: nil
    case .undecided: .boolean
    case .inferred(let type), .given(let type): type
    }
  }

  var isInferred: Bool {
    switch self {
    case .undecided, .inferred: true
    case .skipped, .given: false
    }
  }

  var lane: CSVBlock.Lane {
    switch self {
    case .skipped: return .skipped
    case .undecided: return .undecided
    case .inferred(let type), .given(let type):
      switch type {
      case .int64: return .int64
      case .float64: return .float64
      case .float32: return .float32
      case .boolean: return .boolean
      case .date: return .date
      case .timestamp: return .timestamp
      case .text: return .text
      }
    }
  }
}
