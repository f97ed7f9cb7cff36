import Foundation
import Testing

@testable import ExperimentKit

/// Signals this process as a terminal does, to whichever thread takes it, and waits until it was noticed.
private func interrupt(with signal: Int32) {
  kill(getpid(), signal)
  let watch = Stopwatch()
  while Interruption.request == nil, watch.seconds < 5 { usleep(1000) }
}

struct InterruptionTests {
  @Test("An interruption stops a run cleanly with status 130 and keeps the finished units")
  func cleanStop() async {
    await #expect(processExitsWith: .exitCode(130)) {
      Interruption.install()
      let folder = try TemporaryFolder()
      let runner = Runner(results: ResultsFolder(root: folder.url), output: .silent)
      let experiment = Sample.experiment { context in
        try context.state(data: .generated("seeded bytes", files: []))
        for policy in ["A", "B"] {
          try context.checkpointed(policy) {
            try context.record("storedBytes", 1, unit: "bytes", at: ["policy": policy])
            interrupt(with: SIGINT)
          }
        }
      }
      do {
        _ = try runner.run(experiment, Sample.options)
      } catch let stop as Cancelled {
        Interruption.clear()
        let report = try runner.run(Sample.experiment(), Sample.options)
        let kept = FileManager.default.fileExists(atPath: report.folder.path)
        exit(kept ? stop.exitStatus : 1)
      }
    }
  }

  @Test("An interruption asked for twice kills")
  func secondSignal() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      Interruption.install()
      interrupt(with: SIGTERM)
      interrupt(with: SIGINT)
      sleep(5)
    }
  }

  @Test("An interruption says how to go on")
  func message() {
    #expect(Cancelled(signal: SIGINT).description.contains("Stopped by Ctrl-C. Finished units are kept"))
    #expect(Cancelled(signal: SIGTERM).exitStatus == 143)
  }
}
