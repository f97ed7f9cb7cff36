import MistiqueStorage

extension ChunkReader {
  /// Which of the intermediates that are about to be re-run have become worth storing; `nil` when none has.
  func worthStoring(_ group: [(question: Question, plan: QueryPlan)]) throws -> (names: Set<String>, policy: StoragePolicy)? {
    let model = group[0].question.model
    guard group.contains(where: { $0.plan.gamma != nil }) else { return nil }
    let policy = try opened.details(of: model).policy
    guard let threshold = policy.gamma else { return nil }
    let names = group.filter { ($0.plan.gamma ?? 0) > threshold }.map(\.question.intermediate.name)
    return names.isEmpty ? nil : (Set(names), policy)
  }

  /// Gamma of an intermediate that an adaptive policy has not stored.
  func gamma(_ question: Question) throws -> Double? {
    let intermediate = question.intermediate
    guard !intermediate.isStored, try opened.details(of: question.model).policy.gamma != nil else { return nil }
    let whole = Question(model: question.model, intermediate: intermediate, columnNames: ["*"], rows: .all)
    // From the nearest stored ancestor: what follows from a stored one in no time is not worth storing.
    guard let rerun = try planner.cheapestRerunSeconds(whole) else { return nil }
    let read = opened.costs.read.seconds(ReadEstimate(rawBytes: intermediate.logicalBytes))
    let compression = try opened.catalog.compression(from: Gamma.tellingBytes) ?? Gamma.assumedCompression
    return Gamma(
      rerunSeconds: rerun, readSeconds: read, queries: intermediate.queries + opened.journal.queries(of: intermediate.id),
      storedBytes: Double(intermediate.newBytes) * compression
    ).value
  }

  /// How the stored values are pooled, or will be once an adaptive policy stores them: an answer has one shape, whichever way it is fetched.
  func storedPooling(of question: Question) throws -> QuantizationScheme.Pooling? {
    if let manifest = try question.intermediate.manifest { return try opened.store.manifest(manifest).scheme.pooling }
    let policy = try opened.details(of: question.model).policy
    return policy.gamma != nil ? policy.quantization.pooling : nil
  }
}
