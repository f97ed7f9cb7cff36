import Foundation
import Testing

@testable import ExperimentKit

struct ProgressTests {
  @Test("Progress goes to a log as whole timestamped lines with rate and remaining time")
  func log() {
    let transcript = Transcript()
    let ticks = Counter()
    let reporter = ProgressReporter(
      label: "logging", total: 100, unit: "images", output: .init(isTerminal: false, intervalSeconds: 10) { transcript.add($0) },
      clock: { Double(ticks.next() - 1) * 5 })
    for _ in 0..<4 { reporter.advance(by: 10) }
    reporter.finish()
    reporter.finish()
    reporter.advance()
    #expect(transcript.text.contains("logging: 20/100 images (20 %), 2 images/s, 40 s left\n"))
    #expect(transcript.text.contains("logging: 40/100 images (40 %), 1.6 images/s, took 25 s\n"))
    #expect(transcript.count == 3)
    #expect(transcript.text.prefix(4).allSatisfy { $0.isNumber })
  }

  @Test("Progress stays on one line of a terminal and counts from many threads")
  func terminal() {
    let transcript = Transcript()
    let reporter = ProgressReporter(
      label: "x", total: 8000, unit: "rows", output: .init(isTerminal: true, intervalSeconds: 0) { transcript.add($0) })
    DispatchQueue.concurrentPerform(iterations: 8) { _ in for _ in 0..<1000 { reporter.advance() } }
    reporter.finish()
    #expect(transcript.text.hasPrefix("\r\u{1B}[K") && transcript.text.contains("8000/8000 rows (100 %)"))
    #expect(transcript.text.utf8.count { $0 == 10 } == transcript.count, "one line end at the last, one join per update")
  }

  @Test("Progress of nothing is no division by zero")
  func empty() {
    let transcript = Transcript()
    let reporter = ProgressReporter(
      label: "x", total: 0, unit: "rows", output: .init(isTerminal: false, intervalSeconds: 0) { transcript.add($0) })
    reporter.finish()
    #expect(transcript.text.contains("x: 0/0 rows, took"))
  }
}
