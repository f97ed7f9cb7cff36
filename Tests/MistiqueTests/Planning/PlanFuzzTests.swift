import Foundation
import Mistique
import TestSupport
import Testing

/// Models over random graphs, under every policy: each way to an answer gives the same bits as a re-run from the input, and does what it says.
@Suite("Every plan gives the same answer")
struct PlanFuzzTests {
  private let folder = TemporaryDirectory()
  private let identity = ModelIdentity(project: "t", name: "graph")

  private static let policies: [StoragePolicy] = [
    .dedup, .storeAll, .none, try! .adaptive(gamma: 0), try! .adaptive(gamma: 1e4), try! .budget(bytes: 60_000),
  ]

  private func open(_ url: URL) throws -> IntermediateStore {
    let store = try IntermediateStore(at: url)
    store.register(kind: GraphModel.kind) { try GraphModel(restoring: $0) }
    return store
  }

  @Test(
    "from the input, from each set of stored ancestors, and read, with reopening, giving up and deletion between",
    arguments: UInt64(0)..<40, [false, true])
  func equalAnswers(seed: UInt64, hasFrames: Bool) throws {
    var random = SeededRandom(seed: seed &* 2 &+ (hasFrames ? 1 : 0))
    let model = GraphModel(&random, hasFrames: hasFrames)
    let url = folder.url.appendingPathComponent("store")
    var store = try open(url)
    let policy = Self.policies.randomElement(using: &random)!
    try store.logIntermediates(of: model, as: identity, policy: policy)
    let names = model.stages.flatMap(\.outputs)
    for round in 0..<12 {
      if round == 6 {
        try store.close()
        store = try open(url)
      }
      if round == 9 {
        try store.delete(identity)
        try store.logIntermediates(of: model, as: identity, policy: policy)
      }
      // What was a start a moment ago is none any more.
      if random.unit() < 0.3 { try store.drop(names.randomElement(using: &random)!, of: identity) }
      let name = names.randomElement(using: &random)!
      try ask(store, name, hasFrames, rows(model, &random), &random, "seed \(seed), round \(round), \(name)")
    }
    #expect(try store.verify().isIntact)
  }

  private func rows(_ model: GraphModel, _ random: inout SeededRandom) -> RowRequest {
    guard random.unit() < 0.6 else { return .all }
    return .ids((0..<5).map { _ in Int64.random(in: 0..<Int64(model.plan.rows), using: &random) })
  }

  private func ask(
    _ store: IntermediateStore, _ name: String, _ hasFrames: Bool, _ rows: RowRequest, _ random: inout SeededRandom, _ place: String
  ) throws {
    let column = random.unit() < 0.5 ? "*" : hasFrames ? "c0" : "n0"
    let key = IntermediateKey(model: identity, intermediate: name, column: column)
    let expected = try store.getIntermediates([key], rows: rows, plan: .rerun)[0]
    #expect(expected.isExact && expected.plan.taken.startsFrom.isEmpty, "\(place)")
    let plan = try store.explain([key.description], rows: rows)[0]
    #expect(plan.alternatives.contains(plan.taken), "\(place)")
    #expect(
      plan.alternatives.allSatisfy { $0.predictedSeconds ?? .infinity >= plan.taken.predictedSeconds ?? .infinity },
      "\(place): the cheapest")
    for way in plan.alternatives {
      let preference: QueryPlan.Preference =
        way.choice == .read ? .read : way.startsFrom.isEmpty ? .rerun : .rerunFrom(way.startsFrom)
      let answer: IntermediateResult
      do {
        answer = try store.getIntermediates([key], rows: rows, plan: preference)[0]
      } catch let error as StoreError where error.code == .cannotPlan {
        // A question before this one has taken its place in the budget.
        let now = try store.explain([key.description], rows: rows)[0].alternatives
        #expect(!now.contains { $0.choice == way.choice && $0.startsFrom == way.startsFrom }, "\(place), \(way): \(error)")
        continue
      }
      #expect(answer.isIdentical(to: expected), "\(place), \(way)")
      #expect(answer.plan.taken.startsFrom == way.startsFrom && answer.cost.stagesRun == way.stages, "\(place), \(way)")
      if way.choice == .read { #expect(answer.cost.framesDecoded >= way.frames, "\(place)") }
    }
    let chosen = try store.getIntermediates([key], rows: rows)[0]
    #expect(chosen.isIdentical(to: expected), "\(place), \(chosen.plan.taken)")
  }

  @Test("A quantized ancestor is a start where that will do, and the answer says that it is not exact; a pooled one never is")
  func inexactStarts() throws {
    let stages = [
      Stage(name: "a", inputs: [], outputs: ["stage 0.0"], reads: []),
      Stage(name: "b", inputs: [0], outputs: ["stage 1.0"], reads: ["stage 0.0"]),
    ]
    let key = IntermediateKey(model: identity, intermediate: "stage 1.0")
    for (place, scheme) in [QuantizationScheme.kbit(8), .pool(2), .none].enumerated() {
      let store = try open(folder.url.appendingPathComponent("\(place)"))
      let model = GraphModel(.init(rows: 300, hasFrames: false, stages: stages))
      try store.logIntermediates(of: model, as: identity, policy: StoragePolicy.dedup.quantized(scheme))
      func starts(_ accuracy: Accuracy) throws -> [[String]] {
        try store.explain([key.description], accuracy: accuracy)[0].alternatives.filter { $0.choice == .rerun }.map(\.startsFrom).sorted {
          $0.count < $1.count
        }
      }
      let isPooled = GraphModel.schema("stage 0.0").columnCount > 1 && scheme == .pool(2)
      let exact: [[String]] = (scheme == .none || (scheme == .pool(2) && !isPooled) ? [[], ["stage 0.0"]] : [[]])
      #expect(try starts(.stored) == exact, "\(scheme)")
      #expect(try starts(.approximate) == (isPooled ? [[]] : [[], ["stage 0.0"]]), "\(scheme)")
      guard scheme == .kbit(8) else { continue }
      let near = try store.getIntermediates([key], plan: .rerunFrom(["stage 0.0"]), accuracy: .approximate)[0]
      #expect(!near.isExact)
      let read = try store.getIntermediates([key], plan: .read)[0]
      #expect(!read.isExact)
      let rerun = try store.getIntermediates([key], accuracy: .exact)[0]
      #expect(rerun.isExact && rerun.plan.choice == .rerun)
      #expect(rerun.isIdentical(to: try store.getIntermediates([key], plan: .rerun)[0]))
      #expect(throws: StoreError.self) { try store.getIntermediates([key], plan: .read, accuracy: .exact) }
      #expect(throws: StoreError.self) { try store.getIntermediates([key], plan: .rerunFrom(["stage 0.0"])) }
    }
  }

  @Test(
    "A start that is not stored, is no ancestor or does not suffice is refused by name", arguments: ["stage 2.0", "nothing", "stage 3.0"])
  func refusedStarts(start: String) throws {
    let stages = [
      Stage(name: "a", inputs: [], outputs: ["stage 0.0"], reads: []),
      Stage(name: "b", inputs: [], outputs: ["stage 1.0"], reads: []),
      Stage(name: "c", inputs: [0, 1], outputs: ["stage 2.0"], reads: ["stage 0.0", "stage 1.0"]),
      Stage(name: "d", inputs: [0], outputs: ["stage 3.0"], reads: ["stage 0.0"]),
    ]
    let store = try open(folder.url)
    try store.logIntermediates(of: GraphModel(.init(rows: 30, hasFrames: false, stages: stages)), as: identity)
    let key = IntermediateKey(model: identity, intermediate: "stage 2.0")
    #expect { try store.getIntermediates([key], plan: .rerunFrom([start])) } throws: {
      ($0 as? StoreError)?.code == .cannotPlan && "\($0)".contains(start)
    }
    let both = try store.getIntermediates([key], plan: .rerunFrom(["stage 0.0", "stage 1.0"]))[0]
    let read = try store.getIntermediates([key], plan: .read)[0]
    #expect(both.cost.stagesRun == 1 && both.isIdentical(to: read))
  }

  @Test("Questions of one model that start alike are run together, once")
  func together() throws {
    let stages = (0..<4).map {
      Stage(name: "\($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: ["stage \($0).0"], reads: $0 == 0 ? [] : ["stage \($0 - 1).0"])
    }
    let store = try open(folder.url)
    try store.logIntermediates(of: GraphModel(.init(rows: 30, hasFrames: false, stages: stages)), as: identity)
    let keys = [2, 3].map { IntermediateKey(model: identity, intermediate: "stage \($0).0") }
    let answers = try store.getIntermediates(keys, plan: .rerunFrom(["stage 1.0"]))
    #expect(answers.map(\.cost.stagesRun) == [2, 2] && answers[0].plan.predictedSeconds == answers[1].plan.predictedSeconds)
    for (key, answer) in zip(keys, answers) { #expect(answer.isIdentical(to: try store.getIntermediates([key], plan: .read)[0])) }
  }
}
