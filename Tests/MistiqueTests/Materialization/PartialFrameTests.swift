import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

@Suite("Columns of a pipeline are stored one by one, as they are asked for")
struct PartialFrameTests {
  private let folder = TemporaryDirectory()
  private let identity = ModelIdentity(project: "t", name: "m")

  private func key(_ column: String) -> IntermediateKey { IntermediateKey(model: identity, intermediate: "table", column: column) }

  private func logged(gamma: Double = 0) throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyPipeline(shift: 1), as: identity, policy: try .adaptive(gamma: gamma))
    return store
  }

  private func table(_ store: IntermediateStore) throws -> CataloguedIntermediate {
    try store.intermediates(of: identity).first { $0.name == "table" }!
  }

  @Test("A column that is asked for is stored alone, and read in the numbering of the whole frame")
  func oneByOne() throws {
    var store = try logged()
    let whole = try store.getIntermediates([key("*")], plan: .rerun, accuracy: .stored)
    #expect(whole[0].materialized != nil, "a question for all columns stores all")
    try store.delete(identity)
    store = try logged()
    let first = try store.getIntermediates([key("city")])[0]
    guard case .stored? = first.materialized else {
      Issue.record("it became \(String(describing: first.materialized))")
      return
    }
    #expect(try table(store).isPartial && !table(store).isStored)
    let read = try store.getIntermediates([key("city")], plan: .read)[0]
    #expect(read.isIdentical(to: first) && read.columns == [1..<2] && read.schema.columnCount == 2)
    let some = try store.getIntermediates([key("city")], rows: .ids([7, 2001]), plan: .read)[0]
    let rerun = try store.getIntermediates([key("city")], rows: .ids([7, 2001]), plan: .rerun)[0]
    #expect(some.frame?.rowIDs.array == [7, 2001] && some.isIdentical(to: rerun))
    for column in ["*", "price"] {
      #expect(throws: StoreError.self) { try store.getIntermediates([key(column)], plan: .read) }
    }
    #expect { try store.getIntermediates([key("prize")]) } throws: { ($0 as? StoreError)?.code == .notFound }
    #expect { try store.findRows(key("price").description, in: 0...1) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
    #expect(try store.verify().isIntact)
    try store.close()
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.lost.isEmpty)
    store = try IntermediateStore.withToys(at: folder.url)
    #expect(try table(store).isPartial)
    let again = try store.getIntermediates([key("city")], plan: .read)[0]
    #expect(again.isIdentical(to: first))
    // A rebuilt catalogue knows no times: the first re-run measures them. Then the other column completes the table.
    _ = try store.getIntermediates([key("price")])
    let both = try store.getIntermediates([key("price"), key("city")])[0]
    #expect(both.plan.choice == .rerun)
    guard case .stored? = both.materialized else {
      Issue.record("it became \(String(describing: both.materialized))")
      return
    }
    #expect(try table(store).isStored)
    #expect(try store.getIntermediates([key("*")], plan: .read)[0].isIdentical(to: both))
    #expect(try store.findRows(key("price").description, in: 0...3).rowIDs.array == [0, 1, 2])
    #expect(try store.verify().isIntact)
    try store.delete(identity)
    #expect(try store.storage().partitions == 0)
  }

  /// Two frames of the same three columns, the second passed on from the first.
  private final class Passing: ExecutableModel {
    static let kind = "passing"
    let specification = ""
    let stages = [
      Stage(name: "read", inputs: [], outputs: ["table"], reads: []),
      Stage(name: "pass", inputs: [0], outputs: ["passed"], reads: ["table"]),
    ]

    func transformers() -> [StoredTransformer] { [] }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      let columns = ["a", "*", "c"].enumerated().map { place, name -> (name: String, column: Column) in
        let values = (0..<5000).map { row in Double(row * (place + 1) % 977) + Double(place) / 4 }
        return (name, Column(.float64(values)))
      }
      let frame = DataFrame(rowIDs: .first(5000), columns: columns)
      if request.intermediates.contains("table") { try emit("table", .frame(frame)) }
      if request.intermediates.contains("passed") {
        let passed = Dictionary(uniqueKeysWithValues: (0..<3).map { ($0, PassedColumn(intermediate: "table", column: $0)) })
        try emit("passed", .frame(frame, passedOn: request.intermediates.contains("table") ? passed : [:]))
      }
      return [StageMeasurement(stage: 0, seconds: 0.5), StageMeasurement(stage: 1, seconds: 0.5)]
    }
  }

  @Test("A frame that is stored in part does not lend its columns' numbers to frames that pass the whole one on")
  func passedOn() throws {
    let store = try IntermediateStore(at: folder.url)
    store.register(kind: Passing.kind) { _ in Passing() }
    try store.logIntermediates(of: Passing(), as: identity, policy: try .adaptive(gamma: 0))
    func keys(_ texts: String...) -> [IntermediateKey] { texts.map { try! IntermediateKey("t.m.\($0)") } }
    let answers = try store.getIntermediates(keys("table.c", "passed.*"))
    for answer in answers {
      guard case .stored? = answer.materialized else {
        Issue.record("it became \(String(describing: answer.materialized))")
        return
      }
    }
    let whole = try store.getIntermediates(keys("passed.*"), plan: .rerun)[0]
    let read = try store.getIntermediates(keys("passed.*"), plan: .read)[0]
    #expect(read.isIdentical(to: whole))
    #expect(try store.getIntermediates(keys("table.c"), plan: .read)[0].isIdentical(to: answers[0]))
  }

  @Test("A column whose name is a star is a column, and is stored once")
  func starred() throws {
    let store = try IntermediateStore(at: folder.url)
    store.register(kind: Passing.kind) { _ in Passing() }
    try store.logIntermediates(of: Passing(), as: identity, policy: try .adaptive(gamma: 0))
    let key = try IntermediateKey("t.m.table.`*`")
    let first = try store.getIntermediates([key])[0]
    #expect(first.columns == [1..<2])
    let read = try store.getIntermediates([key], plan: .read)[0]
    #expect(read.isIdentical(to: first))
    #expect(try store.getIntermediates([key], plan: .rerun)[0].materialized == nil, "it is there already")
  }

  @Test("n_query of a column counts the questions for it, and survives closing the store")
  func counts() throws {
    var store = try logged(gamma: 1e15)
    let one = try #require(try store.getIntermediates([key("price")])[0].plan.gamma)
    _ = try store.getIntermediates([key("city")])
    _ = try store.getIntermediates([key("price")])
    try store.close()
    store = try IntermediateStore.withToys(at: folder.url)
    let table = try table(store)
    #expect(table.queries == 3)
    #expect(try store.opened.catalog.columnQueries(of: table.id) == ["price": 2, "city": 1])
    let third = try #require(try store.getIntermediates([key("price")])[0].plan.gamma)
    #expect(one > 0 && third > one)
  }
}
