import MistiqueStorage

/// The codes that values of a network's intermediate are stored as, and what they stand for.
public struct CodedIntermediate: Sendable {
  public let rowIDs: RowIDs
  /// The asked columns, ascending: places in the schema of what is stored.
  public let columns: [Range<Int>]
  public let scheme: QuantizationScheme
  /// rows x columns, row-major; 0 or 1 under THRESHOLD_QT.
  public let codes: [UInt8]
  /// What each code of the first asked column stands for.
  public let representatives: [Double]
}

extension IntermediateStore {
  /// The codes of a network's intermediate that was logged with KBIT_QT or THRESHOLD_QT: what analyses that need no values work on.
  ///
  /// - Throws: `StoreError` (`notFound`, `cannotPlan`; `invalid` when it has no codes, or RowBlocks of it had to be stored in full).
  public func getCodes(_ key: String, rows: RowRequest = .all) throws -> CodedIntermediate {
    let stored = try storedMaps(key, rows: rows)
    let width = stored.columns.reduce(0) { $0 + $1.count }
    var codes = [UInt8](repeating: 0, count: stored.rowIDs.count * width)
    try codes.withUnsafeMutableBufferPointer {
      try store.readCodes(stored.manifest, columns: stored.columns, rows: stored.rows, into: $0, counters: ReadCounters())
    }
    let quantizer = try store.codebook(of: stored.manifest).entry(column: 0, isMaps: true)?.quantizer
    return CodedIntermediate(
      rowIDs: stored.rowIDs, columns: stored.columns, scheme: stored.manifest.scheme, codes: codes,
      representatives: quantizer?.representatives(column: stored.columns.first?.lowerBound ?? 0) ?? [])
  }

  /// The interval that each value of a network's intermediate lies in, as far as the scheme it was stored with tells; with pooling, of the
  /// pooled values. Equal bounds where values are stored in full.
  ///
  /// - Throws: as `getCodes`, but every scheme has bounds.
  public func getBounds(_ key: String, rows: RowRequest = .all) throws -> (lower: FloatMatrix, upper: FloatMatrix) {
    let stored = try storedMaps(key, rows: rows)
    let width = stored.columns.reduce(0) { $0 + $1.count }
    var upper: FloatMatrix?
    let lower = try FloatMatrix(rows: stored.rowIDs.count, columns: width) { lower in
      upper = try FloatMatrix(rows: stored.rowIDs.count, columns: width) { upper in
        try store.readBounds(stored.manifest, columns: stored.columns, rows: stored.rows, into: (lower, upper), counters: ReadCounters())
      }
    }
    return (lower, upper!)
  }

  private typealias StoredMaps = (manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection, rowIDs: RowIDs)

  private func storedMaps(_ text: String, rows: RowRequest) throws -> StoredMaps {
    let key = try IntermediateKey(text)
    let question = try question(IntermediateKey(model: key.model, intermediate: key.intermediate), columns: [key.column], rows: rows)
    guard let reference = try question.intermediate.manifest, case let manifest = try store.manifest(reference),
      case .maps = manifest.schema
    else {
      throw StoreError(
        .cannotPlan, "it is not a stored intermediate of a network", at: question.place,
        remedy: "Ask for values with getIntermediates, or log the model with a policy that stores it.")
    }
    let selection = try reader.selection(question, manifest, counters: ReadCounters())
    let ids = try store.readRowIDs(manifest, rows: selection, counters: ReadCounters())
    return (manifest, try question.columns(of: manifest.schema), selection, ids)
  }
}
