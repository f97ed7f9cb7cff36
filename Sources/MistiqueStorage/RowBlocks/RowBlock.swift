import Glibc

/// A RowBlock of a network's intermediate while it is being filled (paper section 2): consecutive rows of all its columns, which are stored as one
/// ColumnChunk per span of columns.
///
/// Its memory holds span after span, each with room for all its rows, so that every chunk is a part of it as it lies.
struct RowBlock {
  let schema: IntermediateSchema
  let spans: [ColumnSpan]
  /// Rows that fit.
  let capacity: Int
  let buffer: ByteBuffer
  private(set) var rows = 0

  init(_ schema: IntermediateSchema, spans: [ColumnSpan], capacity: Int) {
    self.schema = schema
    self.spans = spans
    self.capacity = capacity
    buffer = ByteBuffer(count: capacity * schema.columnCount * 4)
  }

  var isFull: Bool { rows == capacity }

  /// Forgets its rows; its memory is filled again.
  mutating func empty() { rows = 0 }

  /// The values of `span`, rows x its columns, row-major.
  func values(of span: ColumnSpan) -> BufferSlice {
    BufferSlice(buffer, offset: span.columns.lowerBound * capacity * 4, count: span.columns.count * rows * 4)
  }

  /// Appends rows `range` of `values`, row-major, each row in `order`. There is room for them.
  mutating func append(_ values: UnsafeBufferPointer<Float>, rows range: Range<Int>, order: MapOrder) {
    precondition(range.count <= capacity - rows, "a RowBlock of \(capacity) rows has no room for \(range.count) more than \(rows)")
    if order == .channelMajor { copy(values, range) } else { copyTurned(values, range, order) }
    rows += range.count
  }

  private func copy(_ values: UnsafeBufferPointer<Float>, _ range: Range<Int>) {
    guard let source = values.baseAddress else { return }
    let width = schema.columnCount
    for span in spans {
      let spanBytes = span.columns.count * 4
      let start = span.columns.lowerBound * capacity * 4 + rows * spanBytes
      buffer.withMutableBytes(start..<start + range.count * spanBytes) { bytes in
        var target = bytes.baseAddress!
        for row in range {
          memcpy(target, source + row * width + span.columns.lowerBound, spanBytes)
          target += spanBytes
        }
      }
    }
  }

  /// Turns one row after the other into channel-major order on the way: a row fits the second-level cache.
  private func copyTurned(_ values: UnsafeBufferPointer<Float>, _ range: Range<Int>, _ order: MapOrder) {
    guard let source = values.baseAddress else { return }
    let width = schema.columnCount
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { turned in
      for (place, row) in range.enumerated() {
        order.bringRow(source + row * width, of: schema, into: turned.baseAddress!)
        for span in spans {
          let spanBytes = span.columns.count * 4
          let start = span.columns.lowerBound * capacity * 4 + (rows + place) * spanBytes
          buffer.withMutableBytes(start..<start + spanBytes) {
            _ = memcpy($0.baseAddress!, turned.baseAddress! + span.columns.lowerBound, spanBytes)
          }
        }
      }
    }
  }

  /// Its values as rows again, row-major, with NaN in the place of the spans in `leftOut`.
  func withRows<Result>(leavingOut leftOut: [Int], _ body: (UnsafePointer<Float>) throws -> Result) rethrows -> Result {
    let width = schema.columnCount
    let whole = ByteBuffer(count: rows * width * 4)
    return try whole.withMutableBytes { target in
      buffer.withBytes { source in
        for (place, span) in spans.enumerated() {
          let spanBytes = span.columns.count * 4
          let isLeftOut = leftOut.contains(place)
          for row in 0..<rows {
            let to = target.baseAddress! + (row * width + span.columns.lowerBound) * 4
            guard !isLeftOut else {
              to.assumingMemoryBound(to: Float.self).update(repeating: .nan, count: span.columns.count)
              continue
            }
            memcpy(to, source.baseAddress! + span.columns.lowerBound * capacity * 4 + row * spanBytes, spanBytes)
          }
        }
      }
      return try body(UnsafePointer(target.baseAddress!.assumingMemoryBound(to: Float.self)))
    }
  }
}
