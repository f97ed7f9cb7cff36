/// The codebooks of BOUND_QT as they are kept: what they follow from, drawn at `FittedQuantizer.encoded`.
extension FittedQuantizer {
  func write(_ grid: UniformGrid, to writer: inout ByteWriter) {
    writer.write(grid.error)
    if type == .float64 { writer.write(grid.step) } else { writer.write(Float(grid.step).bitPattern) }
    writer.writeVariable(-grid.lowest)
  }

  /// - Throws: `StoreError` with code `corrupt` for grids that were never written.
  init(
    bounded values: QuantizationScheme.Values, type: ColumnType, columns: Int, columnsPerBook: Int, bookCount: Int,
    _ reader: inout ByteReader
  ) throws {
    // The smallest grid has 13 bytes: a count that cannot fit is refused before memory is taken for it.
    guard bookCount > 0, bookCount <= reader.remaining / 13, bookCount * UniformGrid.codeCount <= Codebooks<Float>.largestEntryCount
    else {
      throw reader.malformed("\(bookCount) grids do not fit their record")
    }
    let grids = try (0..<bookCount).map { _ in
      let error = try reader.readDouble()
      let step = type == .float64 ? try reader.readDouble() : Double(Float(bitPattern: try reader.read()))
      guard let grid = UniformGrid(error: error, step: step, lowest: -(try reader.readVariable(limit: UniformGrid.codeCount - 1))) else {
        throw reader.malformed("a grid has a step of \(step) for a bound of \(error)")
      }
      return grid
    }
    func books<Scalar: OrderedFloat>() -> Codebooks<Scalar> {
      var books = Codebooks<Scalar>(bits: 8)
      for grid in grids { books.append(grid.bins(of: Scalar.self)) }
      return books
    }
    self.init(
      values: values, type: type, columns: columns, columnsPerBook: columnsPerBook,
      books: type == .float64 ? .float64(books()) : .float32(books()), grids: grids)
  }
}

extension QuantizationScheme.ErrorBound {
  var isRelative: Bool { if case .relative = self { true } else { false } }
}
