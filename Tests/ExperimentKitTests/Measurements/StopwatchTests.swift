import Testing

@testable import ExperimentKit

struct StopwatchTests {
  @Test("A timing measures every repetition after the warm-ups")
  func measuring() throws {
    let calls = Counter()
    let timings = measure(repetitions: 3, warmups: 2) { calls.next() }
    #expect(calls.value == 5 && timings.seconds.count == 3 && timings.minimum >= 0)
    #expect(Timings(seconds: [3, 1, 2]).median == 2 && Timings(seconds: [4, 1, 2, 3]).median == 2.5)
    #expect(throws: Boom.self) { try measure(repetitions: 1) { throw Boom() } }
  }
}
