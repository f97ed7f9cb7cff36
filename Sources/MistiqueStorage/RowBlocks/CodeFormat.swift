/// How the codes of one chunk lie in memory, before compression.
///
///     float32, float64, float16   rows x width values, row-major, little endian
///     bits(k), width > 1          each row packed, starting on a byte: value i in bits i*k ..< (i+1)*k, least significant first
///     bits(k), width = 1          the chunk's rows packed one after the other, as if they were one row
package enum CodeFormat: Sendable, Hashable {
  case float32
  case float64
  case float16
  /// 1 to 8 bits per value.
  case bits(Int)

  /// Bits of one value.
  package var bitsPerValue: Int {
    switch self {
    case .float32: 32
    case .float64: 64
    case .float16: 16
    case .bits(let bits): bits
    }
  }

  /// Bytes of one row of `width` values; `nil` where rows do not start on a byte, so that a chunk cannot be cut between them.
  package func bytesPerRow(width: Int) -> Int? {
    if width == 1, bitsPerValue < 8 { return nil }
    return (width * bitsPerValue + 7) / 8
  }

  /// Bytes of a chunk of `rows` x `width` values.
  package func byteCount(rows: Int, width: Int) -> Int { bytesPerRow(width: width).map { rows * $0 } ?? (rows * bitsPerValue + 7) / 8 }
}

/// Which values of an intermediate a chunk of codes holds.
package struct CodedChunk: Sendable, Hashable {
  package let rows: Int
  /// Places in the intermediate, which decide the codebook of a value.
  package let columns: Range<Int>

  package init(rows: Int, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }

  package var all: Part { part(rows: 0..<rows, columns: columns) }

  /// Rows of the chunk, and columns given as places in the intermediate, to be read from it.
  package func part(rows: Range<Int>, columns: Range<Int>) -> Part {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "rows \(rows) are outside a chunk of \(self.rows)")
    precondition(
      columns.lowerBound >= self.columns.lowerBound && columns.upperBound <= self.columns.upperBound,
      "columns \(columns) are outside a chunk of \(self.columns)")
    return Part(chunk: self, rows: rows, columns: columns)
  }

  package struct Part: Sendable, Hashable {
    package let chunk: CodedChunk
    package let rows: Range<Int>
    package let columns: Range<Int>
  }
}
