/// How a column that is not stored follows from one that is: what was done to the stored one, in order.
///
/// `Column` is what names a column: its chunks while an intermediate is being written, its manifest once it is in a store.
package struct Derivation<Column> {
  package enum Operation {
    /// The rows of the result, as places in what came before: a column of `count` int64, -1 for a missing value.
    case rows(Column, count: Int)
    /// Missing values become this value, a ColumnChunk of one row.
    case filled([UInt8])
    /// A column of int64 is added, in units of 10^-digits.
    case plus(Column, digits: Int)
  }

  package let source: Column
  package let operations: [Operation]

  package init(source: Column, operations: [Operation]) {
    self.source = source
    self.operations = operations
  }

  /// No more are written, so that a reader need not follow more.
  static var mostOperations: Int { 16 }

  /// The same derivation with its columns named in another way: the source first, then those of the operations in their order.
  func map<Other>(_ name: (Column) throws -> Other) rethrows -> Derivation<Other> {
    Derivation<Other>(
      source: try name(source),
      operations: try operations.map { operation in
        switch operation {
        case .rows(let rows, let count): .rows(try name(rows), count: count)
        case .filled(let value): .filled(value)
        case .plus(let column, let digits): .plus(try name(column), digits: digits)
        }
      })
  }

  /// The columns of rows that were picked.
  var lists: [Column] { operations.compactMap { if case .rows(let rows, _) = $0 { rows } else { nil } } }

  /// The columns that are added.
  var differences: [Column] { operations.compactMap { if case .plus(let column, _) = $0 { column } else { nil } } }

  /// The same with one more operation.
  func then(_ operation: Operation) -> Derivation { Derivation(source: source, operations: operations + [operation]) }
}

extension Derivation: Sendable where Column: Sendable {}
extension Derivation.Operation: Sendable where Column: Sendable {}
extension Derivation: Equatable where Column: Equatable {}
extension Derivation.Operation: Equatable where Column: Equatable {}

/// What there is of a column: chunks of its own, or how it follows from another column's.
enum ColumnContent<Column> {
  case stored(Column)
  case derived(Derivation<Column>)

  var isDerived: Bool { if case .derived = self { true } else { false } }

  /// The same with its columns named in another way.
  func map<Other>(_ name: (Column) throws -> Other) rethrows -> ColumnContent<Other> {
    switch self {
    case .stored(let column): .stored(try name(column))
    case .derived(let derivation): .derived(try derivation.map(name))
    }
  }
}

extension ColumnContent: Sendable where Column: Sendable {}
