import MistiqueStorage

/// What storing an intermediate is worth, or some columns of a pipeline's (paper section 5.2).
///
/// t_rerun is from the nearest stored ancestor: what follows from a stored intermediate in no time, as pooling, flattening, scaling and selecting do,
/// saves what reading the larger ancestor takes more and nothing else, so that it is worth its bytes under no threshold but one near zero. Restoring the
/// model is left out of it, since it is paid once and not by every query.
struct Worth {
  let opened: OpenStore

  /// What a question has shown to be worth storing.
  struct Finding {
    /// Of the whole intermediate, or of the column that is worth the most.
    let gamma: Gamma
    /// The columns above the threshold, by name; `nil` for all.
    let columns: Set<String>?
    let isAboveThreshold: Bool
  }

  /// Of an intermediate that is not stored, or of the asked columns that are not; `nil` where its policy stores nothing later, everything asked is
  /// stored, or a stage on every way was never measured.
  func finding(_ question: Question) throws -> Finding? {
    let intermediate = question.intermediate
    let policy = try opened.details(of: question.model).policy
    guard let threshold = policy.gamma, !intermediate.isStored else { return nil }
    let hasRows = try opened.costs(of: question.model).runsOnSomeRows
    if hasRows || question.columnNames.contains("*") {
      guard let gamma = try gamma(of: intermediate, in: question.model, policy) else { return nil }
      return Finding(gamma: gamma, columns: nil, isAboveThreshold: gamma.value > threshold)
    }
    let there = try opened.details(of: question.model).partials[intermediate.name]?.names ?? []
    let asked = Set(question.columnNames.compactMap(ColumnSelector.name)).subtracting(there)
    guard !asked.isEmpty, let basis = try basis(of: intermediate, in: question.model) else { return nil }
    let catalogued = try opened.catalog.columnQueries(of: intermediate.id)
    let gammas = asked.sorted().map { name in
      let queries = Self.sum(catalogued[name] ?? 0, opened.journal.queries(of: intermediate.id, column: name))
      return (name: name, gamma: gamma(of: intermediate, policy, basis, columns: 1, queries: queries))
    }
    guard let best = gammas.max(by: { $0.gamma.value < $1.gamma.value }) else { return nil }
    let worth = gammas.filter { $0.gamma.value > threshold }
    return Finding(gamma: best.gamma, columns: Set(worth.map(\.name)), isAboveThreshold: !worth.isEmpty)
  }

  // Counts and sizes come from a file that anything may have changed.
  private static func sum(_ a: Int, _ b: Int) -> Int { a.addingReportingOverflow(b).overflow ? .max : a + b }

  private static func whole(_ value: Double) -> Int { Int(exactly: min(max(value, 0), 0x1p62).rounded()) ?? 0 }

  /// What is the same for an intermediate and for each of its columns.
  private struct Basis {
    let rerunSeconds: Double
    let compression: Double
  }

  private func basis(of intermediate: CataloguedIntermediate, in model: CataloguedModel) throws -> Basis? {
    let whole = Question(model: model, intermediate: intermediate, columnNames: ["*"], rows: .all)
    guard let rerun = try Planner(opened: opened, accuracy: .stored).cheapestRerunSeconds(whole) else { return nil }
    return Basis(
      rerunSeconds: rerun, compression: try opened.catalog.compression(from: Gamma.tellingBytes) ?? Gamma.assumedCompression)
  }

  /// Of an intermediate, or of `columns` of its columns, stored or not; `nil` when a stage on every way was never measured.
  func gamma(
    of intermediate: CataloguedIntermediate, in model: CataloguedModel, _ policy: StoragePolicy, columns: Int? = nil
  ) throws -> Gamma? {
    try basis(of: intermediate, in: model).map { gamma(of: intermediate, policy, $0, columns: columns, queries: nil) }
  }

  /// - Parameter queries: how often the columns were asked for; the questions of the whole intermediate when it is left out.
  private func gamma(
    of intermediate: CataloguedIntermediate, _ policy: StoragePolicy, _ basis: Basis, columns: Int?, queries: Int?
  ) -> Gamma {
    let share = columns.map { Double($0) / Double(max(1, intermediate.columns)) } ?? 1
    let kept = intermediate.isStored ? 1 : policy.quantization.shareOfBytes
    let read = ReadEstimate(
      policy.quantization.kind, rawBytes: Self.whole(Double(intermediate.logicalBytes) * share * policy.quantization.shareOfBytes))
    return Gamma(
      rerunSeconds: basis.rerunSeconds, readSeconds: opened.costs.read.seconds(read),
      queries: queries ?? Self.sum(intermediate.queries, opened.journal.queries(of: intermediate.id)),
      // What it took the last time is more certain than what the store has compressed others to.
      storedBytes: max(
        Double(intermediate.newBytes) * share * kept * basis.compression,
        columns == nil ? Double(opened.bytesTaken.withLock { $0[intermediate.id] } ?? 0) : 0))
  }
}

extension QuantizationScheme {
  /// About what part of a float32 layer's bytes is stored before compression.
  fileprivate var shareOfBytes: Double {
    var share = 1.0
    if let pooling, case .size(let size) = pooling.window { share /= Double(max(1, size)) * Double(max(1, size)) }
    switch values {
    case .full, .ladder(_, .all): return share
    case .lowerPrecision(let type): return type == .float16 ? share / 2 : share
    case .kbit(let bits, _): return share * Double(bits) / 32
    case .threshold: return share / 32
    case .bound, .ladder(_, .base): return share / 4
    }
  }

  /// The kind of read that what it stores takes.
  fileprivate var kind: ReadKind {
    switch values {
    case .full: .full
    case .lowerPrecision: .lowPrecision
    case .kbit, .bound: .kbit
    case .ladder(_, .all): .ladder
    case .ladder(_, .base): .base
    case .threshold: .threshold
    }
  }
}
