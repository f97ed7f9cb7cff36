import MistiqueStorage
import Testing

@testable import Mistique

@Suite("What each intermediate would add to a store") struct ColumnSharesTests {
  private func frame(_ rows: Int, _ names: [String], passedOn: [Int: PassedColumn] = [:]) -> IntermediateRows {
    .frame(
      DataFrame(rowIDs: .first(rows), columns: names.map { ($0, Column(.int64([Int64](repeating: 1, count: rows)))) }),
      passedOn: passedOn)
  }

  @Test("A column that n intermediates have counts 1/n of its bytes to each, however it was passed on")
  func shared() {
    var shares = ColumnShares()
    shares.add("read", frame(30, ["a", "b"]))
    shares.add("split", frame(30, ["a", "c"], passedOn: [0: PassedColumn(intermediate: "read", column: 0)]))
    shares.add("joined", frame(30, ["a"], passedOn: [0: PassedColumn(intermediate: "split", column: 0, operation: .rows(RowList([0])))]))
    #expect(shares.bytes(of: "read") == 240 / 3 + 240)
    #expect(shares.bytes(of: "split") == 240 / 3 + 240)
    #expect(shares.bytes(of: "joined") == 240 / 3)
    #expect(shares.bytes(of: "unknown") == 0)
  }

  @Test("A column said to come from one that was never emitted counts in full")
  func unknownOrigin() {
    var shares = ColumnShares()
    shares.add("x", frame(10, ["a"], passedOn: [0: PassedColumn(intermediate: "never", column: 0)]))
    shares.add("y", frame(10, ["a"], passedOn: [0: PassedColumn(intermediate: "x", column: 7)]))
    #expect(shares.bytes(of: "x") == 80 && shares.bytes(of: "y") == 80)
  }

  @Test("Pieces of a layer add up, and nobody shares them")
  func layers() {
    var shares = ColumnShares()
    let schema = IntermediateSchema.maps(channels: 2, height: 1, width: 1)
    for _ in 0..<3 {
      [Float](repeating: 0, count: 8).withUnsafeBufferPointer { shares.add("layer", .maps($0, rowIDs: .first(4), schema: schema)) }
    }
    #expect(shares.bytes(of: "layer") == 96)
  }
}
