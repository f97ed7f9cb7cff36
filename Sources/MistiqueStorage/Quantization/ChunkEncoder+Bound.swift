import CStorageKernels

/// BOUND_QT's codes: a multiplication and an addition per value, without a table.
extension ChunkEncoder {
  /// As `encode(_:rowStride:chunk:into:extrema:)`. Refuses a chunk with a value beyond the codes of its grid, NaN and infinities among them.
  func encodeBounded(
    _ values: UnsafePointer<Float>, rowStride: Int, chunk: CodedChunk, into target: UnsafeMutablePointer<UInt8>,
    extrema: inout EncodedExtrema
  ) -> Bool {
    let (books, width) = (quantizer.books(of: chunk.columns), chunk.columns.count)
    guard books.count > 1 else {
      let grid = quantizer.grids[books.lowerBound]
      let isOne = rowStride == width || width == 1 && rowStride == 1
      var range = mistique_quantize_range(lowest: .max, highest: 0)
      for line in 0..<(isOne ? 1 : chunk.rows) {
        mistique_bound_codes(
          values + line * rowStride, isOne ? chunk.rows * width : width, grid.perStep, grid.shift, target + line * width, &range)
      }
      let (least, most) = (Float(orderKey: range.lowest), Float(orderKey: range.highest))
      guard grid.covers(least, most) else { return false }
      extrema.include(Double(least), Double(most), book: books.lowerBound)
      return true
    }
    let grids = chunk.columns.map { quantizer.grids[quantizer.book(of: $0)] }
    var ranges = [mistique_quantize_range](repeating: mistique_quantize_range(lowest: .max, highest: 0), count: width)
    mistique_bound_codes_by_column(values, chunk.rows, width, rowStride, grids.map(\.perStep), grids.map(\.shift), target, &ranges)
    let ends = ranges.map { (least: Float(orderKey: $0.lowest), most: Float(orderKey: $0.highest)) }
    guard zip(grids, ends).allSatisfy({ $0.covers($1.least, $1.most) }) else { return false }
    for (column, ends) in zip(chunk.columns, ends) {
      extrema.include(Double(ends.least), Double(ends.most), book: quantizer.book(of: column))
    }
    return true
  }

  /// As `encode(_:count:into:extrema:)`.
  func encodeBounded(
    _ values: UnsafePointer<Double>, count: Int, into target: UnsafeMutablePointer<UInt8>, extrema: inout EncodedExtrema
  ) -> Bool {
    guard count > 0 else { return true }
    let grid = quantizer.grids[0]
    var range: [UInt64] = [.max, 0]
    let perStep = grid.step > 0 ? 1 / grid.step : 0
    mistique_bound_codes_double(values, count, perStep, 0x1.8p52 - Double(grid.lowest), target, &range)
    let (least, most) = (Double(orderKey: range[0]), Double(orderKey: range[1]))
    guard grid.covers(least, most) else { return false }
    extrema.include(least, most, book: 0)
    return true
  }
}
