import CStorageKernels
import TestSupport
import Testing

/// The look-up of values by codes against a loop over them.
@Suite struct LookupTests {
  /// Codes of some rows in pieces, each with a stride of its own, and a table of any bits.
  private struct Case: CustomStringConvertible {
    let widths: [Int]
    let strides: [Int]
    let rows: Int
    let targetStride: Int
    /// Values before the first one, so that rows begin at any place in a cache line.
    let shift: Int
    let streams: Bool
    let codes: [[UInt8]]
    let table: [Float]

    var description: String { "widths \(widths), strides \(strides), \(rows) rows \(targetStride) apart from \(shift), streams \(streams)" }

    init(_ random: inout SeededRandom) {
      let pieces = [1, 1, 2, 3, 17, 64].randomElement(using: &random)!
      let regular = [1, 7, 16, 64, 100].randomElement(using: &random)!
      widths = (0..<pieces).map { _ in random.next() % 3 == 0 ? Int(random.next() % 64) : pieces == 1 ? regular * 9 : min(regular, 64) }
      let isDense = random.next() % 2 == 0
      strides = widths.map { isDense ? $0 : $0 + Int(random.next() % 40) }
      rows = [0, 1, 2, 5, 33, 120].randomElement(using: &random)!
      targetStride = widths.reduce(0, +) + (isDense ? 0 : Int(random.next() % 50))
      shift = Int(random.next() % 20)
      streams = random.next() % 2 == 0
      let rows = rows
      // Exactly as long as they must be, so that a sanitizer sees a read past them.
      codes = zip(widths, strides).map { width, stride in
        (0..<(rows == 0 ? 0 : (rows - 1) * stride + width)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      }
      table = (0..<256).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    }

    /// What lies in the target before: it must stay between rows.
    static let untouched = Float(bitPattern: 0x7fa1_b2c3)

    var expected: [UInt32] {
      var target = [UInt32](repeating: Self.untouched.bitPattern, count: shift + rows * targetStride)
      for row in 0..<rows {
        var place = shift + row * targetStride
        for (piece, width) in widths.enumerated() {
          for column in 0..<width {
            target[place] = table[Int(codes[piece][row * strides[piece] + column])].bitPattern
            place += 1
          }
        }
      }
      return target
    }

    typealias Kernel = (UnsafePointer<mistique_lookup_piece>?, Int, Int, UnsafePointer<Float>?, Int32, Int, UnsafeMutablePointer<Float>?) ->
      Void

    func result(of kernel: Kernel) -> [UInt32] {
      let start = widths.indices.map { codes[..<$0].reduce(0) { $0 + $1.count } }
      var target = [Float](repeating: Self.untouched, count: shift + rows * targetStride)
      codes.flatMap { $0 }.withUnsafeBufferPointer { codes in
        target.withUnsafeMutableBufferPointer { target in
          withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { nothing in
            let base = codes.baseAddress ?? UnsafePointer(nothing.baseAddress!)
            let pieces = widths.indices.map { mistique_lookup_piece(codes: base + start[$0], stride: strides[$0], width: widths[$0]) }
            kernel(pieces, pieces.count, rows, table, streams ? 1 : 0, targetStride, target.baseAddress.map { $0 + shift })
          }
        }
      }
      return target.map(\.bitPattern)
    }
  }

  @Test("Every value has the bits that the table has for its code, and nothing else is written", arguments: 0..<8)
  func anyRows(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<60 {
      let some = Case(&random)
      let expected = some.expected
      #expect(some.result(of: mistique_lookup_rows) == expected, "\(some), seed \(seed)")
      #expect(some.result(of: mistique_lookup_rows_plain) == expected, "\(some), seed \(seed), plain")
    }
  }

  @Test("The widest row that pieces may have together")
  func widestRow() {
    var random = SeededRandom(seed: 9)
    let codes = (0..<3 * MISTIQUE_LOOKUP_COLUMNS).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let table = (0..<256).map { Float($0) }
    var target = [Float](repeating: -1, count: codes.count)
    let half = MISTIQUE_LOOKUP_COLUMNS / 2
    codes.withUnsafeBufferPointer { codes in
      let pieces = [0, half].map {
        mistique_lookup_piece(codes: codes.baseAddress! + $0, stride: MISTIQUE_LOOKUP_COLUMNS, width: half)
      }
      mistique_lookup_rows(pieces, 2, 3, table, 0, MISTIQUE_LOOKUP_COLUMNS, &target)
    }
    #expect(target == codes.map { Float($0) })
  }
}
