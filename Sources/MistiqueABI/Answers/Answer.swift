import CMistique
import Mistique

/// What a caller holds of an answer.
final class Answer: Sendable {
  /// The answer for one intermediate.
  struct Part: Sendable {
    let result: IntermediateResult
    /// What the values were when they were captured, if they are still that.
    let element: ArrayElement
    /// The capture that the model came from; 0 for models that were not captured.
    let capture: UInt64

    /// The values of maps; `nil` for a frame.
    var values: FloatMatrix? { result.matrix }
    var columns: Int { result.columns.reduce(0) { $0 + $1.count } }
  }

  let parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }

  /// - Throws: `InterfaceError` (`MISTIQUE_INVALID`) for an index that is not there.
  func part(_ index: Int64) throws -> Part {
    guard let place = Int(exactly: index), parts.indices.contains(place) else {
      throw InterfaceError.invalid("index \(index) of \(parts.count)", at: "index", remedy: "Use 0 to \(parts.count - 1).")
    }
    return parts[place]
  }

  /// - Throws: `InterfaceError` for a frame.
  func matrix(_ index: Int64) throws -> FloatMatrix {
    let part = try part(index)
    guard let matrix = part.values else {
      throw InterfaceError.invalid(
        "it is a frame", at: part.result.intermediate, remedy: "Take it as an Arrow stream: mistique_answer_stream.")
    }
    return matrix
  }
}

extension OpenedStore {
  /// The answer with the types that the values had when they were captured.
  func part(_ result: IntermediateResult) throws -> Answer.Part {
    let description = try description(of: result.model, receipt: result.receipt)
    let layer = description?.layer(result.intermediate)
    // Quantized values are no longer of that type, and neither are pooled ones.
    let isAsCaptured = result.isExact && layer?.schema == result.schema
    return Answer.Part(result: result, element: isAsCaptured ? layer?.element ?? .float32 : .float32, capture: description?.mark ?? 0)
  }

  /// Bounds of an answer's values, which are of no captured type.
  func parts(_ bounds: (lower: IntermediateResult, upper: IntermediateResult)) throws -> [Answer.Part] {
    let capture = try description(of: bounds.lower.model, receipt: bounds.lower.receipt)?.mark ?? 0
    return [bounds.lower, bounds.upper].map { Answer.Part(result: $0, element: .float32, capture: capture) }
  }
}

extension Answer.Part {
  /// As one record batch.
  var arrow: ArrowExport.Field {
    let ids = ArrowExport.field(result.rowIDs)
    if let values { return ArrowExport.batch([ids, ArrowExport.field(values, name: "values")], rows: values.rows) }
    guard let frame = result.frame else { preconditionFailure("an answer is maps or a frame") }
    return ArrowExport.batch([ids] + zip(frame.names, frame.columns).map { ArrowExport.field($1, name: $0) }, rows: frame.rowCount)
  }
}
