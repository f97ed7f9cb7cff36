import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

@Suite("What storing an intermediate is worth") struct GammaTests {
  @Test("Gamma is the seconds saved by all queries so far, per GB")
  func worth() {
    // The paper's example in section 4.3: seconds saved times queries, over the size.
    let gamma = Gamma(rerunSeconds: 12, readSeconds: 2, queries: 3, storedBytes: 5e8)
    #expect(gamma.value == 60)
  }

  @Test("What is slower to read than to re-run is worth less the more often it is queried")
  func slowerToRead() {
    let values = (1...3).map { Gamma(rerunSeconds: 1, readSeconds: 2, queries: $0, storedBytes: 1e9).value }
    #expect(values == [-1, -2, -3])
  }

  @Test("What takes no bytes is worth everything when it saves time, and nothing otherwise")
  func noBytes() {
    #expect(Gamma(rerunSeconds: 2, readSeconds: 1, queries: 1, storedBytes: 0).value == .infinity)
    #expect(Gamma(rerunSeconds: 1, readSeconds: 2, queries: 1, storedBytes: 0).value == 0)
    #expect(Gamma(rerunSeconds: 2, readSeconds: 1, queries: 0, storedBytes: 0).value == 0)
  }
}

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
