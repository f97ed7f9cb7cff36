import Foundation
import Mistique
import Testing

@testable import TabularPipelines

/// The transformers of numbers together, on the small Zillow files: coordinates in millionths of a degree beside flags and years, with gaps.
struct LinearPipelineTests {
  private static let text = """
    name: L
    project: zillow
    inputs: {properties: properties_2016.csv, train: train_2016_v2.csv}
    stages:
      - {name: read_properties, transformer: ReadCSV, inputs: [properties], parameters: {schema: zillow}}
      - {name: read_train, transformer: ReadCSV, inputs: [train], parameters: {schema: zillow}}
      - {name: joined, transformer: Join, inputs: [read_train, read_properties], parameters: {left_key: parcelid, right_key: parcelid}}
      - name: features
        transformer: SelectColumn
        inputs: [joined]
        parameters:
          columns: [logerror, transactiondate, latitude, longitude, taxamount, yearbuilt, bathroomcnt, fireplaceflag, poolcnt]
      - {name: scaled, transformer: Scale, inputs: [features], parameters: {columns: [latitude, taxamount, poolcnt], method: robust}}
      - {name: places, transformer: PCA, inputs: [joined], parameters: {columns: [latitude, longitude], standardize: true, whiten: true}}
      - {name: split, transformer: TrainTestSplit, inputs: [scaled, places], parameters: {test_fraction: 0.25, seed: 3}}
      - name: net
        transformer: TrainElasticNet
        inputs: [split_train]
        parameters: {target: logerror, alpha: 0.0001, missing: mean, normalize: true, tol: 1.0e-8}
      - {name: raw, transformer: TrainElasticNet, inputs: [features], parameters: {target: logerror, missing: mean}}
      - {name: trees, transformer: TrainXGBoost, inputs: [split_train], parameters: {target: logerror, rounds: 5}}
      - {name: by_net, transformer: Predict, inputs: [net, split_test]}
      - {name: by_trees, transformer: Predict, inputs: [trees, split_test]}
      - {name: both, transformer: CombinePredictions, inputs: [by_trees, by_net], parameters: {weights: [0.75, 0.25], decimals: 4}}
    """

  private func frames(_ run: PipelineRun, states: FittedStates = [:]) throws -> (frames: [String: DataFrame], states: FittedStates) {
    var frames: [String: DataFrame] = [:]
    let states = try run.execute(.init(states: states)) { frames[$0.name] = $0.frame }.states
    return (frames, states)
  }

  @Test("A pipeline of linear stages runs from its specification, and runs again from its states to the same bits")
  func runsAndReruns() throws {
    let pipeline = try Pipeline(PipelineSpecification(parsing: Self.text, file: "L.yaml"))
    let run = PipelineRun(pipeline, dataDirectory: try SmallZillow.directory.get())
    let (frames, states) = try frames(run)
    let again = try self.frames(run, states: states)
    let trainedAgain = try self.frames(run)
    #expect(again.states == states && trainedAgain.states == states)
    for (name, frame) in frames {
      #expect(again.frames[name]?.isIdentical(to: frame) == true, "\(name)")
      #expect(trainedAgain.frames[name]?.isIdentical(to: frame) == true, "\(name)")
    }
    let net = try #require(frames["by_net"]?["prediction"]?.doubles)
    let trees = try #require(frames["by_trees"]?["prediction"]?.doubles)
    let both = try #require(frames["both"]?["prediction"]?.doubles)
    #expect(both.count > 300 && both.indices.allSatisfy { abs(both[$0] - (0.75 * trees[$0] + 0.25 * net[$0])) <= 0.5001e-4 })
    for model in ["net", "raw"] {
      #expect(try #require(frames[model]?["converged"]).goldenTexts.allSatisfy { $0 == "true" }, "\(model)")
    }
    #expect(try #require(frames["net"]?["coefficient"]?.doubles).dropLast().contains { $0 != 0 })
  }

  @Test("Columns that Scale changes are those it says, and all others are passed on")
  func scalePassesOn() throws {
    let pipeline = try Pipeline(PipelineSpecification(parsing: Self.text, file: "L.yaml"))
    let (frames, states) = try frames(PipelineRun(pipeline, dataDirectory: try SmallZillow.directory.get()))
    let (features, scaled) = (try #require(frames["features"]), try #require(frames["scaled"]))
    #expect(states["scaled"] != nil)
    let changed: Set = ["latitude", "taxamount", "poolcnt"]
    for name in features.names {
      #expect(scaled[name]!.isIdentical(to: features[name]!) == !changed.contains(name), "\(name)")
      #expect(scaled[name]!.missingCount == features[name]!.missingCount, "\(name)")
    }
  }
}
