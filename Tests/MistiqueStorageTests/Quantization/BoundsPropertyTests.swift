import TestSupport
import Testing

@testable import MistiqueStorage

/// What is read of a quantized intermediate, against what was logged.
@Suite struct BoundsPropertyTests {
  static let schemes: [QuantizationScheme] = [
    .none, .lp16, .kbit(1), .kbit(2), .kbit(3), .kbit(8), .kbit(2, per: .channel), .kbit(4, per: .column), .threshold(0), .threshold(0.5),
    .threshold(0.995, per: .channel), .threshold(0.3, per: .column), .bound(.relative(0.1)), .bound(.absolute(1), per: .channel),
    .bound(.absolute(0.01), per: .column), .bound(.relative(1e-5)),
  ]

  /// Values of every kind that quantizers find hard; whole RowBlocks of some.
  private static func value(_ kind: Int, _ random: inout SeededRandom) -> Float {
    switch kind {
    case 0: .nan
    case 1: .infinity
    case 2:
      [-Float.infinity, .infinity, .nan, 0, -0.0, 1e-45, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 65504, 65520]
        .randomElement(using: &random)!
    case 3: 0
    case 4: Float(Int.random(in: 0..<3, using: &random)) * 100
    default: Float(random.unit() * 4 - 2)
    }
  }

  @Test("A value read from maps lies within its bounds, and so does the value logged", arguments: schemes)
  func maps(scheme: QuantizationScheme) throws {
    for seed in UInt64(0)..<60 {
      var random = SeededRandom(seed: seed)
      let rowsPerBlock = Int.random(in: 1...6, using: &random)
      let rows = Int.random(in: 1...30, using: &random)
      let schema = IntermediateSchema.maps(
        channels: Int.random(in: 1...3, using: &random), height: Int.random(in: 1...2, using: &random), width: 1)
      let width = schema.columnCount
      var values: [Float] = []
      for block in stride(from: 0, to: rows, by: rowsPerBlock) {
        let kinds = random.unit() < 0.5 ? [Int.random(in: 0...5, using: &random)] : [2, 3, 4, 5, 5]
        for _ in 0..<min(rowsPerBlock, rows - block) * width { values.append(Self.value(kinds.randomElement(using: &random)!, &random)) }
      }
      let fixture = try StoreFixture { $0.rowsPerBlock = rowsPerBlock }
      let commit = try fixture.write(
        values, schema: schema, writer: try fixture.writer(), scheme: scheme, piece: 1 + Int(random.next() % 7))
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      // A pattern that is no answer: what is not written shows.
      let pattern = Float(bitPattern: 0x7FAB_CDEF)
      var (read, lower, upper) = (values.map { _ in pattern }, values.map { _ in pattern }, values.map { _ in pattern })
      try read.withUnsafeMutableBufferPointer {
        try fixture.store.readMaps(manifest, columns: [0..<width], rows: .all, into: $0, counters: ReadCounters())
      }
      try lower.withUnsafeMutableBufferPointer { lower in
        try upper.withUnsafeMutableBufferPointer { upper in
          try fixture.store.readBounds(
            fixture.store.plan(manifest, columns: [0..<width], rows: .all), into: (lower, upper), counters: ReadCounters())
        }
      }
      for place in values.indices {
        let what = "\(scheme), seed \(seed), place \(place) of \(rows) x \(width), \(rowsPerBlock) rows per block"
        for answer in [read[place], lower[place], upper[place]] { #expect(answer.bitPattern != pattern.bitPattern, "\(what): not written") }
        guard !values[place].isNaN else {
          #expect(read[place].isNaN && lower[place].isNaN && upper[place].isNaN, "\(what)")
          continue
        }
        #expect(
          lower[place] <= values[place] && values[place] <= upper[place], "\(what): \(values[place]) in \(lower[place])...\(upper[place])")
        #expect(
          lower[place] <= read[place] && read[place] <= upper[place], "\(what): read \(read[place]) in \(lower[place])...\(upper[place])")
        if scheme == .none { #expect(read[place].bitPattern == values[place].bitPattern, "\(what)") }
      }
    }
  }

  @Test("A value read from named columns lies within its bounds, and so does the value logged", arguments: schemes)
  func columns(scheme: QuantizationScheme) throws {
    for seed in UInt64(0)..<60 {
      var random = SeededRandom(seed: seed)
      let rowsPerBlock = Int.random(in: 1...6, using: &random)
      let rows = Int.random(in: 1...30, using: &random)
      let kinds = random.unit() < 0.5 ? [2, 3, 5] : [0, 4, 5, 5, 5]
      let doubles = (0..<rows).map { _ -> Double in
        if random.unit() < 0.1 { return [1.7e308, -1.7e308, 5e-324].randomElement(using: &random)! }
        return Double(Self.value(kinds.randomElement(using: &random)!, &random))
      }
      var validity = Validity(count: rows, present: true)
      for row in 0..<rows where random.unit() < 0.2 { validity[row] = false }
      let frame = DataFrame(
        rowIDs: .first(rows),
        columns: [
          ("d", Column(.float64(doubles), validity: validity)), ("f", Column(.float32(doubles.map(Float.init)), validity: validity)),
        ])
      let fixture = try StoreFixture { $0.rowsPerBlock = rowsPerBlock }
      let manifest = try fixture.store.manifest(fixture.write(frame, writer: try fixture.writer(), scheme: scheme).intermediates[0])
      func read(_ end: IntervalEnd?) throws -> [Column] {
        try fixture.store.readColumns(manifest, columns: [0, 1], rows: .all, end: end, counters: ReadCounters())
      }
      let (values, lower, upper) = (try read(nil), try read(.lower), try read(.upper))
      for column in 0..<2 {
        let (logged, read) = (frame.columns[column].doubles!, values[column].doubles!)
        let (low, high) = (lower[column].doubles!, upper[column].doubles!)
        for row in 0..<rows {
          let what = "\(scheme), seed \(seed), column \(column), row \(row) of \(rows), \(rowsPerBlock) rows per block"
          #expect(values[column].isPresent(row) == validity[row])
          guard !logged[row].isNaN else {
            #expect(read[row].isNaN && low[row].isNaN && high[row].isNaN, "\(what)")
            continue
          }
          #expect(low[row] <= logged[row] && logged[row] <= high[row], "\(what): \(logged[row]) in \(low[row])...\(high[row])")
          #expect(low[row] <= read[row] && read[row] <= high[row], "\(what): read \(read[row]) in \(low[row])...\(high[row])")
        }
      }
    }
  }

  @Test("Blocks that are stored in full have no say in what codes stand for")
  func blocksInFull() throws {
    func read(_ values: [Float], _ rowsPerBlock: Int, _ scheme: QuantizationScheme) throws -> [Float] {
      let fixture = try StoreFixture { $0.rowsPerBlock = rowsPerBlock }
      let schema = IntermediateSchema.maps(channels: 1, height: 1, width: 1)
      let commit = try fixture.write(values, schema: schema, writer: try fixture.writer(), scheme: scheme)
      return try fixture.read(fixture.store.manifest(commit.intermediates[0]), [0..<1], .all).column(0)
    }
    #expect(try read([.nan, .nan, .nan, .nan, 100, 150, 200], 4, .kbit(8)).suffix(3) == [100, 150, 200])
    #expect(try read([.nan, .nan, .nan, .nan, 100, 150, 200], 4, .threshold(0.5)).suffix(3) == [125, 125, 200])
    #expect(try read([.nan, 8, 1, 2], 2, .kbit(1)).suffix(3) == [8, 1, 2])
    #expect(try read([.infinity], 4, .kbit(8)) == [.infinity])
    #expect(try read([-1, 0, 0, 0, 0, 0, 0, 0, 0, 5], 10, .kbit(1)) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 5])
  }

  @Test("Doubles whose difference is more than a Double holds are quantized all the same")
  func farApart() throws {
    for scheme in [QuantizationScheme.threshold(0), .threshold(0.5), .threshold(0.9), .kbit(1), .kbit(8)] {
      let frame = DataFrame(rowIDs: .first(2), columns: [("d", Column(.float64([-1.7e308, 1.7e308])))])
      let fixture = try StoreFixture()
      let manifest = try fixture.store.manifest(fixture.write(frame, writer: try fixture.writer(), scheme: scheme).intermediates[0])
      let read = try fixture.store.readColumns(manifest, columns: [0], rows: .all, counters: ReadCounters())[0].doubles!
      #expect(read == [-1.7e308, 1.7e308], "\(scheme)")
    }
  }
}
