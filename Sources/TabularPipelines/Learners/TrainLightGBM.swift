import Mistique

/// Trains regression trees by LightGBM's algorithm: leaf-wise growth on histograms.
///
/// It runs on XGBoost (`tree_method=hist`, `grow_policy=lossguide`), which grows the same kind of tree; LightGBM itself is not used, and its
/// numbers differ in details such as the edges of bins. The parameters keep LightGBM's names: `learning_rate`; `sub_feature`, the share of
/// features drawn per tree; `min_data`, the fewest rows of a leaf (for squared error XGBoost's `min_child_weight` counts rows); `num_leaves`;
/// `max_depth`, -1 for no limit; `lambda_l1`, `lambda_l2`; `bagging_fraction`, the share of rows drawn per tree; `rounds`, the number of trees;
/// `base_score`, where boosting starts, `mean` or a number. The output, feature importances, is described at `BoostedTrees`.
struct TrainLightGBM: Transformer {
  static let bits: TransformerBits? = .revision(3, computedBy: .xgBoost)
  static let signature = TransformerSignature(
    "TrainLightGBM", inputs: [.frame], trainsModel: true,
    parameters: [
      ParameterDeclaration("target", .text(oneOf: [])),
      ParameterDeclaration("learning_rate", .number(1e-6...1), default: .number(0.1)),
      ParameterDeclaration("sub_feature", .number(1e-6...1), default: .number(1)),
      ParameterDeclaration("min_data", .integer(0...1_000_000), default: .integer(20)),
      ParameterDeclaration("num_leaves", .integer(2...65_536), default: .integer(31)),
      ParameterDeclaration("max_depth", .integer(-1...32), default: .integer(-1)),
      ParameterDeclaration("lambda_l1", .number(0...1e6), default: .number(0)),
      ParameterDeclaration("lambda_l2", .number(0...1e6), default: .number(0)),
      ParameterDeclaration("bagging_fraction", .number(1e-6...1), default: .number(1)),
      ParameterDeclaration("rounds", .integer(1...100_000), default: .integer(100)),
      ParameterDeclaration("seed", .integer(0...Int(Int32.max)), default: .integer(0)),
      BoostedTrees.baseScoreDeclaration,
    ])

  private let parameters: Parameters
  private let baseScore: String

  init(_ parameters: Parameters) {
    baseScore = parameters.text(BoostedTrees.baseScoreDeclaration.name)
    self.parameters = parameters.withoutLaterDefaults(Self.signature.parameters)
  }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    let settings = [
      "grow_policy": "lossguide", "max_depth": "\(max(0, parameters.integer("max_depth")))",
      "max_leaves": "\(parameters.integer("num_leaves"))",
      "eta": "\(parameters.number("learning_rate"))", "colsample_bytree": "\(parameters.number("sub_feature"))",
      "min_child_weight": "\(parameters.integer("min_data"))", "lambda": "\(parameters.number("lambda_l2"))",
      "alpha": "\(parameters.number("lambda_l1"))", "subsample": "\(parameters.number("bagging_fraction"))",
    ]
    let training = BoostedTrees.Training(
      transformer: Self.signature.name, parameters: parameters, target: parameters.text("target"), rounds: parameters.integer("rounds"),
      seed: parameters.integer("seed"), baseScore: baseScore, settings: settings)
    return try BoostedTrees(training, frame: inputs[0].frame)
  }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    try BoostedTrees(restoring: state, transformer: Self.signature.name, parameters: parameters)
  }
}
