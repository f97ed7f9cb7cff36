import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// The best rows, found by little reading, against all rows.
@Suite struct TopRowsTests {
  private let folder = TemporaryDirectory("top")
  private static let identity = ModelIdentity(project: "t", name: "a")

  private func logged(_ scheme: QuantizationScheme, at name: String) throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent(name))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity, policy: .dedup.quantized(scheme))
    return store
  }

  /// By sorting everything.
  private func expected(_ columns: [Int], layer: Int, k: Int, _ score: RowScore, _ smallest: Bool) -> (rows: [Int64], scores: [Double]) {
    let all = (0..<3000).map { row in
      let values = columns.map { ToyNetwork.value(layer: layer, row: Int64(row), column: $0, weight: 2) }
      return values.withUnsafeBufferPointer { score.score($0) }
    }
    let ranked = all.indices.sorted { all[$0] != all[$1] ? (smallest ? all[$0] < all[$1] : all[$0] > all[$1]) : $0 < $1 }.prefix(k)
    return (ranked.map(Int64.init), ranked.map { all[$0] })
  }

  @Test("The answer is that of ranking everything, ties included, whatever the columns, the score and the form of storage")
  func exact() throws {
    let columns: [(names: [String], places: [Int])] = [
      (["n1_0_2"], [8]), (["n0_1_1", "n2_0_0", "n3_1_2"], [4, 12, 23]), (["n2"], Array(12..<18)), (["*"], Array(0..<24)),
    ]
    for (name, scheme) in [("ladder", QuantizationScheme.ladder(.absolute(0.05))), ("coarse", .ladder(.relative(2))), ("full", .none)] {
      let store = try logged(scheme, at: name)
      for layer in 0..<3 {
        for (names, places) in columns {
          for score in RowScore.allCases {
            for (k, smallest) in [(1, false), (10, false), (50, true), (4000, false), (0, false)] {
              let keys = names.map { "t.a.layer\(layer).\($0)" }
              let found = try store.topRows(keys, k: k, by: score, smallest: smallest)
              let right = expected(places, layer: layer, k: k, score, smallest)
              #expect(found.rowIDs == right.rows && found.scores == right.scores, "\(name), \(keys), \(score), \(k), \(smallest)")
            }
          }
        }
      }
    }
  }

  @Test("Of a single neuron few rows are looked at exactly, and none is read that was not a candidate")
  func little() throws {
    let store = try logged(.ladder(.absolute(0.01)), at: "store")
    let found = try store.topRows(["t.a.layer1.n1_0_2"], k: 10, plan: .read)
    #expect(found.rows == 3000 && found.candidates < 300 && found.choice == .read)
    #expect(found.searched.bytesRead > 0 && found.refined.framesDecoded > 0)
  }

  @Test(
    "Of a neuron that is dead in a whole RowBlock the ColumnChunk's statistics say so: of equal rows only the first are looked at, whatever the base leaves open"
  )
  func dead() throws {
    // Maps of 16 places are a ColumnChunk each; smaller ones share theirs with other channels.
    let schema = IntermediateSchema.maps(channels: 4, height: 4, width: 4)
    // All places of a map are alike. Channel 0 is dead; channel 1 lives in the first RowBlock of 1,000 alone; channel 2 is -0.0 and 0.0; channel 3 lives.
    var values: [Float] = []
    for row in 0..<2_500 {
      let wave = sin(Float(row))
      let channels: [Float] = [0, row < 1_000 ? 1 + wave : 0, row.isMultiple(of: 2) ? -0.0 : 0, 2 + wave]
      for value in channels { values += Array(repeating: value, count: 16) }
    }
    let model = GivenNetwork(schema, ids: Array(0..<2_500), values: values)
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    store.register(kind: GivenNetwork.kind) { _ in model }
    let identity = ModelIdentity(project: "t", name: "m")
    try store.logIntermediates(of: model, as: identity, policy: .ladder(.absolute(0.05)))
    func found(_ columns: [Int], _ k: Int, _ score: RowScore, _ smallest: Bool) throws -> TopRows {
      let found = try store.topRows(columns.map { "t.m.first.n\($0)_0_0" }, k: k, by: score, smallest: smallest)
      let scores = (0..<2_500).map { row -> Double in
        let asked: [Float] = columns.map { values[row * 64 + $0 * 16] }
        return asked.withUnsafeBufferPointer { score.score($0) }
      }
      let ranked = scores.indices.sorted { (one: Int, other: Int) -> Bool in
        if scores[one] == scores[other] { return one < other }
        return smallest ? scores[one] < scores[other] : scores[one] > scores[other]
      }
      let best = ranked.prefix(k)
      #expect(found.rowIDs == best.map(Int64.init) && found.scores == best.map { scores[$0] }, "\(columns), \(score), \(smallest)")
      return found
    }
    for score in RowScore.allCases {
      for smallest in [false, true] {
        for columns in [[0], [2], [0, 2]] { #expect(try found(columns, 10, score, smallest).candidates == 10, "\(columns), \(score)") }
        for columns in [[1], [0, 1], [3], [1, 3]] { #expect(try found(columns, 10, score, smallest).candidates < 1_000) }
      }
    }
    // Every row after the first RowBlock is as small as can be.
    #expect(try found([1], 1_200, .sum, true).candidates < 1_300)
    let counted = try store.distribution(["t.m.first.n0_0_0"], edges: [-1, 0, 1])
    #expect(counted.counts == [0, 2_500] && counted.candidates == 0)
    let some = try store.topRows(["t.m.first.n1_0_0"], k: 3, smallest: true, rows: .ids([5, 999, 1_000, 1_700, 2_499]))
    #expect(some.rowIDs == [1_000, 1_700, 2_499] && some.scores == [0, 0, 0])
  }

  @Test("Of two wide bins only the rows near their edge are looked at exactly, and edges that do not ascend are refused")
  func distribution() throws {
    let store = try logged(.ladder(.absolute(0.01)), at: "store")
    let values = (0..<3000).map { Double(ToyNetwork.value(layer: 1, row: Int64($0), column: 8, weight: 2)) }
    let middle = values.sorted()[1500]
    let found = try store.distribution(["t.a.layer1.n1_0_2"], edges: [-1e6, middle, 1e6])
    #expect(found.counts == [values.count { $0 < middle }, values.count { $0 >= middle }] && found.rows == 3000)
    // A base that errs by at most 0.01 leaves open what is no further than twice that from the edge.
    let near = values.count { abs($0 - middle) <= 0.021 }
    #expect(found.candidates > 0 && found.candidates <= near && near < 3000, "\(found.candidates) of \(near)")
    for edges in [[], [1], [1, 1], [2, 1], [0, .nan], [0, .infinity]] {
      #expect(throws: StoreError.self, "\(edges)") { try store.distribution(["t.a.layer1.n1_0_2"], edges: edges) }
    }
  }

  @Test("After its residual was given back, the candidates alone are re-run")
  func demoted() throws {
    let store = try logged(.ladder(.absolute(0.01)), at: "store")
    let before = try store.topRows(["t.a.layer1.n1_0_2"], k: 10, rows: .ids(Array(100..<2000)))
    try store.demote("layer1", of: Self.identity, to: .absolute(0.01))
    let after = try store.topRows(["t.a.layer1.n1_0_2"], k: 10, rows: .ids(Array(100..<2000)))
    #expect(after.rowIDs == before.rowIDs && after.scores == before.scores && after.candidates == before.candidates)
    #expect(after.choice == .rerun && after.rows == 1900)
    try store.close()
    let without = try IntermediateStore(at: store.directory)
    #expect { try without.topRows(["t.a.layer1.n1_0_2"], k: 10) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
  }

  @Test("Keys of several intermediates, and columns of a pipeline, are refused")
  func refused() throws {
    let store = try logged(.none, at: "store")
    #expect { try store.topRows(["t.a.layer1.n1", "t.a.layer2.n1"], k: 1) } throws: { ($0 as? StoreError)?.code == .invalid }
    try store.logIntermediates(of: ToyPipeline(shift: 1), as: ModelIdentity(project: "t", name: "p"))
    #expect { try store.topRows(["t.p.table.*"], k: 1) } throws: { ($0 as? StoreError)?.code == .invalid }
  }
}
