import Mistique

/// Trained gradient-boosted regression trees: what `TrainLightGBM` and `TrainXGBoost` fit.
///
/// Boosting starts at `base_score`: `mean`, the mean of the target over the training rows, as LightGBM does, or a number. XGBoost's own default
/// was 0.5 before version 2.
///
/// Applied as a stage it emits the importance of the features, one row per feature in the model's order (`row_id` is the feature's number):
/// `feature` (text), `gain` (mean gain of its splits), `weight` (number of its splits) and `cover` (mean number of rows at them), zeros for
/// a feature that no tree uses. It needs no inputs for that, so a restored stage costs nothing to apply.
///
/// Bytes of the payload: number of features u32, in whose highest bits is what `TimeFeatures` says of itself; their names, the times among them, then the
/// model in XGBoost's binary JSON.
struct BoostedTrees: Predictor {
  /// Rows handed to XGBoost at once when predicting: bounds the copy at 4 bytes x features x this.
  private static let batchRowCount = 65_536

  let transformer: String
  let parameters: Parameters
  let featureNames: [String]
  private let times: TimeFeatures
  private let modelBytes: [UInt8]

  static let baseScoreDeclaration = ParameterDeclaration("base_score", .text(oneOf: []), default: .text("mean"), isWrittenAtDefault: false)

  /// What XGBoost is given, except for the settings that both learners share.
  struct Training {
    let transformer: String
    let parameters: Parameters
    let target: String
    let rounds: Int
    let seed: Int
    /// The value of the parameter `base_score`.
    let baseScore: String
    let settings: [String: String]
  }

  /// Learns `training.target` from all other columns of `frame`.
  init(_ training: Training, frame: DataFrame) throws {
    (transformer, parameters) = (training.transformer, training.parameters)
    let values: [Double]
    (values, featureNames) = try FeatureMatrix.target(training.target, of: frame)
    let columns = try FeatureMatrix.columns(featureNames, of: frame)
    times = TimeFeatures(columns)
    let rowMajor = try FeatureMatrix.finiteRowMajor(columns, featureNames, of: frame, rows: 0..<frame.rowCount)
    let target = try frame.requiredColumn(training.target)
    for (name, column) in zip([training.target] + featureNames, [target] + columns) {
      guard let row = FeatureMatrix.rowLost(of: column) else { continue }
      throw NumericColumnError.notFloat32(column: name, rowID: frame.rowIDs[row])
    }
    let matrix = try BoosterMatrix(rowMajor: rowMajor, rows: frame.rowCount, columns: columns.count)
    try matrix.setLabels(values.map(Float.init))
    var settings = training.settings
    settings["objective"] = "reg:squarederror"
    settings["tree_method"] = "hist"
    settings["base_score"] = "\(try Self.baseScore(training.baseScore, values))"
    settings["seed"] = "\(training.seed)"
    settings["nthread"] = "\(Booster.threadCount)"
    settings["verbosity"] = "0"
    settings["validate_parameters"] = "1"
    modelBytes = try Booster(parameters: settings, rounds: training.rounds, matrix: matrix).modelBytes()
  }

  private static func baseScore(_ text: String, _ target: [Double]) throws -> Float {
    // The first trees would be spent on getting away from XGBoost's own start of 0.5.
    if text == "mean" { return Float(target.reduce(0, +) / Double(target.count)) }
    guard let score = Float(text), score.isFinite else { throw TransformerError.baseScore(text) }
    return score
  }

  /// The trees whose `state` this is. Nothing reaches XGBoost before the checksum of the envelope is verified.
  init(restoring state: [UInt8], transformer: String, parameters: Parameters) throws {
    (self.transformer, self.parameters) = (transformer, parameters)
    var reader = ByteReader(try FittedState.opened(state, transformer: transformer, parameters: parameters)[...])
    let (flags, count) = try reader.flaggedCount()
    let names = try (0..<count).map { _ in try reader.text() }
    featureNames = names
    times = try TimeFeatures(flags: flags, features: count, from: &reader)
    modelBytes = Array(reader.rest)
    guard !modelBytes.isEmpty else { throw FittedStateError.malformed("it holds no model") }
  }

  var state: [UInt8] {
    var writer = ByteWriter()
    writer.write(flagged: featureNames.count, times.flags)
    for name in featureNames { writer.write(counted: name.utf8) }
    times.write(to: &writer)
    writer.write(bytes: modelBytes)
    return FittedState.sealed(writer.bytes, transformer: transformer, parameters: parameters)
  }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let booster = try Booster(modelBytes: modelBytes)
    var columns: [(name: String, column: Column)] = [("feature", Column(.text(TextValues(featureNames))))]
    for kind in ["gain", "weight", "cover"] {
      let scores = try booster.importance(kind)
      columns.append((kind, Column(.float64(featureNames.indices.map { scores[$0] ?? 0 }))))
    }
    return [DataFrame(rowIDs: .first(featureNames.count), columns: columns)]
  }

  /// float32, as XGBoost computes it. Columns that are no features are ignored. A feature may have missing values but no infinite ones,
  /// and is a time where it was one when the trees were trained.
  func predict(_ frame: DataFrame) throws -> Column {
    let columns = try FeatureMatrix.columns(featureNames, of: frame)
    try times.check(columns, featureNames)
    let booster = try Booster(modelBytes: modelBytes)
    var predictions: [Float] = []
    predictions.reserveCapacity(frame.rowCount)
    for start in stride(from: 0, to: frame.rowCount, by: Self.batchRowCount) {
      let rows = start..<min(start + Self.batchRowCount, frame.rowCount)
      let rowMajor = try FeatureMatrix.finiteRowMajor(columns, featureNames, of: frame, rows: rows)
      predictions += try booster.predict(rowMajor: rowMajor, rows: rows.count, columns: columns.count)
    }
    return Column(.float32(predictions))
  }
}
