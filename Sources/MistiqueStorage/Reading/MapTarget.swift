import Glibc

/// How a matrix lies in the caller's memory.
package enum MatrixLayout: Sendable {
  /// Row after row: value (r, c) is at r x columns + c.
  case rowMajor
  /// Column after column: value (r, c) is at c x rows + r.
  case columnMajor
}

/// The caller's matrix, written to by several threads at disjoint places.
struct MapTarget<Element>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let columns: [Range<Int>]
  let width: Int
  let rows: RowSelection
  /// Rows of the answer.
  let count: Int
  let layout: MatrixLayout

  init(_ output: UnsafeMutableBufferPointer<Element>, _ plan: ReadPlan, layout: MatrixLayout) {
    width = plan.width
    count = plan.rowCount
    precondition(output.count == count * width, "the output has not the size of the answer")
    start = output.baseAddress ?? UnsafeMutablePointer(bitPattern: 64)!  // of an empty answer, never written to
    columns = plan.columns
    rows = plan.rows
    self.layout = layout
  }

  /// Whether the answer is larger than the processor's caches, so that nothing of it is still there when it is read.
  var isLarge: Bool { count * width * MemoryLayout<Element>.stride > 32 << 20 }

  /// Where the frame lies in the answer as it is, so that it can be decoded there: one span of plain values, asked for as a whole.
  func placeInAnswer(of request: FrameRequest, columns span: Range<Int>) -> UnsafeMutableRawBufferPointer? {
    let piece = request.first
    guard request.others.isEmpty, piece.bytes == request.rawBytes, piece.type == .values(.float32), layout == .rowMajor || width == 1,
      columns.count == 1, columns[0] == span
    else { return nil }
    let places = rows.places(in: piece.rows)
    guard places.count == piece.rows.count else { return nil }
    return UnsafeMutableRawBufferPointer(start: start + places.lowerBound * width, count: piece.bytes)
  }

  /// One part of a piece that is asked for: consecutive rows and columns of it, and where they go.
  struct Part {
    /// Rows of the intermediate.
    let rows: Range<Int>
    /// Columns of the intermediate.
    let columns: Range<Int>
    /// The row and the column of the answer where it begins.
    let row: Int
    let column: Int
  }

  /// Calls `body` with the asked parts of a piece, row-major with the stride of a row, to be filled with values.
  ///
  /// For a row-major answer that is the answer itself; for a column-major one a scratch that is transposed afterwards.
  func fill(
    _ piece: FrameRequest.Piece, columns span: Range<Int>,
    _ body: (Part, _ target: UnsafeMutablePointer<Element>, _ rowStride: Int) throws -> Void
  ) rethrows {
    var column = 0
    for asked in columns {
      defer { column += asked.count }
      let common = asked.clamped(to: span)
      guard !common.isEmpty else { continue }
      let first = column + common.lowerBound - asked.lowerBound
      for (place, rows) in consecutive(piece.rows) {
        let part = Part(rows: rows, columns: common, row: place, column: first)
        switch layout {
        case .rowMajor: try body(part, start + place * width + first, width)
        case .columnMajor:
          try withUnsafeTemporaryAllocation(of: Element.self, capacity: rows.count * common.count) { scratch in
            try body(part, scratch.baseAddress!, common.count)
            for index in 0..<common.count {
              let target = start + (first + index) * count + place
              for row in 0..<rows.count { target[row] = scratch[row * common.count + index] }
            }
          }
        }
      }
    }
  }

  /// The asked rows of `range` as spans of consecutive ones, each with its place in the answer.
  private func consecutive(_ range: Range<Int>) -> [(place: Int, rows: Range<Int>)] {
    let places = rows.places(in: range)
    guard case .positions = rows else { return places.isEmpty ? [] : [(places.lowerBound, range)] }
    var spans: [(place: Int, rows: Range<Int>)] = []
    for place in places {
      let row = rows.row(at: place)
      if let last = spans.last, last.rows.upperBound == row {
        spans[spans.count - 1].rows = last.rows.lowerBound..<row + 1
      } else {
        spans.append((place, row..<row + 1))
      }
    }
    return spans
  }
}
