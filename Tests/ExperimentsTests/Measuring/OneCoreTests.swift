import Foundation
import Testing

@testable import experiments

@Suite struct OneCoreTests {
  private struct Failure: Error {}

  @Test("Threads that are there and new ones run on one core, and on all of them again afterwards, whatever the body does")
  func pins() throws {
    let allowed = try OneCore.cores()
    let within = try OneCore.run { () -> [String] in
      let own = try OneCore.cores()
      let places = UnsafeMutableBufferPointer<String>.allocate(capacity: 8)
      defer { places.deinitialize().deallocate() }
      places.initialize(repeating: "")
      nonisolated(unsafe) let shared = places
      DispatchQueue.concurrentPerform(iterations: 8) { shared[$0] = (try? OneCore.cores()) ?? "" }
      return [own] + places
    }
    #expect(within == Array(repeating: String(allowed.prefix(while: \.isNumber)), count: 9))
    #expect(try OneCore.cores() == allowed)
    #expect(throws: Failure.self) { try OneCore.run { throw Failure() } }
    #expect(try OneCore.cores() == allowed)
  }
}
