import TestSupport
import Testing

@testable import MistiqueStorage

/// What the four questions of a table decode, exactly: the shape of its frames.
@Suite struct TableFramesTests {
  @Test(
    "Frames of a table are the smaller the more columns it has",
    arguments: [(0, 64), (1, 64), (128, 64), (129, 32), (256, 32), (257, 16), (2_000, 16), (65_536, 16)])
  func sizes(columns: Int, kilobytes: Int) {
    #expect(FrameLayout().sharedFrameBytes(ofTable: columns) == kilobytes << 10)
    var small = FrameLayout()
    small.sharedFrameBytes = 1 << 8
    #expect(small.sharedFrameBytes(ofTable: columns) == 1 << 8, "frames that are small already stay as they are")
  }

  struct Table: Sendable, CustomTestStringConvertible {
    let columns: Int
    /// Of two RowBlocks of 1,000 rows: frames and bytes for one row of all columns.
    let rowFrames: Int
    let frameBytes: Int
    var testDescription: String { "\(columns) columns" }
  }

  @Test(
    "A row decodes a frame for each column of a wide table, a column one frame",
    arguments: [
      Table(columns: 100, rowFrames: 25, frameBytes: 64_000), Table(columns: 160, rowFrames: 80, frameBytes: 32_000),
      Table(columns: 600, rowFrames: 600, frameBytes: 16_000),
    ])
  func decoded(table: Table) throws {
    let fixture = try StoreFixture()
    let rows = 2_000
    let columns = (0..<table.columns).map { column in
      ("c\(column)", Column(.float64((0..<rows).map { Double(column * rows + $0) })))
    }
    let frame = DataFrame(rowIDs: .first(rows), columns: columns)
    let commit = try fixture.write(frame, writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let all = Array(0..<table.columns)
    for (asked, positions, frames) in [
      (all, RowSelection.positions([1_234]), table.rowFrames), (all, .positions([17, 1_999]), table.rowFrames),
      (all, .all, table.rowFrames), ([41], .all, 1), ([41, 42], .positions([3]), table.frameBytes == 64_000 ? 1 : 2),
    ] {
      let counters = ReadCounters()
      let read = try fixture.store.readColumns(manifest, columns: asked, rows: positions, counters: counters)
      #expect(counters.framesDecoded == frames)
      #expect(counters.bytesDecoded == frames * table.frameBytes)
      for (column, values) in zip(asked, read) {
        let expected = if case .positions(let rows) = positions { frame.columns[column].gather(rows) } else { frame.columns[column] }
        #expect(values.isIdentical(to: expected))
      }
    }
  }

  @Test("Columns of a wide table and of a narrow one are stored once where they are equal")
  func equalColumns() throws {
    let fixture = try StoreFixture()
    let columns = (0..<300).map { column in ("c\(column)", Column(.float64((0..<1_000).map { Double(column * 1_000 + $0) }))) }
    let writer = try fixture.writer()
    try fixture.write(DataFrame(rowIDs: .first(1_000), columns: columns), writer: writer)
    let again = try fixture.write(DataFrame(rowIDs: .first(1_000), columns: Array(columns[100..<110])), writer: writer)
    #expect(again.counters.duplicateChunks == 10 && again.counters.chunks == 10)
  }
}
