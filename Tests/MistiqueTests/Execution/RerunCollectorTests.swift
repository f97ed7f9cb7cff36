import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

@Suite("A re-run gathers what was asked for, and is held to the shape that was logged") struct RerunCollectorTests {
  private static let schema = IntermediateSchema.maps(channels: 3, height: 1, width: 2)

  private func collector(
    _ schema: IntermediateSchema = schema, rows: RowRequest = .all, logged: Int = 6, columns: [Range<Int>]? = nil
  ) -> RerunCollector {
    var expected = ExpectedShape(rows: logged, columns: schema.columnCount)
    expected.shape = LoggedShape(schema, .first(logged))
    return RerunCollector(
      .init(
        place: "p.m.x", rows: rows, askedRows: { if case .ids(let ids) = rows { ids.count } else { logged } }(), pooling: nil,
        expected: expected, columns: { columns ?? [0..<$0.columnCount] }))
  }

  private func rows(_ range: Range<Int>, _ schema: IntermediateSchema = schema, _ body: (IntermediateRows) throws -> Void) rethrows {
    let width = schema.columnCount
    let values = range.flatMap { row in (0..<width).map { Float(row * 100 + $0) } }
    try values.withUnsafeBufferPointer {
      try body(.maps($0, rowIDs: .range(Int64(range.lowerBound)..<Int64(range.upperBound)), schema: schema))
    }
  }

  private func refused(_ body: () throws -> Void) -> Bool {
    do { try body() } catch let error as StoreError { return error.code == .notReproduced && error.place == "p.m.x" } catch {}
    return false
  }

  @Test("The asked rows and columns are kept from pieces of any size, in the model's order")
  func gathered() throws {
    var collector = collector(rows: .ids([4, 1]), columns: [1..<2, 4..<6])
    for range in [0..<1, 1..<1, 1..<5, 5..<6] { try rows(range) { try collector.take($0) } }
    try collector.finish(isWhole: false)
    guard case .maps(let matrix)? = collector.result() else { throw Unexpected() }
    #expect(collector.rowIDs == .list([1, 4]))
    #expect((0..<2).map { matrix.row($0) } == [[101, 104, 105], [401, 404, 405]])
  }

  @Test("A shape other than the logged one is refused at the first piece", arguments: [(3, 2, 1), (6, 1, 1), (3, 1, 3), (2, 1, 2)])
  func changedShape(channels: Int, height: Int, width: Int) throws {
    let other = IntermediateSchema.maps(channels: channels, height: height, width: width)
    var collector = collector()
    #expect(refused { try rows(0..<2, other) { try collector.take($0) } } == (other != Self.schema))
  }

  @Test("Columns of another type, name or order are refused, where the same ones are taken")
  func changedColumns() throws {
    let logged = IntermediateSchema.columns([.init(name: "a", type: .int64), .init(name: "b", type: .float64)])
    func frame(_ columns: [(String, Column)]) -> IntermediateRows { .frame(DataFrame(rowIDs: .first(6), columns: columns)) }
    let (a, b) = (Column(.int64([1, 2, 3, 4, 5, 6])), Column(.float64([1, 2, 3, 4, 5, 6])))
    var same = collector(logged)
    try same.take(frame([("a", a), ("b", b)]))
    try same.finish(isWhole: true)
    for columns in [[("b", b), ("a", a)], [("a", b), ("b", b)], [("a", a), ("c", b)], [("a", a)], [("a", a), ("b", b), ("c", a)]] {
      var collector = collector(logged)
      #expect(refused { try collector.take(frame(columns)) }, "\(columns.map(\.0))")
    }
  }

  @Test("Fewer, more, repeated or other rows than were logged are refused")
  func changedRows() throws {
    for ranges in [[0..<5], [0..<6, 5..<6], [1..<7], [0..<0]] {
      var collector = collector()
      #expect(
        refused {
          for range in ranges { try rows(range) { try collector.take($0) } }
          try collector.finish(isWhole: true)
        }, "\(ranges)")
    }
    var tooMany = collector()
    #expect(refused { try rows(0..<7) { try tooMany.take($0) } })
  }

  @Test("Pieces of different shapes are refused, and a frame that comes twice")
  func pieces() throws {
    var maps = collector()
    try rows(0..<3) { try maps.take($0) }
    #expect(refused { try rows(3..<6, .maps(channels: 6, height: 1, width: 1)) { try maps.take($0) } })
    let frame = DataFrame(rowIDs: .first(6), columns: [("a", Column(.int64([1, 2, 3, 4, 5, 6])))])
    var frames = collector(.columns([.init(name: "a", type: .int64)]))
    try frames.take(.frame(frame))
    #expect(refused { try frames.take(.frame(frame)) })
  }

  private struct Unexpected: Error {}
}
