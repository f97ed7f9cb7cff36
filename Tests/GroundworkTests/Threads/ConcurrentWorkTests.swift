import Groundwork
import Synchronization
import Testing

struct ConcurrentWorkTests {
  @Test("Every piece of work is done once, at the niceness that was asked for", arguments: [0, 1, 3, 1_000], [0, 7])
  func pieces(count: Int, above: Int) {
    let niceness = Niceness.current + above
    let seen = Mutex<[Int: [Int]]>([:])
    ConcurrentWork.perform(count: count, niceness: niceness) { place in
      seen.withLock { $0[place, default: []].append(Niceness.current) }
    }
    let expected = Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, [niceness]) })
    #expect(seen.withLock { $0 } == expected)
  }

  @Test("Work that is nice leaves the thread that asked for it as it was")
  func caller() {
    let before = Niceness.current
    ConcurrentWork.perform(count: 4, niceness: before + 5) { _ in }
    #expect(Niceness.current == before)
  }

  @Test("A thread stands back further, never less")
  func raising() async {
    let before = Niceness.current
    let steps = await withCheckedContinuation { continuation in
      OwnThread.run(named: "nice") {
        [before + 5, before + 2, 100].map { niceness in
          Niceness.raise(to: niceness)
          return Niceness.current
        }
      } receive: {
        continuation.resume(returning: $0)
      }
    }
    #expect(steps == [before + 5, before + 5, 19])
    #expect(Niceness.current == before)
  }
}
