/// An end of the interval in which the value that was encoded lies.
package enum IntervalEnd: Sendable {
  case lower, upper
}

/// What is known of the value that was encoded, by the stored one.
extension FittedQuantizer {
  /// The interval that every encoded value of `code` in `column` lies in.
  ///
  /// An inner bin is bounded by its edges, an outermost one also by what was encoded, which `extrema` knows; a bin that nothing can be in
  /// gives an interval of one number. For a quantizer with codebooks; about the pooled value where there is pooling.
  package func bounds(ofCode code: UInt8, column: Int, extrema: EncodedExtrema) -> ClosedRange<Double> {
    let book = book(of: column)
    if !grids.isEmpty { return bounds(ofCode: code, grid: grids[book]) }
    let (low, high) = (extrema.lowest[book], extrema.highest[book])
    switch books {
    case .none: preconditionFailure("\(values) has no codebook: ask for the bounds of a value")
    case .float32(let books):
      let edges = books.edges(of: code, book: book)
      return Self.interval(edges.lower.map(Double.init), edges.upper.map { Double($0.nextDown) }, within: low, high)
    case .float64(let books):
      let edges = books.edges(of: code, book: book)
      return Self.interval(edges.lower, edges.upper?.nextDown, within: low, high)
    }
  }

  /// The same quantizer with each code standing for an end of its interval instead of its representative; itself without codebooks.
  func standing(for end: IntervalEnd, _ extrema: EncodedExtrema) -> FittedQuantizer {
    func bound(_ code: Int, _ book: Int) -> Double {
      let bounds = bounds(ofCode: UInt8(code), column: book * columnsPerBook, extrema: extrema)
      return end == .lower ? bounds.lowerBound : bounds.upperBound
    }
    let replaced: Books
    switch books {
    case .none: return self
    case .float32(var books):
      books.replaceRepresentatives { ChunkStatistics.rounded(bound($0, $1), down: end == .lower) }
      replaced = .float32(books)
    case .float64(var books):
      books.replaceRepresentatives { bound($0, $1) }
      replaced = .float64(books)
    }
    return FittedQuantizer(values: values, type: type, columns: columns, columnsPerBook: columnsPerBook, books: replaced, grids: grids)
  }

  /// An end of the interval of a value that was stored without a codebook; NaN for NaN.
  func end(_ end: IntervalEnd, ofValue value: Double) -> Double {
    bounds(ofValue: value).map { end == .lower ? $0.lowerBound : $0.upperBound } ?? .nan
  }

  private static func interval(_ lower: Double?, _ upper: Double?, within low: Double, _ high: Double) -> ClosedRange<Double> {
    let start = lower ?? min(low, upper ?? low)
    let end = upper ?? max(high, start)
    return min(start, end)...max(start, end)
  }

  /// The interval that every value lies in that was stored as `value`, for a quantizer without codebooks: the numbers that round to it.
  ///
  /// NaN and infinities stand for themselves; `nil` for NaN, which no interval holds.
  package func bounds(ofValue value: Double) -> ClosedRange<Double>? {
    guard !value.isNaN else { return nil }
    guard value.isFinite, values.applies(to: type) else { return value...value }
    switch values {
    case .lowerPrecision(let precision): return LowerPrecision.bounds(ofStored: value, as: precision)
    case .full, .kbit, .threshold, .bound, .ladder: return value...value
    }
  }

  /// A code of BOUND_QT says more than what was encoded: e on either side of what it stands for.
  private func bounds(ofCode code: UInt8, grid: UniformGrid) -> ClosedRange<Double> {
    guard grid.step > 0 else { return 0...0 }
    let multiple = Int(code) + grid.lowest
    let value = type == .float64 ? Double(multiple) * grid.step : Double(Float(multiple) * Float(grid.step))
    return (value - grid.error).nextDown...(value + grid.error).nextUp
  }
}

extension Codebooks {
  /// The edges of a bin; `nil` where it goes on without end. A code that no bin has counts as the last one, as in decoding.
  func edges(of code: UInt8, book: Int) -> (lower: Scalar?, upper: Scalar?) {
    let bin = min(Int(code), binCounts[book] - 1)
    let start = book * stride
    return (bin > 0 ? lowerEdges[start + bin] : nil, bin + 1 < binCounts[book] ? lowerEdges[start + bin + 1] : nil)
  }
}
