import CStorageKernels

/// What BOUND_QT stores of a chunk that has no codes: numbers of the values' own type.
///
/// Each is rounded to a multiple of a power of two, at most 2 e, so that it errs by no more than e, and that exactly: no rounding follows. A value that has no
/// such multiple stays as it is: NaN, infinities, and numbers so large that their neighbours are further away.
extension FittedQuantizer {
  /// Whether chunks without codes are rounded: then they too are known within a bound, not exactly.
  var rounds: Bool { if case .bound = values { true } else { false } }

  /// Rounds `rows` rows of float32 columns `columns`, side by side.
  ///
  /// Complexity: O(values).
  func round(_ values: UnsafePointer<Float>, rows: Int, columns: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    precondition(type == .float32 && !grids.isEmpty, "\(values) are not of a bounded scheme of float32")
    let books = books(of: columns)
    if books.count == 1 { return Self.round(values, rows * columns.count, grids[books.lowerBound], into: target) }
    for row in 0..<rows {
      for book in books {
        let served = (book * columnsPerBook..<(book + 1) * columnsPerBook).clamped(to: columns)
        let place = row * columns.count + served.lowerBound - columns.lowerBound
        Self.round(values + place, served.count, grids[book], into: target + place)
      }
    }
  }

  /// Rounds `count` values of the named float64 column.
  func round(_ values: UnsafePointer<Double>, count: Int, into target: UnsafeMutablePointer<Double>) {
    precondition(type == .float64 && grids.count == 1, "\(values) are not of a bounded scheme of float64")
    guard let spacing = grids[0].spacing(of: .float64) else { return target.update(from: values, count: count) }
    mistique_bound_round_double(values, count, spacing, target)
  }

  private static func round(_ values: UnsafePointer<Float>, _ count: Int, _ grid: UniformGrid, into target: UnsafeMutablePointer<Float>) {
    guard let spacing = grid.spacing(of: .float32) else { return target.update(from: values, count: count) }
    mistique_bound_round(values, count, spacing, target)
  }

  /// The interval that every value lies in that was stored as `value`, of the column's own type; `nil` for NaN, which no interval holds.
  func bounds(ofRounded value: Double, column: Int) -> ClosedRange<Double>? {
    guard !value.isNaN else { return nil }
    guard value.isFinite, let spacing = grids[book(of: column)].spacing(of: type) else { return value...value }
    return (value - spacing / 2).nextDown...(value + spacing / 2).nextUp
  }
}
