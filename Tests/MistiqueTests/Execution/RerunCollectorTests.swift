import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

@Suite("A re-run gathers what was asked for, and is held to the shape that was logged") struct RerunCollectorTests {
  private static let logged = IntermediateSchema.maps(channels: 3, height: 1, width: 2)

  private func makeCollector(
    _ schema: IntermediateSchema = logged, rows: RowRequest = .all, logged: Int = 6, columns: [Range<Int>]? = nil
  ) -> RerunCollector {
    var expected = ExpectedShape(rows: logged, columns: schema.columnCount)
    expected.shape = LoggedShape(schema, .first(logged))
    return RerunCollector(
      .init(
        place: "p.m.x", rows: rows, askedRows: { if case .ids(let ids) = rows { ids.count } else { logged } }(), pooling: nil,
        expected: expected, columns: { columns ?? [0..<$0.columnCount] }))
  }

  /// Hands rows `range` to `collector`, value (row, column) = 100 x row + column.
  private func take(
    _ range: Range<Int>, _ schema: IntermediateSchema = logged, into collector: inout RerunCollector
  ) throws {
    let values = range.flatMap { row in (0..<schema.columnCount).map { Float(row * 100 + $0) } }
    let ids = RowIDs.range(Int64(range.lowerBound)..<Int64(range.upperBound))
    try values.withUnsafeBufferPointer { try collector.take(.maps($0, rowIDs: ids, schema: schema)) }
  }

  @Test("The asked rows and columns are kept from pieces of any size, in the model's order")
  func gathered() throws {
    var collector = makeCollector(rows: .ids([4, 1]), columns: [1..<2, 4..<6])
    for range in [0..<1, 1..<1, 1..<5, 5..<6] { try take(range, into: &collector) }
    try collector.finish(isWhole: false)
    guard case .maps(let matrix)? = collector.result() else { throw Unexpected() }
    #expect(collector.rowIDs == .list([1, 4]))
    #expect((0..<2).map { matrix.row($0) } == [[101, 104, 105], [401, 404, 405]])
  }

  @Test(
    "A shape other than the logged one is refused at the first piece", arguments: [(3, 2, 1), (6, 1, 1), (3, 1, 3), (2, 1, 2), (1, 1, 1)])
  func changedShape(channels: Int, height: Int, width: Int) throws {
    let other = IntermediateSchema.maps(channels: channels, height: height, width: width)
    var collector = makeCollector()
    expectRefused { try take(0..<2, other, into: &collector) }
  }

  @Test("Columns of another type, name or order are refused, where the same ones are taken")
  func changedColumns() throws {
    let logged = IntermediateSchema.columns([.init(name: "a", type: .int64), .init(name: "b", type: .float64)])
    func frame(_ columns: [(String, Column)]) -> IntermediateRows { .frame(DataFrame(rowIDs: .first(6), columns: columns)) }
    let (a, b) = (Column(.int64([1, 2, 3, 4, 5, 6])), Column(.float64([1, 2, 3, 4, 5, 6])))
    var same = makeCollector(logged)
    try same.take(frame([("a", a), ("b", b)]))
    try same.finish(isWhole: true)
    for columns in [[("b", b), ("a", a)], [("a", b), ("b", b)], [("a", a), ("c", b)], [("a", a)], [("a", a), ("b", b), ("c", a)]] {
      var collector = makeCollector(logged)
      expectRefused { try collector.take(frame(columns)) }
    }
  }

  @Test("Fewer, more, repeated or other rows than were logged are refused")
  func changedRows() throws {
    for ranges in [[0..<5], [0..<6, 5..<6], [1..<7], [0..<0]] {
      var collector = makeCollector()
      expectRefused {
        for range in ranges { try take(range, into: &collector) }
        try collector.finish(isWhole: true)
      }
    }
    var tooMany = makeCollector()
    expectRefused { try take(0..<7, into: &tooMany) }
  }

  @Test("Pieces of different shapes are refused, and a frame that comes twice")
  func pieces() throws {
    var maps = makeCollector()
    try take(0..<3, into: &maps)
    expectRefused { try take(3..<6, .maps(channels: 6, height: 1, width: 1), into: &maps) }
    let frame = DataFrame(rowIDs: .first(6), columns: [("a", Column(.int64([1, 2, 3, 4, 5, 6])))])
    var frames = makeCollector(.columns([.init(name: "a", type: .int64)]))
    try frames.take(.frame(frame))
    expectRefused { try frames.take(.frame(frame)) }
  }

  private struct Unexpected: Error {}
}

/// Expects that `body` is refused as what was not reproduced, at the place that was asked about.
private func expectRefused(_ body: () throws -> Void) {
  #expect {
    try body()
  } throws: {
    ($0 as? StoreError)?.code == .notReproduced && ($0 as? StoreError)?.place == "p.m.x"
  }
}
