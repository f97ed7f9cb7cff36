import TestSupport
import Testing

@testable import MistiqueStorage

/// Rows that are taken out of payloads before columns are made of them.
@Suite struct RowPickingTests {
  @Test(
    "Picked rows of every type are the same rows of the whole column, quantized or not",
    arguments: [QuantizationScheme.none, .lp32, .lp16, .kbit(3), .threshold(0.5)])
  func picked(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let table = ColumnRoundTripTests.hostile
    let commit = try fixture.write(table, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let columns = Array(table.columns.indices)
    let whole = try fixture.store.readColumns(manifest, columns: columns, rows: .all, counters: ReadCounters())
    var random = SeededRandom(seed: 11)
    let selections =
      [[], [0], [table.rowCount - 1], Array(0..<table.rowCount)]
      + (1..<9).map { step in (0..<table.rowCount).filter { _ in Int.random(in: 0..<step * step, using: &random) == 0 } }
    for rows in selections {
      let read = try fixture.store.readColumns(manifest, columns: columns, rows: .positions(rows), counters: ReadCounters())
      for column in columns {
        #expect(read[column].isIdentical(to: whole[column].gather(rows)), "\(table.names[column]), \(rows.count) rows")
      }
    }
  }

  @Test("Texts whose lengths do not fit their bytes are refused", arguments: [0, 1, 999])
  func lyingTexts(length: Int) throws {
    let chunk = try ColumnChunk(Column(.text(TextValues(["ab", "cd", "e"]))), rows: 0..<3)
    var bytes = chunk.payload.array
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: UInt32(length).littleEndian, toByteOffset: 4, as: UInt32.self) }
    #expect(throws: StoreError.self) { try bytes.withUnsafeBytes { try chunk.shape.picking([2], from: $0, place: "here") } }
    #expect(throws: StoreError.self) {
      try bytes.withUnsafeBytes { try chunk.shape.picking([0], from: UnsafeRawBufferPointer(rebasing: $0[..<11]), place: "here") }
    }
  }

  @Test("Numbers that are too few for their rows are refused")
  func missingNumbers() throws {
    let chunk = try ColumnChunk(Column(.int64([1, 2, 3])), rows: 0..<3)
    let bytes = chunk.payload.array
    #expect(throws: StoreError.self) {
      try bytes.withUnsafeBytes { try chunk.shape.picking([0], from: UnsafeRawBufferPointer(rebasing: $0[..<16]), place: "here") }
    }
  }
}
