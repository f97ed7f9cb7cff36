import Foundation
import Mistique

/// Applies a trained model to a frame; puts out the rows' ids and one column, `prediction` (float32 from boosted trees, float64 from
/// `TrainElasticNet`).
///
/// Inputs: the training stage, then the frame, which must have every feature of the model; other columns are ignored. `decimals` rounds
/// predictions to that many decimals, half away from zero, for targets that are only known so far; -1, the default, leaves them as the learner
/// gives them. A missing prediction stays missing.
public struct Predict: StatelessTransformer {
  public static let signature = TransformerSignature(
    "Predict", inputs: [.model, .frame], parameters: [ParameterDeclaration("decimals", .integer(-1...15), default: .integer(-1))])

  private let decimals: Int

  public init(_ parameters: Parameters) { decimals = parameters.integer("decimals") }

  public func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[1].frame
    let prediction = try inputs[0].model.predict(frame)
    return [DataFrame(rowIDs: frame.rowIDs, columns: [(name: "prediction", column: decimals < 0 ? prediction : rounded(prediction))])]
  }

  private func rounded(_ column: Column) -> Column {
    let scale = pow(10, Double(decimals))
    // Zero without a sign, so that equal predictions are equal bytes.
    func round(_ value: Double) -> Double { (value * scale).rounded() / scale + 0 }
    switch column.values {
    case .float32(let values): return Column(.float32(values.map { Float(round(Double($0))) }), validity: column.validity)
    case .float64(let values): return Column(.float64(values.map(round)), validity: column.validity)
    default: return column
    }
  }
}
