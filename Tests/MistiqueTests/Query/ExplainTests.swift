import Foundation
import TestSupport
import Testing

@testable import Mistique

@Suite("explain") struct ExplainTests {
  let folder = TemporaryDirectory("explain")

  @Test("It gives the plan that an answer then follows, reads no frame and counts no query", arguments: [StoragePolicy.dedup, .none])
  func plan(policy: StoragePolicy) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    let identity = ModelIdentity(project: "t", name: "net")
    try store.logIntermediates(of: ToyNetwork(rows: 300, weight: 3), as: identity, policy: policy)
    // Explaining opens manifests, after which reading is predicted to take less.
    _ = try store.explain(["t.net.layer2.n1", "t.net.layer1.*"], rows: .ids([3, 17]))
    let plans = try store.explain(["t.net.layer2.n1", "t.net.layer1.*"], rows: .ids([3, 17]))
    #expect(try store.intermediates(of: identity).allSatisfy { $0.queries == 0 })
    let answers = try store.getIntermediates(["t.net.layer2.n1", "t.net.layer1.*"], rows: .ids([3, 17]))
    #expect(plans.map(\.choice) == answers.map(\.plan.choice))
    #expect(plans.map(\.frames) == answers.map(\.plan.frames) && plans.map(\.frameBytes) == answers.map(\.plan.frameBytes))
    #expect(plans.allSatisfy { ($0.predictedReadSeconds != nil) == (policy != .none) && $0.predictedRerunSeconds != nil })
    #expect(throws: StoreError.self) { try store.explain(["t.net.layer9.*"]) }
  }
}

@Suite("Asynchronous doors") struct AsyncTests {
  let folder = TemporaryDirectory("async")

  @Test("They log and answer as the synchronous ones do")
  func same() async throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    let identity = ModelIdentity(project: "t", name: "net")
    let report = try await store.logIntermediates(of: ToyNetwork(rows: 100, weight: 3), as: identity)
    #expect(report.intermediates == 3)
    let answer = try await store.getIntermediates(["t.net.layer1.*"])
    let again = try await store.getIntermediates(["t.net.layer1.*"], plan: .rerun)
    #expect(answer.count == 1 && answer[0].isIdentical(to: again[0]))
  }

  @Test("A cancelled task ends logging, and the store is as it was")
  func cancelled() async throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    let logging = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.logIntermediates(of: ToyNetwork(rows: 100_000, weight: 3), as: ModelIdentity(project: "t", name: "net"))
    }
    await #expect(throws: CancellationError.self) { try await logging.value }
    #expect(try store.models().isEmpty)
  }
}
