import Foundation
import Groundwork
import Testing

/// Sends this process a signal as a terminal does, and waits until it was noticed.
private func send(_ signal: Int32) {
  kill(getpid(), signal)
  for _ in 0..<5_000 where StopSignal.received == nil { usleep(1_000) }
}

struct StopSignalTests {
  @Test("The first signal raises the flag, which can be taken back")
  func first() async {
    await #expect(processExitsWith: .exitCode(143)) {
      StopSignal.install()
      guard StopSignal.received == nil else { exit(1) }
      send(SIGTERM)
      guard let signal = StopSignal.received else { exit(1) }
      StopSignal.clear()
      exit(StopSignal.received == nil ? StopSignal.exitStatus(of: signal) : 1)
    }
  }

  @Test("The first signal prints the advice, the second ends the process")
  func second() async throws {
    let result = try await #require(processExitsWith: .signal(SIGINT), observing: [\.standardErrorContent]) {
      StopSignal.install(advice: "Once more stops at once.\n")
      send(SIGTERM)
      send(SIGINT)
      sleep(5)
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("Once more stops at once.\n"))
  }
}
