import TestSupport
import Testing

@testable import Mistique

@Suite("What re-running is predicted to take") struct RerunCostTests {
  @Test(
    "A stage in batches costs whole batches, one over the whole table all of its time",
    arguments: [(1, 0.5), (100, 0.5), (101, 1.0), (1000, 5.0)])
  func batches(rows: Int, seconds: Double) {
    let stage = StageMeasurement(stage: 0, seconds: 5, batches: 10, rowsPerBatch: 100)
    let table = StageMeasurement(stage: 1, seconds: 3)
    #expect(RerunCost.stageSeconds([stage], rows: rows) == seconds)
    #expect(RerunCost.stageSeconds([stage, table], rows: rows) == seconds + 3)
  }

  @Test("Nothing is predicted where a stage on the way was never measured")
  func unmeasured() {
    let stage = StageMeasurement(stage: 0, seconds: 5)
    #expect(RerunCost().seconds(restoreSeconds: 1, ancestors: [stage, nil], rows: 1, answerBytes: 0) == nil)
    #expect(RerunCost().seconds(restoreSeconds: 1, ancestors: [], rows: 1, answerBytes: 0) == 1)
  }

  @Test("Restoring, stages and handing over add up; the first large re-run sets the rate, later ones move it by a fifth")
  func handingOver() throws {
    let cost = RerunCost(.init(handOverSecondsPerByte: 1e-9))
    let stage = StageMeasurement(stage: 0, seconds: 2)
    #expect(cost.seconds(restoreSeconds: 1, ancestors: [stage], rows: 1, answerBytes: 1_000_000_000) == 4)
    cost.observe(handOverSeconds: 100, bytes: 1000)
    #expect(cost.constants == .init(handOverSecondsPerByte: 1e-9), "a small re-run says nothing about a rate")
    cost.observe(handOverSeconds: 0.4, bytes: 100_000_000)
    #expect(cost.constants == .init(handOverSecondsPerByte: 4e-9, samples: 1))
    cost.observe(handOverSeconds: 0.9, bytes: 100_000_000)
    #expect(abs(cost.constants.handOverSecondsPerByte - 5e-9) < 1e-15)
  }

  @Test("The stages that must run are those that the last one can reach, in the order of the model", arguments: UInt64(1)...200)
  func ancestors(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let stages = (0..<12).map { place in
      Stage(name: "\(place)", inputs: (0..<place).filter { _ in random.next() % 4 == 0 }, outputs: [])
    }
    // Paths are followed one edge at a time until nothing is added.
    for last in stages.indices {
      var reached: Set<Int> = [last]
      while case let more = reached.union(reached.flatMap { stages[$0].inputs }), more != reached { reached = more }
      #expect(Stage.ancestors(of: last, in: stages) == reached.sorted())
    }
  }
}
