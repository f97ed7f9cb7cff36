import TestSupport
import Testing

@testable import MistiqueStorage

/// Whole rows under 8BIT against bins that are searched value by value.
@Suite struct ByteCodeRowsTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let channels: Int, height: Int, width: Int, rows: Int
    var schema: IntermediateSchema { .maps(channels: channels, height: height, width: width) }
    var testDescription: String { "\(rows) rows of \(channels) x \(height) x \(width)" }
  }

  static let shapes = [
    Shape(channels: 3, height: 32, width: 32, rows: 70), Shape(channels: 40, height: 4, width: 4, rows: 230),
    Shape(channels: 37, height: 2, width: 2, rows: 130), Shape(channels: 70, height: 1, width: 1, rows: 300),
    Shape(channels: 5, height: 7, width: 3, rows: 99), Shape(channels: 10, height: 1, width: 1, rows: 1),
    Shape(channels: 1, height: 1, width: 1, rows: 5), Shape(channels: 16, height: 4, width: 4, rows: 0),
    Shape(channels: 300, height: 4, width: 4, rows: 40),
  ]

  /// Values that quantizers find hard, and some that have no code.
  private static func values(_ count: Int, seed: UInt64) -> [(name: String, values: [Float])] {
    var random = SeededRandom(seed: seed)
    var all = HardValues.all(count, seed: seed)
    var some = random.activations(count)
    for place in stride(from: 40, to: count, by: 2_003) { some[place] = .nan }
    all.append(("activations with NaN", some))
    all.append(("NaN only", [Float](repeating: .nan, count: count)))
    return all
  }

  @Test("Adjacent columns of all rows are what their codes stand for, and values without a code are what they were", arguments: shapes)
  func wholeRows(shape: Shape) throws {
    let width = shape.schema.columnCount
    var random = SeededRandom(seed: 77)
    for (name, values) in Self.values(shape.rows * width, seed: 31) {
      let fixture = try StoreFixture {
        $0.rowsPerBlock = 64
        $0.layout.slicedFrameBytes = name == "normal" ? 512 : 64 << 10
      }
      let commit = try fixture.write(values, schema: shape.schema, writer: try fixture.writer(), scheme: .kbit(8))
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      let expected = Self.oracle(values, shape, rowsPerBlock: 64, try fixture.store.quantizer(of: manifest))
      for round in 0..<4 {
        let first = round == 0 ? 0 : Int.random(in: 0..<width, using: &random)
        let columns = first..<(round == 0 ? width : Int.random(in: first + 1...width, using: &random))
        let counters = ReadCounters()
        let read = try fixture.read(manifest, [columns], .all, counters: counters)
        let estimate = try fixture.store.plan(manifest, columns: [columns], rows: .all).estimate
        #expect(counters.framesDecoded == estimate.frames && counters.bytesDecoded == estimate.rawBytes, "\(name), columns \(columns)")
        let wanted = (0..<shape.rows).flatMap { row in columns.map { expected[row * width + $0] } }
        #expect(read.withValues { $0.map(\.bitPattern) } == wanted, "\(name), columns \(columns)")
      }
    }
  }

  /// What reading must give, bit for bit: by bins, whose edges are compared one after the other.
  private static func oracle(_ values: [Float], _ shape: Shape, rowsPerBlock: Int, _ quantizer: FittedQuantizer?) -> [UInt32] {
    guard let quantizer, case .float32(let books) = quantizer.books else { return values.map(\.bitPattern) }
    let bins = books[0]
    var result = values.map { value in bins.representatives[bins.edges.prefix { $0 <= value }.count].bitPattern }
    let width = shape.schema.columnCount
    for span in shape.schema.spans.map(\.columns) {
      for block in stride(from: 0, to: shape.rows, by: rowsPerBlock) {
        let places = (block..<min(block + rowsPerBlock, shape.rows)).flatMap { row in span.map { row * width + $0 } }
        guard places.contains(where: { values[$0].isNaN }) else { continue }
        for place in places { result[place] = values[place].bitPattern }
      }
    }
    return result
  }
}
