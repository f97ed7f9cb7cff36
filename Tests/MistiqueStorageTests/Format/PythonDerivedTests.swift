import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Derived columns against the reader that is written from the page Format.
@Suite(.enabled(if: PythonReader.isInstalled)) struct PythonDerivedTests {
  private let fixture: StoreFixture
  private let options = StoreWriter.Options(deduplicates: true, codec: .automatic, similarity: SimilarityOptions())

  init() throws { fixture = try StoreFixture { $0.rowsPerBlock = 100 } }

  private func sink(_ writer: StoreWriter) -> ChunkSink { ChunkSink(writer, options: options, group: "columns") }

  @Test("Filled and picked columns of every type, and differences, are read bit for bit")
  func derived() throws {
    let table = ColumnRoundTripTests.hostile
    let rows = table.rowCount
    let constants = table.columns.map {
      $0.slice(1..<2).isPresent(0) ? $0.slice(1..<2) : $0.fillingMissing(with: Self.zero($0.type)).slice(1..<2)
    }
    let filled = DataFrame(
      rowIDs: table.rowIDs, columns: zip(table.names, zip(table.columns, constants)).map { ($0, $1.0.fillingMissing(with: $1.1)) })
    let list = RowList((0..<(rows + 1) / 2).map { $0 % 7 == 3 ? -1 : $0 * 13 % rows })
    let picked = DataFrame(
      rowIDs: .first((rows + 1) / 2), columns: zip(filled.names, filled.columns).map { ($0, $1.gather(list)) })
    let store = try fixture.writer()
    let sink = sink(store)
    func from(_ source: StoredFrame, _ operation: (Int) -> ColumnOperation) -> [Int: PassedOn] {
      Dictionary(
        uniqueKeysWithValues: table.columns.indices.map { ($0, PassedOn(source: source, column: $0, operation: operation($0))) })
    }
    let first = try DataFrameWriter.store(table, to: sink)
    let second = try DataFrameWriter.store(filled, passedOn: from(first) { .filled(with: constants[$0]) }, to: sink)
    let third = try DataFrameWriter.store(picked, passedOn: from(second) { _ in .rows(list) }, to: sink)
    let commit = try store.commit([first, second, third].map { try DataFrameWriter.finish($0, to: sink) }, blobs: []) { _, _ in [] }
    #expect([second, third].allSatisfy { $0.columns.allSatisfy(\.content.isDerived) })
    for (reference, frame) in zip(commit.intermediates, [table, filled, picked]) {
      let python = try PythonReader.read(fixture, reference)
      for (place, column) in frame.columns.enumerated() { PythonReaderTests.expect(python, place, column, frame.names[place]) }
    }
  }

  @Test("Columns that are stored as differences are read bit for bit", arguments: [true, false])
  func differences(isFloat: Bool) throws {
    let store = try fixture.writer()
    for shift in 0..<4 {
      let values = (0..<1000).map { (row: Int) -> Double in
        let whole: Int = row * row * 31 % 8009 - 4000 + shift + row * shift % 5
        return Double(whole) / 1e4 + 0
      }
      let column = isFloat ? Column(.float32(values.map { Float($0) })) : Column(.float64(values))
      let frame = DataFrame(rowIDs: .first(1000), columns: [("p", column)])
      let stored = try DataFrameWriter.store(frame, to: sink(store))
      #expect(stored.columns[0].content.isDerived == (shift > 0), "the first is stored as it is")
      let commit = try store.commit([try DataFrameWriter.finish(stored, to: sink(store))], blobs: []) { _, _ in [UInt8(shift)] }
      PythonReaderTests.expect(try PythonReader.read(fixture, commit.intermediates[0]), 0, column, "difference \(shift)")
    }
  }

  private static func zero(_ type: ColumnType) -> Column {
    switch type {
    case .float32: Column(.float32([0]))
    case .float64: Column(.float64([0]))
    case .int64: Column(.int64([0]))
    case .boolean: Column(.boolean([false]))
    case .date: Column(.date([0]))
    case .timestamp: Column(.timestamp([0]))
    case .text: Column(.text(TextValues([""])))
    }
  }
}
