import Mistique

/// A question of the paper's section 5: what is fetched, and what is computed from it.
struct DiagnosticQuery: Sendable {
  let name: String
  /// What it is asked of: a layer, or the pipelines.
  let target: String
  let keys: [IntermediateKey]
  let rows: RowRequest
  /// The answer, as numbers.
  let compute: @Sendable ([IntermediateResult]) throws -> [Double]
}

/// A fetched intermediate is not of the form that a query needs.
struct UnexpectedIntermediate: Error, CustomStringConvertible {
  let intermediate: String
  let need: String

  var description: String { "\(intermediate) is not \(need). The workload and the query do not fit each other." }
}

extension IntermediateResult {
  func requiredMatrix() throws -> FloatMatrix {
    guard let matrix else { throw UnexpectedIntermediate(intermediate: intermediate, need: "a layer of a network") }
    return matrix
  }

  func requiredNumbers(_ column: String) throws -> [Double] {
    guard let numbers = frame?[column]?.doubles else {
      throw UnexpectedIntermediate(intermediate: intermediate, need: "a frame with the numbers \"\(column)\"")
    }
    return numbers
  }
}
