import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Mistique

/// Reading, deleting and giving back that somebody stops.
@Suite struct CancellationTests {
  private let folder = TemporaryDirectory("cancelled")
  private static let rows = 40_000
  private static let (whole, ladder) = (ModelIdentity(project: "t", name: "a"), ModelIdentity(project: "t", name: "b"))

  /// Says to stop once it was asked often enough.
  private final class Stop: Sendable {
    private let asked = Atomic<Int>(0)
    private let patience: Int

    init(after patience: Int) { self.patience = patience }

    var times: Int { asked.load(ordering: .relaxed) }

    func isWanted() -> Bool { asked.wrappingAdd(1, ordering: .relaxed).newValue > patience }
  }

  private func filled() throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: Self.rows, weight: 2), as: Self.whole)
    try store.logIntermediates(
      of: ToyNetwork(rows: Self.rows, weight: 3), as: Self.ladder, policy: .dedup.quantized(.ladder(.absolute(0.05))))
    return store
  }

  /// Expects `question` to ask whether it is to stop while it reads. If told to, it throws `CancellationError`; otherwise it answers.
  private func stops(_ name: String, _ question: (@escaping @Sendable () -> Bool) throws -> Void) throws {
    let never = Stop(after: .max)
    try question { never.isWanted() }
    #expect(never.times > 2, "\(name) asked \(never.times) times")
    for patience in [0, 2] {
      let stop = Stop(after: patience)
      #expect(throws: CancellationError.self, "\(name) after \(patience)") { try question { stop.isWanted() } }
    }
    try question { false }
  }

  @Test("A question that reads stops between frames")
  func reading() throws {
    let store = try filled()
    for key in ["t.a.layer1.*", "t.b.layer1.*"] {
      try stops(key) { stop in
        let answer = try store.getIntermediates([key], plan: .read, isCancelled: stop)
        #expect(answer[0].rowIDs.count == Self.rows)
      }
      try stops("bounds of \(key)") { stop in
        let bounds = try store.bounds(of: IntermediateKey(key), isCancelled: stop)
        #expect(bounds.lower.rowIDs.count == Self.rows && bounds.upper.matrix?.rows == Self.rows)
      }
      try stops("top of \(key)") { stop in
        let top = try store.topRows([key], k: 3, plan: .read, isCancelled: stop)
        #expect(top.rowIDs.count == 3)
      }
    }
    try stops("candidates") { stop in
      let candidates = try store.topCandidates(["t.b.layer1.*"], k: 3, isCancelled: stop)
      #expect(candidates != nil)
    }
  }

  @Test("Deleting and giving back are done wholly or not at all")
  func changing() throws {
    let store = try filled()
    let before = try store.getIntermediates(["t.b.layer1.*"], plan: .read)[0]
    #expect(throws: CancellationError.self) { try store.delete(Self.whole, isCancelled: { true }) }
    #expect(throws: CancellationError.self) { try store.demote("layer1", of: Self.ladder, to: .absolute(0.05), isCancelled: { true }) }
    #expect(try store.models().map(\.identity) == [Self.whole, Self.ladder])
    let after = try store.getIntermediates(["t.b.layer1.*"], plan: .read)[0]
    #expect(after.isExact && after.isIdentical(to: before))
    #expect(try store.verify().isIntact)
    // Nobody is kept from it afterwards.
    #expect(try store.demote("layer1", of: Self.ladder, to: .absolute(0.05), isCancelled: { false }).bytes > 0)
    #expect(try store.delete(Self.whole, isCancelled: { false }).bytes > 0)
    #expect(try store.verify().isIntact)
  }

  @Test("Who waits for another writer stops waiting", .timeLimit(.minutes(1)))
  func waiting() throws {
    let other = try filled()
    try other.close()
    var options = StoreOptions()
    options.writerPatience = .seconds(600)
    let store = try IntermediateStore(at: folder.url, options: options)
    try other.opened.withRightToWrite(on: other.opened.model(Self.whole), isCancelled: { false }) {
      for patience in [0, 3] {
        let (deleting, demoting) = (Stop(after: patience), Stop(after: patience))
        #expect(throws: CancellationError.self) { try store.delete(Self.whole, isCancelled: { deleting.isWanted() }) }
        #expect(throws: CancellationError.self) {
          try store.demote("layer1", of: Self.ladder, to: .absolute(0.05), isCancelled: { demoting.isWanted() })
        }
        #expect(deleting.times == patience + 1 && demoting.times == patience + 1)
      }
    }
    #expect(try store.delete(Self.whole).bytes > 0)
  }
}
