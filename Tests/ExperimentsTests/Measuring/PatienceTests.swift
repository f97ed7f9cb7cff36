import Testing

@testable import experiments

@Suite struct PatienceTests {
  private func isEnough(_ taken: [Double], after warmUp: Double? = nil, repetitions: Int = 5) -> Bool {
    Patience.isEnough(taken, after: warmUp, patience: 1, repetitions: repetitions)
  }

  @Test("Short ones are timed as often as the run repeats")
  func short() {
    for count in 0..<5 { #expect(!isEnough(Array(repeating: 0.1, count: count))) }
    #expect(isEnough(Array(repeating: 0.1, count: 5)))
    #expect(isEnough([0.1], repetitions: 1) && isEnough([0.1, 0.1], repetitions: 2))
  }

  @Test("A disturbed one does not end the sampling, and an even number of times is never the end")
  func disturbed() {
    #expect(!isEnough([0.4, 0.8]), "the mean of two is no median")
    #expect(!isEnough([0.3, 9, 0.3]), "the others are short")
    #expect(isEnough([0.4, 0.8, 0.4]) && !isEnough([2, 2]))
  }

  @Test("One long time is enough where it agrees with the one before, and not where only one of the two was disturbed")
  func long() {
    #expect(isEnough([2]) && isEnough([2], after: 2.3) && isEnough([2.3], after: 2))
    #expect(!isEnough([2], after: 4) && !isEnough([4], after: 2))
    #expect(isEnough([2, 2, 2], after: 4))
  }
}
