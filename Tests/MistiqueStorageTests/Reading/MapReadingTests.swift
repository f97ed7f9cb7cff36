import MistiqueStorage
import TestSupport
import Testing

@Suite struct MapReadingTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let channels: Int, height: Int, width: Int, rows: Int
    var schema: IntermediateSchema { .maps(channels: channels, height: height, width: width) }
    var testDescription: String { "\(rows) rows of \(channels) x \(height) x \(width)" }
  }

  static let shapes = [
    Shape(channels: 3, height: 32, width: 32, rows: 150), Shape(channels: 70, height: 1, width: 1, rows: 2100),
    Shape(channels: 5, height: 2, width: 3, rows: 999), Shape(channels: 1, height: 1, width: 1, rows: 1),
    Shape(channels: 16, height: 4, width: 4, rows: 0), Shape(channels: 2, height: 1, width: 65_536 / 2, rows: 40),
  ]

  @Test("Any columns of any rows of maps are the values that were written", arguments: shapes)
  func anySubset(shape: Shape) throws {
    let fixture = try StoreFixture { $0.largestBlockBytes = 4 << 20 }
    let width = shape.schema.columnCount
    let values = activations(shape.rows * width, seed: 5)
    let commit = try fixture.write(values, schema: shape.schema, writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    var random = SeededRandom(seed: 6)
    for round in 0..<12 {
      let columns = round == 0 ? [0..<width] : Self.randomRanges(width, &random)
      let rows = round < 2 ? RowSelection.all : .positions((0..<shape.rows).filter { _ in random.next() % 9 == 0 })
      let matrix = try fixture.read(manifest, columns, rows)
      var expected: [Float] = []
      let places: [Int]
      if case .positions(let some) = rows { places = some } else { places = Array(0..<shape.rows) }
      for row in places {
        for range in columns { expected.append(contentsOf: values[row * width + range.lowerBound..<row * width + range.upperBound]) }
      }
      #expect(matrix.withValues { Array($0) } == expected, "round \(round)")
    }
  }

  private static func randomRanges(_ width: Int, _ random: inout SeededRandom) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var position = 0
    while position < width, ranges.count < 5 {
      let start = Int.random(in: position..<width, using: &random)
      let end = Int.random(in: start + 1...width, using: &random)
      ranges.append(start..<end)
      position = end + 1
    }
    return ranges
  }

  @Test("One image's map costs one frame, one column one frame per RowBlock")
  func framesTouched() throws {
    let fixture = try StoreFixture()
    let schema = IntermediateSchema.maps(channels: 8, height: 32, width: 32)
    let commit = try fixture.write(activations(2000 * 8192, seed: 1), schema: schema, writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let point = ReadCounters()
    _ = try fixture.read(manifest, [3 * 1024..<4 * 1024], .positions([1234]), counters: point)
    #expect(point.framesDecoded == 1)
    #expect(point.bytesDecoded == 16 * 1024 * 4)
    let column = ReadCounters()
    _ = try fixture.read(manifest, [5000..<5001], .all, counters: column)
    #expect(column.bytesDecoded == 2000 * 1024 * 4, "only the map that holds the column")
    let estimate = try fixture.store.plan(manifest, columns: [5000..<5001], rows: .all).estimate
    #expect(estimate == ReadEstimate(frames: column.framesDecoded, storedBytes: column.bytesRead, rawBytes: column.bytesDecoded))
  }

  @Test("Of a layer of 50 RowBlocks, a point reads one frame and a column one per RowBlock, and no byte more than was foreseen")
  func fiftyRowBlocks() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 40 }
    let schema = IntermediateSchema.maps(channels: 64, height: 8, width: 8)
    let commit = try fixture.write(activations(2000 * 4096, seed: 21), schema: schema, writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(try fixture.store.columnManifest(manifest.spans[0]).chunks.count == 50)
    // Maps of 8 x 8 in RowBlocks of 40 rows: chunks of 10 KB, six to a frame.
    let frame = 6 * 40 * 64 * 4
    for (columns, rows, frames) in [
      (35 * 64..<36 * 64, RowSelection.positions([777]), 1), (35 * 64..<36 * 64, .all, 50), (35 * 64 + 9..<35 * 64 + 10, .all, 50),
      (0..<4096, .positions([0, 1999]), 23),  // eleven a RowBlock, and one that a Partition ends in
    ] {
      let counters = ReadCounters()
      _ = try fixture.read(manifest, [columns], rows, counters: counters)
      #expect(counters.framesDecoded == frames)
      if frames != 23 { #expect(counters.bytesDecoded == frames * frame) }
      let estimate = try fixture.store.plan(manifest, columns: [columns], rows: rows).estimate
      #expect(estimate == ReadEstimate(frames: frames, storedBytes: counters.bytesRead, rawBytes: counters.bytesDecoded))
    }
  }

  @Test("A store's partitions have the same names and bytes however the rows were cut into pieces")
  func deterministicBytes() throws {
    let schema = IntermediateSchema.maps(channels: 20, height: 8, width: 8)
    let values = activations(1500 * 1280, seed: 9)
    let files = try [7, 128, 1500].map { piece in
      let fixture = try StoreFixture()
      try fixture.write(values, schema: schema, writer: try fixture.writer(), piece: piece)
      return fixture.folder.files().filter { $0.key.hasSuffix(".mqp") }
    }
    #expect(files[0] == files[1] && files[1] == files[2])
    #expect(!files[0].isEmpty)
  }
}
