import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// The ten templates of the experiments beside table 4 of the paper.
@Suite struct PaperPipelinesTests {
  private static let end = "TrainTestSplit TrainElasticNet Predict(2)"
  private static let joined = "Join(2) SelectColumn DropColumns(2)"
  /// The stages as the table has them, (n) for n times in a row.
  static let stages = [
    "P1": "ReadCSV(3) \(joined) TrainTestSplit TrainLightGBM Predict(2)",
    "P2": "ReadCSV(3) \(joined) TrainTestSplit TrainXGBoost Predict(2)",
    "P3": "ReadCSV(3) OneHotEncoding FillNA(2) \(joined) \(end)",
    "P4": "ReadCSV(3) Avg OneHotEncoding FillNA(2) \(joined) \(end)",
    "P5": "ReadCSV(3) \(joined) TrainTestSplit TrainXGBoost TrainElasticNet Predict(4) CombinePredictions(2)",
    "P6": "ReadCSV(3) Avg \(joined) TrainTestSplit TrainLightGBM Predict(2)",
    "P7": "ReadCSV(3) Avg \(joined) TrainTestSplit TrainXGBoost Predict(2)",
    "P8": "ReadCSV(3) Avg GetConstructionRecency OneHotEncoding FillNA(2) \(joined) \(end)",
    "P9": "ReadCSV(3) Avg GetConstructionRecency OneHotEncoding FillNA(2) ComputeNeighborhood \(joined) \(end)",
    "P10": "ReadCSV(3) Avg GetConstructionRecency OneHotEncoding FillNA(2) ComputeNeighborhood IsResidential \(joined) \(end)",
  ]

  @Test("Each template has the stages of table 4 in the table's order, and five settings", arguments: stages.keys.sorted())
  func table4(name: String) throws {
    let template = try template(name)
    var runs: [(name: String, count: Int)] = []
    for stage in template.stages {
      if runs.last?.name == stage.transformer { runs[runs.count - 1].count += 1 } else { runs.append((stage.transformer, 1)) }
    }
    #expect(runs.map { $0.count == 1 ? $0.name : "\($0.name)(\($0.count))" }.joined(separator: " ") == Self.stages[name])
    #expect(template.variants.count == 5)
  }

  @Test("P10 learns from what P9 learns from and from whether people live in the home, which no home lacks")
  func residential() throws {
    func frames(_ name: String, _ wanted: Set<String>) throws -> [String: DataFrame] {
      var frames: [String: DataFrame] = [:]
      let run = try PipelineRun(Pipeline(template(name), variant: "c"), dataDirectory: SmallZillow.directory.get())
      _ = try run.execute(.init(wanted: wanted)) { frames[$0.name] = $0.frame }
      return frames
    }
    let nine = try frames("P9", ["drop_train", "neighborhood"])
    let ten = try frames("P10", ["drop_train", "residential"])
    let (before, after) = (try #require(nine["drop_train"]), try #require(ten["drop_train"]))
    #expect(Set(after.names) == Set(before.names + ["is_residential"]))
    for name in before.names { #expect(after[name]!.isIdentical(to: before[name]!), "\(name)") }
    let homes = try #require(ten["residential"])
    let (uses, lived) = (try #require(homes["propertylandusetypeid"]?.doubles), try #require(homes["is_residential"]))
    #expect(lived.missingCount == 0 && homes["neighborhood"]?.missingCount == 0)
    guard case .boolean(let flags) = lived.values else { return #expect(Bool(false), "a boolean") }
    // Those of the setting c.
    let codes: Set<Double> = [261, 262, 263, 264, 265, 266, 268, 273, 275, 276]
    #expect(zip(uses, flags).allSatisfy { codes.contains($0) == $1 } && flags.contains(true) && flags.contains(false))
  }

  @Test("A parameter can be set in every stage that has it, and nothing else changes")
  func setting() throws {
    let rounded = try Pipeline(template("P5"), variant: "c")
    let unrounded = rounded.setting("decimals", to: .integer(-1))
    #expect(unrounded.canonicalText == rounded.canonicalText.replacing("decimals: 4", with: "decimals: -1"))
    #expect(unrounded != rounded && unrounded.setting("decimals", to: .integer(4)) == rounded)
    #expect(rounded.setting("no_such_parameter", to: .integer(1)) == rounded)
    #expect(try Pipeline(canonicalText: unrounded.canonicalText) == unrounded)
  }
}
