import Mistique

/// A question of the paper's section 5: what is fetched, and what is computed from it.
struct DiagnosticQuery: Sendable {
  let name: String
  /// What is queried: a layer, or the pipelines.
  let target: String
  let keys: [IntermediateKey]
  let rows: RowRequest
  /// The answer, as numbers.
  let compute: @Sendable ([IntermediateResult]) throws -> [Double]
}
