extension QuantizationScheme.Values {
  /// Binds the scheme to an intermediate of maps, after pooling.
  ///
  /// - Parameters:
  ///   - sample: the first rows, row-major rows x columns, usually the first RowBlock. At most 2^18 values a codebook are looked at, at a
  ///     fixed stride. NaNs and infinities in it are ignored; without any value left the codebook has one bin, 0.
  ///   - schema: of maps.
  /// - Throws: `StoreError` with code `invalid` for a scheme that is not valid, or that needs more than 2^26 codebook places.
  ///
  /// Complexity: O(sample) a codebook. Schemes without codebooks do not look at the sample.
  package func fitted(sample: UnsafePointer<Float>, rows: Int, schema: IntermediateSchema) throws -> FittedQuantizer {
    guard case .maps(_, let height, let width) = schema else { preconditionFailure("named columns are fitted one by one") }
    try validate()
    let columns = schema.columnCount
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
    for start in stride(from: 0, to: columns, by: columnsPerBook) {
      books.append(bins(Sample.finite(sample, rows: rows, rowStride: columns, columns: start..<start + columnsPerBook)))
    }
    return FittedQuantizer(values: self, type: .float32, columns: columns, columnsPerBook: columnsPerBook, books: .float32(books))
  }

  /// Binds the scheme to one named float32 column, which has a codebook of its own. As for maps otherwise.
  package func fitted(column sample: UnsafeBufferPointer<Float>) throws -> FittedQuantizer {
    try validate()
    return FittedQuantizer(
      values: self, type: .float32, columns: 1, columnsPerBook: 1, books: codebook(sample).map(FittedQuantizer.Books.float32) ?? .none)
  }

  /// Binds the scheme to one named float64 column, whose codebook is in double. As for maps otherwise.
  package func fitted(column sample: UnsafeBufferPointer<Double>) throws -> FittedQuantizer {
    try validate()
    return FittedQuantizer(
      values: self, type: .float64, columns: 1, columnsPerBook: 1, books: codebook(sample).map(FittedQuantizer.Books.float64) ?? .none)
  }

  private func codebook<Scalar: OrderedFloat>(_ sample: UnsafeBufferPointer<Scalar>) -> Codebooks<Scalar>? {
    guard let bits = codeBits else { return nil }
    let values = sample.baseAddress.map { Sample.finite($0, rows: sample.count, rowStride: 1, columns: 0..<1) } ?? []
    var books = Codebooks<Scalar>(bits: bits)
    books.append(bins(values))
    return books
  }

  private func bins<Scalar: OrderedFloat>(_ sample: [Scalar]) -> Bins<Scalar> {
    let sorted = Scalar.sorted(sample)
    guard case .threshold(let quantile, _) = self else { return .quantiles(sorted: sorted, limit: 1 << (codeBits ?? 0)) }
    return .threshold(sorted: sorted, quantile: quantile)
  }
}
