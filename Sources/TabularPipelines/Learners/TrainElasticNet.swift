import Mistique

/// Trains a linear model with an elastic net: it minimises, over the coefficients w and the intercept b,
///
///     1/(2n) |y - Xw - b|^2 + alpha l1_ratio |w|_1 + alpha (1 - l1_ratio)/2 |w|_2^2
///
/// which is the objective of scikit-learn's `ElasticNet`. Training ends as there: when a sweep over the features has changed no coefficient by
/// more than `tol` times the largest and the duality gap is at most `tol` times the target's sum of squares, or after `max_iter` sweeps. The
/// output says which, and a note says so when it did not converge. With `alpha: 0` there is no duality gap; a bound of what could still be gained takes its place
/// (`CoordinateDescent`), which nearly equal features make large.
///
/// Input: one frame; features are all columns but `target`: numbers, booleans as 0 and 1, dates as days since 1970-01-01. `normalize` trains
/// on features scaled to mean 0 and population standard deviation 1; the coefficients are still those of the unscaled features. With
/// `missing: mean` a feature that is missing or NaN counts as its mean over the training rows, also in predictions; otherwise it is an
/// error. Infinite values and texts are errors. The output is described at `LinearModel`.
///
/// The table is read twice and not copied: the matrix of the features' products stands for it. Complexity: O(rows x features^2) for the matrix,
/// O(features^2) per sweep. Memory: features^2 float64. Equal inputs give equal bits with any number of threads
/// (`SingleThreadedBLAS`).
struct TrainElasticNet: Transformer {
  static let bits: TransformerBits? = .revision(4, computedBy: .openBLAS)
  static let signature = TransformerSignature(
    "TrainElasticNet", inputs: [.frame], trainsModel: true,
    parameters: [
      ParameterDeclaration("target", .text(oneOf: [])),
      ParameterDeclaration("alpha", .number(0...1e6), default: .number(0.001)),
      ParameterDeclaration("l1_ratio", .number(0...1), default: .number(0.5)),
      ParameterDeclaration("tol", .number(1e-12...1), default: .number(1e-4)),
      ParameterDeclaration("max_iter", .integer(1...100_000), default: .integer(1_000)),
      ParameterDeclaration("normalize", .boolean, default: .boolean(false)),
      ParameterDeclaration("missing", .text(oneOf: ["error", "mean"]), default: .text("error")),
    ])

  private let parameters: Parameters

  init(_ parameters: Parameters) { self.parameters = parameters }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer { try LinearModel(trainedOn: inputs[0].frame, parameters) }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer { try LinearModel(restoring: state, parameters) }
}
