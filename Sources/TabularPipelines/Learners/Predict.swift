import Mistique

/// Applies a trained model to a frame; puts out the rows' ids and one column, `prediction` (float32 from boosted trees).
///
/// Inputs: the training stage, then the frame, which must have every feature of the model; other columns are ignored.
public struct Predict: StatelessTransformer {
  public static let signature = TransformerSignature("Predict", inputs: [.model, .frame])

  public init(_ parameters: Parameters) {}

  public func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[1].frame
    return [DataFrame(rowIDs: frame.rowIDs, columns: [(name: "prediction", column: try inputs[0].model.predict(frame))])]
  }
}
