import Mistique

/// Trains regression trees with XGBoost: depth-wise growth on histograms. The parameters have XGBoost's names and meanings; `rounds` is
/// the number of trees; `base_score`, where boosting starts, is `mean` or a number. The output, feature importances, is described at `BoostedTrees`.
struct TrainXGBoost: Transformer {
  static let bits: TransformerBits? = .revision(3, computedBy: .xgBoost)
  static let signature = TransformerSignature(
    "TrainXGBoost", inputs: [.frame], trainsModel: true,
    parameters: [
      ParameterDeclaration("target", .text(oneOf: [])),
      ParameterDeclaration("eta", .number(1e-6...1), default: .number(0.3)),
      ParameterDeclaration("lambda", .number(0...1e6), default: .number(1)),
      ParameterDeclaration("alpha", .number(0...1e6), default: .number(0)),
      ParameterDeclaration("max_depth", .integer(1...32), default: .integer(6)),
      ParameterDeclaration("subsample", .number(1e-6...1), default: .number(1)),
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
      "grow_policy": "depthwise", "eta": "\(parameters.number("eta"))", "lambda": "\(parameters.number("lambda"))",
      "alpha": "\(parameters.number("alpha"))", "max_depth": "\(parameters.integer("max_depth"))",
      "subsample": "\(parameters.number("subsample"))",
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
