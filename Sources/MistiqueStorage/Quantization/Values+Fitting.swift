extension QuantizationScheme.Values {
  /// Binds the scheme to an intermediate of maps, after pooling.
  ///
  /// - Parameters:
  ///   - sample: some rows, row-major rows x columns, usually of one RowBlock. At most 2^18 values per codebook are looked at, at a
  ///     fixed stride. NaNs and infinities in it are ignored; codebooks without any value left are `unfittedBooks`.
  ///   - schema: of maps.
  /// - Returns: `nil` when the scheme has codebooks and there is no value for any of them.
  /// - Throws: `StoreError` with code `invalid` for a scheme that is not valid, or that needs more than 2^26 codebook places.
  ///
  /// Complexity: O(sample) per codebook. Schemes without codebooks do not look at the sample.
  package func fitted(sample: UnsafePointer<Float>, rows: Int, schema: IntermediateSchema) throws -> FittedQuantizer? {
    guard case .maps(_, let height, let width) = schema else { preconditionFailure("named columns are fitted one by one") }
    try validate()
    let columns = schema.columnCount
    if let found = bound?.chosen(for: sample, rows: rows, columns: columns) {
      return try bounded(by: found.bound).fitted(sample: sample, rows: rows, schema: schema)
    }
    guard let bits = codeBits, let granularity else {
      return FittedQuantizer(values: self, type: .float32, columns: columns, columnsPerBook: max(1, columns), books: .none)
    }
    let columnsPerBook =
      switch granularity {
      case .intermediate: max(1, columns)
      case .channel: height * width
      case .column: 1
      }
    let bookCount = (columns + columnsPerBook - 1) / columnsPerBook
    guard bookCount << bits <= Codebooks<Float>.largestEntryCount else {
      throw StoreError(
        .invalid, "\(bookCount) codebooks of \(1 << bits) bins would take more memory than the values of a RowBlock", at: description,
        remedy: "Use one codebook per channel or for the whole intermediate.")
    }
    var books = Codebooks<Float>(bits: bits)
    var (unfitted, grids): (Set<Int>, [UniformGrid]) = ([], [])
    for start in stride(from: 0, to: columns, by: columnsPerBook) {
      let values = Sample.finite(sample, rows: rows, rowStride: columns, columns: start..<start + columnsPerBook)
      if values.isEmpty { unfitted.insert(books.count) }
      books.append(bins(values, &grids))
    }
    guard unfitted.count < bookCount else { return nil }
    var quantizer = FittedQuantizer(
      values: self, type: .float32, columns: columns, columnsPerBook: columnsPerBook, books: .float32(books), grids: grids)
    quantizer.unfittedBooks = unfitted
    return quantizer
  }

  /// Binds the scheme to one named float32 column, which has a codebook of its own. As for maps otherwise.
  package func fitted(column sample: UnsafeBufferPointer<Float>) throws -> FittedQuantizer? {
    try validate()
    if bound?.isChosen == true { return try ofColumn.fitted(column: sample) }
    var grids: [UniformGrid] = []
    return fitted(.float32, codebook(sample, &grids).map { $0.map(FittedQuantizer.Books.float32) }, grids)
  }

  /// Binds the scheme to one named float64 column, whose codebook is in double. As for maps otherwise.
  package func fitted(column sample: UnsafeBufferPointer<Double>) throws -> FittedQuantizer? {
    try validate()
    if bound?.isChosen == true { return try ofColumn.fitted(column: sample) }
    var grids: [UniformGrid] = []
    return fitted(.float64, codebook(sample, &grids).map { $0.map(FittedQuantizer.Books.float64) }, grids)
  }

  /// - Parameter books: `nil` for a scheme that has none; the inner `nil` for a sample without values.
  private func fitted(_ type: ColumnType, _ books: FittedQuantizer.Books??, _ grids: [UniformGrid]) -> FittedQuantizer? {
    guard let books else { return FittedQuantizer(values: self, type: type, columns: 1, columnsPerBook: 1, books: .none) }
    return books.map { FittedQuantizer(values: self, type: type, columns: 1, columnsPerBook: 1, books: $0, grids: grids) }
  }

  private func codebook<Scalar: OrderedFloat>(
    _ sample: UnsafeBufferPointer<Scalar>, _ grids: inout [UniformGrid]
  ) -> Codebooks<Scalar>?? {
    guard let bits = codeBits, (1...8).contains(bits) else { return nil }
    let values = sample.baseAddress.map { Sample.finite($0, rows: sample.count, rowStride: 1, columns: 0..<1) } ?? []
    guard !values.isEmpty else { return .some(nil) }
    var books = Codebooks<Scalar>(bits: bits)
    books.append(bins(values, &grids))
    return books
  }

  /// - Parameter grids: for BOUND_QT, the grid that the bins follow from is added.
  private func bins<Scalar: OrderedFloat>(_ sample: [Scalar], _ grids: inout [UniformGrid]) -> Bins<Scalar> {
    if let error = bound {
      let grid = UniformGrid(sample, bound: error)
      grids.append(grid)
      return grid.bins(of: Scalar.self)
    }
    let sorted = Scalar.sorted(sample)
    guard case .threshold(let quantile, _) = self else { return .quantiles(sorted: sorted, limit: 1 << (codeBits ?? 0)) }
    return .threshold(sorted: sorted, quantile: quantile)
  }
}

extension QuantizationScheme.Values {
  /// What BOUND_QT and the base of a ladder may err by, as it was asked for; `nil` for other schemes.
  package var bound: QuantizationScheme.ErrorBound? {
    switch self {
    case .bound(let error, _), .ladder(let error, _): error
    default: nil
    }
  }
}
