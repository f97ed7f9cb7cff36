import Dispatch
import Foundation
import Synchronization

/// Pieces of work that do not depend on each other, on all cores at a niceness.
package enum ConcurrentWork {
  /// Calls `body` once for each number below `count`, several at a time, and returns when all have ended.
  ///
  /// - Parameter niceness: of the threads that do it. At that of the calling thread they are the dispatch library's, otherwise threads that are made for this call:
  ///   some tens of microseconds each.
  package static func perform(count: Int, niceness: Int, _ body: @Sendable (Int) -> Void) {
    guard niceness > Niceness.current else { return DispatchQueue.concurrentPerform(iterations: count, execute: body) }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      let team = DispatchGroup()
      let work: @Sendable () -> Void = {
        Niceness.raise(to: niceness)
        while true {
          let place = next.add(1, ordering: .relaxed).oldValue
          guard place < count else { return }
          body(place)
        }
      }
      for _ in 0..<min(count, ProcessInfo.processInfo.activeProcessorCount) {
        team.enter()
        OwnThread.run(named: "mistique work", work) { team.leave() }
      }
      team.wait()
    }
  }
}
