/// The intervals that codes or lower-precision values stand for, as tables where there are codes.
struct StoredBounds: Sendable {
  private let quantizer: FittedQuantizer
  /// By codebook and code; empty without codebooks.
  private let lower: [Float]
  private let upper: [Float]
  private let codesPerBook: Int

  init(_ entry: CodebookRecord.Entry) {
    let quantizer = entry.quantizer
    self.quantizer = quantizer
    guard case .bits(let bits) = quantizer.codeFormat else {
      (lower, upper, codesPerBook) = ([], [], 0)
      return
    }
    codesPerBook = 1 << bits
    var (lower, upper): ([Float], [Float]) = ([], [])
    for book in 0..<quantizer.bookCount {
      for code in 0..<codesPerBook {
        let bounds = quantizer.bounds(ofCode: UInt8(code), column: book * quantizer.columnsPerBook, extrema: entry.extrema)
        lower.append(Self.rounded(bounds.lowerBound, down: true))
        upper.append(Self.rounded(bounds.upperBound, down: false))
      }
    }
    (self.lower, self.upper) = (lower, upper)
  }

  /// Complexity: O(values of the part).
  func fill(
    _ codes: UnsafeRawPointer, _ part: CodedChunk.Part, lower: UnsafeMutablePointer<Float>, upper: UnsafeMutablePointer<Float>,
    rowStride: Int
  ) {
    let width = part.columns.count
    guard codesPerBook > 0 else {
      quantizer.decode(codes, part, into: lower, rowStride: rowStride)
      for row in 0..<part.rows.count {
        for place in row * rowStride..<row * rowStride + width {
          let bounds = quantizer.bounds(ofValue: Double(lower[place]))
          lower[place] = bounds.map { Self.rounded($0.lowerBound, down: true) } ?? .nan
          upper[place] = bounds.map { Self.rounded($0.upperBound, down: false) } ?? .nan
        }
      }
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: part.rows.count * width) { unpacked in
      quantizer.unpackCodes(codes, part, into: unpacked.baseAddress!, rowStride: width)
      for row in 0..<part.rows.count {
        for (column, book) in zip(0..<width, part.columns.lazy.map(quantizer.book)) {
          let entry = book * codesPerBook + Int(unpacked[row * width + column])
          lower[row * rowStride + column] = self.lower[entry]
          upper[row * rowStride + column] = self.upper[entry]
        }
      }
    }
  }

  /// Makes intervals of `rows` rows of values that are stored in the column's own type, at `lower`: wider by what a bounded scheme rounded them by, else
  /// the values themselves.
  func widen(rows: Int, columns: Range<Int>, lower: UnsafeMutablePointer<Float>, upper: UnsafeMutablePointer<Float>, rowStride: Int) {
    for row in 0..<rows {
      for (place, column) in columns.enumerated() {
        let place = row * rowStride + place
        let value = lower[place]
        upper[place] = value
        guard quantizer.rounds, let bounds = quantizer.bounds(ofRounded: Double(value), column: column) else { continue }
        lower[place] = Self.rounded(bounds.lowerBound, down: true)
        upper[place] = Self.rounded(bounds.upperBound, down: false)
      }
    }
  }

  /// BOUND_QT and ladders: the largest error, of all codebooks; `nil` for other schemes.
  var error: Double? { quantizer.largestError }

  /// Makes intervals of values that err by at most `error`. Of those that are exact, because their frame had no base, they are wider than need be.
  static func widen(
    by error: Double, rows: Int, columns: Int, lower: UnsafeMutablePointer<Float>, upper: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    for row in 0..<rows {
      for place in row * rowStride..<row * rowStride + columns {
        let value = Double(lower[place])
        lower[place] = rounded((value - error).nextDown, down: true)
        upper[place] = rounded((value + error).nextUp, down: false)
      }
    }
  }

  private static func rounded(_ value: Double, down: Bool) -> Float { ChunkStatistics.rounded(value, down: down) }
}
