import Mistique

/// Applies a trained model to a frame. Emits the frame's `row_id`s and one column, `prediction` (float32 from boosted trees, float64 from
/// `TrainElasticNet`).
///
/// Inputs: the training stage, then the frame, which must have every feature of the model; other columns are ignored. `decimals` rounds
/// predictions to that many decimals, half away from zero, for targets that are known to so many only; -1, the default, does not round. A
/// missing prediction stays missing.
struct Predict: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1, computedBy: .xgBoost)
  static let signature = TransformerSignature(
    "Predict", inputs: [.model, .frame], parameters: [ParameterDeclaration("decimals", .integer(-1...15), default: .integer(-1))])

  private let rounding: DecimalRounding?

  init(_ parameters: Parameters) { rounding = DecimalRounding(decimals: parameters.integer("decimals")) }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[1].frame
    let prediction = try inputs[0].model.predict(frame)
    return [DataFrame(rowIDs: frame.rowIDs, columns: [(name: "prediction", column: rounding?(prediction) ?? prediction)])]
  }
}
