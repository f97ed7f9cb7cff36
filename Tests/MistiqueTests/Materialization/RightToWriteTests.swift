import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Mistique

/// Whoever gets the right to write for a while, and gives it back.
@Suite struct RightToWriteTests {
  private let folder = TemporaryDirectory("right")
  private static let identity = ModelIdentity(project: "t", name: "a")

  private func filled() throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: Self.identity)
    try store.close()
    return store
  }

  @Test("Giving the right to write back does not wait for a log of another thread", .timeLimit(.minutes(1)))
  func logOfAnother() throws {
    let store = try filled()
    let (holds, isBack, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let hasWaited = Mutex(false)
    try store.opened.withRightToWrite(on: store.opened.model(Self.identity), isCancelled: { false }) {
      Thread {
        store.opened.writing.withLock { _ in
          holds.signal()
          if isBack.wait(timeout: .now() + 5) == .timedOut { hasWaited.withLock { $0 = true } }
        }
        ended.signal()
      }.start()
      holds.wait()
    }
    isBack.signal()
    ended.wait()
    #expect(!hasWaited.withLock { $0 })
    try store.close()
  }

  @Test("The right to write is given back, also to other handles")
  func givenBack() throws {
    let store = try filled()
    try store.opened.withRightToWrite(on: store.opened.model(Self.identity), isCancelled: { false }) {}
    try IntermediateStore(at: folder.url).collectGarbage()
  }
}
