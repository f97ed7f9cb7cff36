import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Manifests of derived columns that are well formed, checksums and all, and lie.
@Suite struct HostileDerivedTests {
  private let rows = 100

  /// A table, and rows of it picked; the manifests of both.
  private func written() throws -> (fixture: StoreFixture, commit: StoreCommit, derived: ChunkReference, column: DerivedColumn) {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let commit = try MutationSubject.writeDerived(
      writer, DataFrame(rowIDs: .first(rows), columns: [("a", Column(.int64((0..<100).map { $0 * 3 })))]),
      operations: [{ [list = RowList((0..<100).reversed())] _ in .rows(list) }])
    let reference = try fixture.store.manifest(commit.intermediates[0]).spans[0]
    guard case .derived(let column) = try fixture.store.columnRecord(reference) else { preconditionFailure("it is derived") }
    return (fixture, commit, reference, column)
  }

  /// Puts `column` in the place of the derived column.
  private func replace(_ fixture: StoreFixture, _ derived: ChunkReference, by column: DerivedColumn) throws {
    let path = PartitionPath.file(derived.partition, in: fixture.store.partitionsDirectory)
    var image = try PartitionImage([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    var payloads = try image.payloads()
    payloads[derived.index] = column.encoded
    image = image.relaid(payloads)
    try Data(image.encoded()).write(to: URL(fileURLWithPath: path))
    fixture.store.dropCaches()
  }

  private func expectRefused(_ fixture: StoreFixture, _ commit: StoreCommit) throws {
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    for rows in [RowSelection.all, .positions([0, 7])] {
      #expect(throws: StoreError.self) {
        try fixture.store.readColumns(manifest, columns: [0], rows: rows, counters: ReadCounters())
      }
      #expect(throws: StoreError.self) { try fixture.store.plan(manifest, columns: [0..<1], rows: rows).estimate }
    }
    #expect(throws: StoreError.self) {
      try fixture.store.search(manifest, column: 0, in: SearchedInterval(0.0...1000), counters: ReadCounters())
    }
  }

  @Test("A list of rows that is derived by itself is refused")
  func cycle() throws {
    let (fixture, commit, derived, column) = try written()
    try replace(
      fixture, derived, by: DerivedColumn(type: .int64, rows: rows, source: column.source, operations: [.rows(derived, count: rows)]))
    try expectRefused(fixture, commit)
  }

  @Test("A source of other rows than the column that only fills it is refused")
  func otherRows() throws {
    let (fixture, commit, derived, _) = try written()
    let writer = try fixture.writer(committed: Set(commit.partitions.map(\.id)))
    let other = DataFrame(rowIDs: .first(60), columns: [("b", Column(.int64((0..<60).map { $0 })))])
    let source = try fixture.store.manifest(try fixture.write(other, writer: writer).intermediates[0]).spans[0]
    try replace(
      fixture, derived,
      by: DerivedColumn(type: .int64, rows: rows, source: source, operations: [.filled([UInt8](repeating: 0, count: 8))]))
    try expectRefused(fixture, commit)
  }
}
