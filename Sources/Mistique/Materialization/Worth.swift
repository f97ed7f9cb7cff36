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

  /// Of an intermediate that is not stored, or no more than its base, or of the asked columns that are not; `nil` where its policy stores nothing later,
  /// everything asked is stored, or a stage on every way was never measured.
  func finding(_ question: Question) throws -> Finding? {
    let intermediate = question.intermediate
    let policy = try opened.details(of: question.model).policy
    guard let threshold = policy.gamma else { return nil }
    let isBaseAlone = try opened.isBaseAlone(intermediate)
    guard !intermediate.isStored || isBaseAlone else { return nil }
    let hasRows = try opened.costs(of: question.model).runsOnSomeRows
    if hasRows || isBaseAlone || question.columnNames.contains("*") {
      guard let basis = try basis(of: intermediate, in: question.model, policy, isStoredAnew: true) else { return nil }
      let gamma = gamma(of: intermediate, basis, columns: nil, queries: nil)
      return Finding(gamma: gamma, columns: nil, isAboveThreshold: gamma.value > threshold)
    }
    let there = try opened.details(of: question.model).partials[intermediate.name]?.names ?? []
    let asked = Set(question.columnNames.compactMap(ColumnSelector.name)).subtracting(there)
    guard !asked.isEmpty, let basis = try basis(of: intermediate, in: question.model, policy, isStoredAnew: true) else { return nil }
    let catalogued = try opened.catalog.columnQueries(of: intermediate.id)
    let gammas = asked.sorted().map { name in
      let queries = Self.sum(catalogued[name] ?? 0, opened.journal.queries(of: intermediate.id, column: name))
      return (name: name, gamma: gamma(of: intermediate, basis, columns: 1, queries: queries))
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
    let scheme: QuantizationScheme
    /// What it adds, uncompressed.
    let newBytes: Int
    /// What it took the last time that it was stored, if that is known.
    let bytesTaken: Int
  }

  /// - Parameter isStoredAnew: whether storing it is weighed, with both rungs where its base is all that is left, and not what is stored.
  private func basis(
    of intermediate: CataloguedIntermediate, in model: CataloguedModel, _ policy: StoragePolicy, isStoredAnew: Bool
  ) throws -> Basis? {
    let whole = Question(model: model, intermediate: intermediate, columnNames: ["*"], rows: .all)
    guard let rerun = try Planner(opened: opened, accuracy: .stored).cheapestRerunSeconds(whole) else { return nil }
    var scheme = policy.scheme(ofColumns: intermediate.columns, areMaps: try opened.costs(of: model).runsOnSomeRows)
    var newBytes = intermediate.newBytes
    let taken = opened.bytesTaken.withLock { $0[intermediate.id] }
    var wasTaken = taken?.newBytes == newBytes
    if try opened.isBaseAlone(intermediate) {
      if isStoredAnew {
        // A code is a byte of each float32.
        wasTaken = taken.map { $0.newBytes / 4 == newBytes } ?? false
        newBytes = newBytes.multipliedReportingOverflow(by: 4).overflow ? .max : newBytes * 4
      } else if let base = scheme.values.demoted {
        scheme = scheme.then(base)
      }
    }
    return Basis(
      rerunSeconds: rerun, compression: try opened.catalog.compression(from: Gamma.tellingBytes) ?? Gamma.assumedCompression,
      scheme: scheme, newBytes: newBytes, bytesTaken: wasTaken ? taken?.onDisk ?? 0 : 0)
  }

  /// Of an intermediate, or of `columns` of its columns, stored or not; `nil` when a stage on every way was never measured.
  func gamma(
    of intermediate: CataloguedIntermediate, in model: CataloguedModel, _ policy: StoragePolicy, columns: Int? = nil
  ) throws -> Gamma? {
    try basis(of: intermediate, in: model, policy, isStoredAnew: !intermediate.isStored).map {
      gamma(of: intermediate, $0, columns: columns, queries: nil)
    }
  }

  /// About what part of its values' bytes is read of it. What pooling leaves of a layer depends on its maps, and shows in the bytes that it adds.
  private static func readShare(of intermediate: CataloguedIntermediate, _ basis: Basis) -> Double {
    let share = basis.scheme.shareOfValueBytes
    guard basis.scheme.pooling != nil, basis.newBytes > 0, intermediate.logicalBytes > 0 else { return share }
    return min(share, Double(basis.newBytes) / Double(intermediate.logicalBytes))
  }

  /// - Parameter queries: how often the columns were asked for; the questions of the whole intermediate when it is left out.
  private func gamma(of intermediate: CataloguedIntermediate, _ basis: Basis, columns: Int?, queries: Int?) -> Gamma {
    let share = columns.map { Double($0) / Double(max(1, intermediate.columns)) } ?? 1
    let read = ReadEstimate(
      basis.scheme.kind, rawBytes: Self.whole(Double(intermediate.logicalBytes) * share * Self.readShare(of: intermediate, basis)))
    return Gamma(
      rerunSeconds: basis.rerunSeconds, readSeconds: opened.costs.read.seconds(read),
      queries: queries ?? Self.sum(intermediate.queries, opened.journal.queries(of: intermediate.id)),
      // What it took the last time is more certain than what the store has compressed others to.
      storedBytes: max(
        Double(basis.newBytes) * share * basis.compression, columns == nil ? Double(basis.bytesTaken) : 0))
  }
}

extension QuantizationScheme {
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
