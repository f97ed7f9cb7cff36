/// A value scheme bound to an intermediate: its codebooks, if it has any.
///
/// Owns: which code a value gets and what a code stands for. Never does: pool, compress, or remember what was encoded (see
/// `EncodedExtrema`).
package struct FittedQuantizer: Sendable, Equatable {
  enum Books: Sendable, Equatable {
    case none
    case float32(Codebooks<Float>)
    case float64(Codebooks<Double>)
  }

  package let values: QuantizationScheme.Values
  /// Of the values that are quantized: float32 or float64.
  package let type: ColumnType
  /// Columns of the intermediate.
  package let columns: Int
  let columnsPerBook: Int
  let books: Books
  /// BOUND_QT and ladders: what each codebook follows from; empty for other schemes.
  let grids: [UniformGrid]
  /// Codebooks for which the sample had no value. They are one bin, 0, that nothing may be encoded with; not part of what is stored.
  package var unfittedBooks: Set<Int> = []

  init(values: QuantizationScheme.Values, type: ColumnType, columns: Int, columnsPerBook: Int, books: Books, grids: [UniformGrid] = []) {
    self.values = values
    self.type = type
    self.columns = columns
    self.columnsPerBook = columnsPerBook
    self.books = books
    self.grids = grids
  }

  package var codeFormat: CodeFormat {
    switch values {
    case .full: type == .float64 ? .float64 : .float32
    case .lowerPrecision(.float32): .float32
    case .lowerPrecision(.float16): .float16
    case .kbit(let bits, _): .bits(bits)
    case .threshold: .bits(1)
    case .bound: .bits(8)
    case .ladder: .float32
    }
  }

  /// Names what codes mean: 0 where they are the values themselves, else the XXH3-64 of `encoded`.
  ///
  /// It is part of the fingerprint of a chunk of codes, so that equal codes under another codebook are another chunk.
  package var identity: UInt64 {
    guard values.applies(to: type) || !grids.isEmpty else { return 0 }
    return max(1, encoded.withUnsafeBytes(Checksum.of))
  }

  /// Codebooks; 0 where values are not stored as codes of one.
  package var bookCount: Int {
    switch books {
    case .none: 0
    case .float32(let books): books.count
    case .float64(let books): books.count
    }
  }

  /// The codebook that serves `column`.
  package func book(of column: Int) -> Int { column / columnsPerBook }

  /// The codebooks that serve `columns`.
  func books(of columns: Range<Int>) -> Range<Int> {
    columns.isEmpty ? 0..<0 : book(of: columns.lowerBound)..<book(of: columns.upperBound - 1) + 1
  }

  /// THRESHOLD_QT's threshold for `column`, `nil` for other schemes.
  package func threshold(column: Int) -> Double? {
    guard case .threshold = values else { return nil }
    switch books {
    case .none: return nil
    case .float32(let books): return Double(books[book(of: column)].edges[0].nextDown)
    case .float64(let books): return books[book(of: column)].edges[0].nextDown
    }
  }

  /// BOUND_QT's e for `column`: what none of its values errs by more than; `nil` for other schemes.
  package func largestError(column: Int) -> Double? {
    grids.isEmpty ? nil : grids[book(of: column)].error
  }

  /// Of all columns; `nil` where no scheme bounds it.
  var largestError: Double? { grids.map(\.error).max() }

  /// What each code of `column` is reconstructed as; empty where values are not stored as codes of a codebook.
  package func representatives(column: Int) -> [Double] {
    switch books {
    case .none: []
    case .float32(let books): books[book(of: column)].representatives.map(Double.init)
    case .float64(let books): books[book(of: column)].representatives
    }
  }
}
