import Mistique

/// A question of the paper's section 5: what is fetched, and what is computed from it.
struct DiagnosticQuery: Sendable {
  let name: String
  /// What is queried: a layer, or the pipelines.
  let target: String
  /// Fetches what it needs and returns the answer, as numbers. Most questions fetch once; one may fetch again for what the first answer names.
  let answer: @Sendable (QueryFetcher) throws -> [Double]

  init(_ name: String, target: String, answer: @escaping @Sendable (QueryFetcher) throws -> [Double]) {
    self.name = name
    self.target = target
    self.answer = answer
  }

  /// A question that fetches once.
  init(
    name: String, target: String, keys: [IntermediateKey], rows: RowRequest = .all,
    compute: @escaping @Sendable ([IntermediateResult]) throws -> [Double]
  ) {
    self.init(name, target: target) { fetcher in try compute(try fetcher.fetch(keys, rows: rows)) }
  }
}
