import CStorageKernels

/// Finds the bins of float32 values: the form of a codebook that quantizing works with.
///
/// With one codebook a value takes two loads: the upper bits of its order key choose a cell, the cell has the bin at its start, and one
/// comparison with that bin's upper edge makes it exact. The cells cover the keys between the first and the last edge, in as few of
/// 2^12 ... 2^18 cells as leave at most one edge in each; where even the most do not suffice, as with clusters far apart, a
/// few more comparisons follow. Edges are therefore never rounded: a codebook's bins are the quantiles that were fitted.
///
/// With several codebooks the tables would not stay in the cache, and every value takes `bits` comparisons without a branch.
struct BinSearch: Sendable {
  private let bits: Int
  private let columnsPerBook: Int
  private let edges: [UInt32]
  private let cells: [UInt8]
  private let base: UInt32
  private let top: UInt32
  private let shift: UInt32
  private let steps: UInt32

  init(_ books: Codebooks<Float>, columnsPerBook: Int) {
    bits = books.bits
    self.columnsPerBook = columnsPerBook
    let keys = books.edgeKeys(0..<books.count)
    guard books.count == 1 else {
      edges = keys
      (cells, base, top, shift, steps) = ([], 0, 0, 0, UInt32(books.bits))
      return
    }
    // A search from the last bin looks up to 2^(steps - 1) places on.
    edges = keys + repeatElement(.max, count: max(1, books.stride / 2))
    let inner = keys.dropFirst().prefix(while: { $0 < .max })
    guard let first = inner.first, let last = inner.last else {
      (cells, base, top, shift, steps) = ([0], 0, 0, 0, 1)
      return
    }
    // One below the first edge, so that everything below it falls into a cell that starts in bin 0.
    let start = first - 1
    let keyBits = UInt32.bitWidth - (last - start).leadingZeroBitCount
    let shifts = (12...18).map { cellBits in UInt32(max(0, keyBits - cellBits)) }
    let chosen = shifts.first { Self.mostEdgesInACell(inner, start, $0) == 1 } ?? shifts[shifts.count - 1]
    (base, top, shift) = (start, last, chosen)
    steps = UInt32(UInt.bitWidth - Self.mostEdgesInACell(inner, start, chosen).leadingZeroBitCount)
    cells = Self.cells(inner, base: start, top: last, shift: chosen)
  }

  private static func mostEdgesInACell(_ edges: ArraySlice<UInt32>, _ base: UInt32, _ shift: UInt32) -> Int {
    var (most, inCell, cell) = (0, 0, UInt32.max)
    for edge in edges {
      let next = (edge - base) >> shift
      inCell = next == cell ? inCell + 1 : 1
      cell = next
      most = max(most, inCell)
    }
    return most
  }

  /// For each cell the number of edges before its start.
  private static func cells(_ edges: ArraySlice<UInt32>, base: UInt32, top: UInt32, shift: UInt32) -> [UInt8] {
    let count = Int((top - base) >> shift) + 1
    var cells: [UInt8] = []
    cells.reserveCapacity(count)
    for (before, edge) in edges.enumerated() {
      // Up to and including the cell the edge lies in; an edge at the very start of a cell is found by the comparison.
      let end = Int((edge - base) >> shift) + 1
      if end > cells.count { cells.append(contentsOf: repeatElement(UInt8(before), count: end - cells.count)) }
    }
    return cells
  }

  /// Writes the bin of each value to `codes`, one byte per value.
  ///
  /// The values are those of columns `column`, `column + 1` ... of the intermediate, or all of `column` where `isOneColumn`. `ranges` has
  /// an entry for every codebook they are served by. Returns false, with `codes` and `ranges` unusable, if there is a NaN.
  func find(
    _ values: UnsafeBufferPointer<Float>, column: Int, isOneColumn: Bool, codes: UnsafeMutablePointer<UInt8>,
    ranges: UnsafeMutablePointer<mistique_quantize_range>
  ) -> Bool {
    edges.withUnsafeBufferPointer { edges in
      if cells.isEmpty {
        return mistique_quantize_bins_by_book(
          values.baseAddress, values.count, edges.baseAddress! + (column / columnsPerBook) << bits, UInt32(bits),
          isOneColumn ? 0 : column % columnsPerBook, isOneColumn ? max(1, values.count) : columnsPerBook, codes, ranges) != 0
      }
      return cells.withUnsafeBufferPointer { cells in
        var search = mistique_quantize_search(
          cells: cells.baseAddress, base: base, top: top, shift: shift, steps: steps, edges: edges.baseAddress)
        return mistique_quantize_bins(values.baseAddress, values.count, &search, codes, ranges) != 0
      }
    }
  }
}
