import TestSupport
import Testing

@testable import Mistique

@Suite("What re-running is predicted to take") struct RerunCostTests {
  @Test(
    "A stage in batches costs whole batches, one over the whole table all of its time",
    arguments: [(1, 0.05), (100, 0.05), (101, 0.1), (1000, 0.5), (10_000, 5)])
  func batches(rows: Int, seconds: Double) throws {
    var batched = StageCost()
    batched.note(StageMeasurement(stage: 0, seconds: 5, batches: 100, rowsPerBatch: 100))
    var table = StageCost()
    table.note(StageMeasurement(stage: 1, seconds: 3))
    #expect(abs(try #require(batched.seconds(rows: rows)) - seconds) < 1e-12)
    #expect(table.seconds(rows: rows) == 3)
    #expect(batched.isInBatches && !table.isInBatches)
  }

  @Test("Few batches are predicted from few batches, many from many")
  func fewAndMany() throws {
    var cost = StageCost()
    cost.note(StageMeasurement(stage: 0, seconds: 1, batches: 100, rowsPerBatch: 8))
    #expect(cost.seconds(rows: 8) == 0.01)
    cost.note(StageMeasurement(stage: 0, seconds: 0.08, batches: 1, rowsPerBatch: 8))
    #expect(cost.seconds(rows: 8) == 0.08)
    #expect(cost.seconds(rows: 800) == 1)
    // Half of what is new: the mean of 0.08 and 0.04.
    cost.note(StageMeasurement(stage: 0, seconds: 0.04, batches: 1, rowsPerBatch: 8))
    #expect(abs(try #require(cost.seconds(rows: 8)) - 0.06) < 1e-12)
    // Batches of another size replace what was known of the old ones.
    cost.note(StageMeasurement(stage: 0, seconds: 0.5, batches: 2, rowsPerBatch: 64))
    #expect(cost.seconds(rows: 64) == 0.25)
  }

  @Test(
    "Batches and sizes that no file should hold end in numbers, not in a trap", arguments: [1, .max] as [Int], [1, 1 << 40, .max] as [Int])
  func hostile(size: Int, rows: Int) {
    var cost = StageCost()
    cost.note(StageMeasurement(stage: 0, seconds: 1, batches: 1, rowsPerBatch: size))
    #expect(cost.seconds(rows: rows)! >= 1)
    var constants = CostConstants(["a": 1.0], samples: ["a": .max])
    constants.observe(["a": 2], seconds: 3)
    #expect(constants.predicted(["a": 2]) > 2)
  }

  @Test("What was never measured predicts nothing, and measurements that cannot be are passed over")
  func unmeasured() {
    let costs = ModelCosts(restoreSeconds: 1, stages: [:])
    #expect(costs.seconds(ofStages: [0], rows: 1) == nil && costs.seconds(ofStages: [], rows: 1) == 0 && costs.restoreSeconds == 1)
    _ = costs.note(restoreSeconds: 2, [StageMeasurement(stage: 0, seconds: .nan), StageMeasurement(stage: 1, seconds: 4)])
    #expect(costs.seconds(ofStages: [0, 1], rows: 1) == nil && costs.seconds(ofStages: [1], rows: 1) == 4 && costs.restoreSeconds == 2)
  }

  @Test("A re-run's fixed part and the rates of layers, of maps picked from them and of frames follow what handing over takes")
  func handingOver() {
    typealias Answer = RerunCost.Answer
    let cost = RerunCost()
    func seconds(_ answer: Answer) -> Double {
      guard let layer = answer.layerBytes else { return 2e-3 + Double(answer.bytes) * 1e-11 }
      return 2e-3 + Double(answer.bytes) * 2e-9 + Double(layer) * 3e-10
    }
    var random = SeededRandom(seed: 1)
    func answer(_ bytes: Int) -> Answer {
      switch random.next() % 3 {
      case 0: Answer(bytes: bytes, layerBytes: nil)
      case 1: Answer(bytes: bytes, layerBytes: bytes)
      default: Answer(bytes: max(bytes / 64, 1), layerBytes: bytes)
      }
    }
    for _ in 0..<600 {
      let answer = answer(1 << (8 + Int(random.next() % 22)))
      cost.observe([answer], seconds: seconds(answer))
    }
    for bytes in [1 << 10, 1 << 28] {
      for answer in [
        Answer(bytes: bytes, layerBytes: nil), Answer(bytes: bytes, layerBytes: bytes), Answer(bytes: bytes / 64, layerBytes: bytes),
      ] {
        let ratio = cost.handOverSeconds([answer]) / seconds(answer)
        #expect((0.7...1.4).contains(ratio), "\(answer): \(ratio)")
      }
    }
    let before = cost.constants
    cost.observe([Answer(bytes: 1 << 20, layerBytes: 1 << 20)], seconds: -1)
    #expect(cost.constants == before)
  }

  @Test("One slow run is hardly believed, the second soon after is, and so is a fast one at once")
  func slowness() {
    var constants = CostConstants(["a": 1.0])
    for _ in 0..<20 { constants.observe(["a": 1], seconds: 1) }
    constants.observe(["a": 1], seconds: 10)
    #expect((1...1.3).contains(constants.predicted(["a": 1])))
    constants.observe(["a": 1], seconds: 10)
    #expect(constants.predicted(["a": 1]) > 2)
    for _ in 0..<5 { constants.observe(["a": 1], seconds: 1) }
    #expect((0.9...1.2).contains(constants.predicted(["a": 1])))
  }

  @Test("A run that is a little slow does not make a very slow one after it believed")
  func slownessOfAnotherSize() {
    var constants = CostConstants(["a": 1.0])
    for _ in 0..<20 { constants.observe(["a": 1], seconds: 1) }
    for seconds in [1.3, 10] { constants.observe(["a": 1], seconds: seconds) }
    #expect((1...1.5).contains(constants.predicted(["a": 1])))
  }

  @Test("That small answers had to wait says nothing of what a byte takes")
  func waitingForLittle() {
    let cost = RerunCost()
    func whole() -> Double { cost.handOverSeconds([.init(bytes: 84 << 20, layerBytes: 84 << 20)]) }
    let before = whole()
    cost.observe([.init(bytes: 40, layerBytes: 40)], seconds: 1)
    #expect(whole() < before * 1.3, "\(before) -> \(whole())")
    #expect(cost.handOverSeconds([.init(bytes: 40, layerBytes: 40)]) > 1e-4)
  }
}
