import COpenMP
import Foundation
import Testing

@testable import ConvolutionalNetworks

struct ComputeThreadTests {
  @Test("Jobs run on one thread with its number of OpenMP threads")
  func oneThread() throws {
    let compute = ComputeThread(threads: 3)
    let caller = pthread_self()
    let (first, threads) = try compute.perform { (pthread_self(), omp_get_max_threads()) }
    #expect(threads == 3)
    #expect(pthread_equal(first, caller) == 0)
    #expect(try compute.perform { pthread_equal(first, pthread_self()) } != 0)
  }

  @Test("A job within a job runs at once")
  func nestedJob() throws {
    let compute = ComputeThread(threads: 1)
    #expect(try compute.perform { try compute.perform { 7 } } == 7)
  }

  @Test("An error reaches the caller, and the thread survives")
  func errors() throws {
    struct Failure: Error {}
    let compute = ComputeThread(threads: 1)
    #expect(throws: Failure.self) { try compute.perform { throw Failure() } }
    #expect(try compute.perform { 1 } == 1)
  }

  @Test("Jobs of many callers never overlap")
  func manyCallers() throws {
    let compute = ComputeThread(threads: 1)
    // Deliberately unguarded: the thread sanitizer would see an overlap, and a lost update would show.
    final class Counter: @unchecked Sendable { var value = 0 }
    let counter = Counter()
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<200 { try? compute.perform { counter.value += 1 } }
    }
    #expect(counter.value == 800)
  }
}
