import Foundation
import TestSupport
import Testing

@testable import Mistique
@testable import MistiqueStorage

/// What is stored is stored whole, whichever rows were asked for: all of them must come from exact values.
@Suite struct InexactStartTests {
  private let folder = TemporaryDirectory("inexact-start")

  /// `b` is twice `a`, whose last 1,000 rows are of half precision: these are stored in one piece, and are exact beside a base.
  private final class Doubling: ExecutableModel {
    static let kind = "doubling"
    static let rows = 3_000
    static let schema = IntermediateSchema.maps(channels: 128, height: 1, width: 1)
    let specification = ""
    let stages = [Stage(name: "a", inputs: [], outputs: ["a"], reads: []), Stage(name: "b", inputs: [0], outputs: ["b"], reads: ["a"])]

    func transformers() throws -> [StoredTransformer] { [] }

    static func row(_ id: Int64) -> [Float] {
      var random = SeededRandom(seed: UInt64(id))
      return (0..<128).map { _ in
        let value = Float.random(in: -3...3, using: &random)
        return id < 2_000 ? value : Float(bitPattern: value.bitPattern & 0xffff_0000)
      }
    }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      let ids: [Int64] = if case .ids(let some) = request.rows { some.sorted() } else { Array(0..<Int64(Self.rows)) }
      let isGiven = request.available.names.contains("a")
      var first = ids.flatMap(Self.row)
      if isGiven { try request.available.maps("a", rows: ids[...]) { first = Array($0) } }
      for (name, values) in [("a", first), ("b", first.map { 2 * $0 })] where request.intermediates.contains(name) {
        try values.withUnsafeBufferPointer { try emit(name, .maps($0, rowIDs: .list(ids), schema: Self.schema)) }
      }
      return (isGiven ? [1] : [0, 1]).map { StageMeasurement(stage: $0, seconds: 0.01, batches: 1, rowsPerBatch: 1_000) }
    }
  }

  @Test("A run from a base that is exact in the asked rows alone is not stored")
  func exactInTheAskedRows() throws {
    let identity = ModelIdentity(project: "t", name: "m")
    let store = try IntermediateStore(at: folder.url)
    store.register(kind: Doubling.kind) { _ in Doubling() }
    try store.logIntermediates(of: Doubling(), as: identity, policy: try .adaptive(gamma: 0).quantized(.ladder(.absolute(0.05))))
    _ = try store.getIntermediates(["t.m.a.*"])
    #expect(try store.intermediates(of: identity)[0].isStored)
    #expect(try store.demote("a", of: identity, to: .absolute(0.05)).bytes > 0)
    let answer = try store.getIntermediates(["t.m.b.*"], rows: .ids([2_005]), plan: .rerunFrom(["a"]), accuracy: .approximate)[0]
    #expect(answer.isExact && answer.plan.taken.startsFrom == ["a"])
    guard case .postponed(let reason)? = answer.materialized else {
      Issue.record("\(String(describing: answer.materialized))")
      return
    }
    #expect(reason.contains("quantized values"))
    // Asked of the model itself it is stored, and is what the model emits.
    let whole = try store.getIntermediates(["t.m.b.*"], plan: .rerun)[0]
    guard case .stored? = whole.materialized else {
      Issue.record("\(String(describing: whole.materialized))")
      return
    }
    let read = try #require(try store.getIntermediates(["t.m.b.*"], plan: .read, accuracy: .exact)[0].matrix)
    for id in [0, 5, 1_999, 2_999] { #expect(Array(read.row(id)) == Doubling.row(Int64(id)).map { 2 * $0 }) }
  }
}
