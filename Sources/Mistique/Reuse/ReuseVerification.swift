import MistiqueStorage

/// Compares what a model has computed with what it would have reused, bit for bit.
///
/// Content addresses settle most of it: equal values that are stored in one form have one manifest. Where the manifests differ, both are read, some
/// RowBlocks at a time, and their values compared, quantized ones as they are reconstructed.
struct ReuseVerification {
  /// Decoded bytes of each side that are held at a time, at least a RowBlock.
  private static let pieceBytes = 64 << 20

  let opened: OpenStore
  let identity: ModelIdentity

  /// - Parameter computed: the manifests of what was computed, by name; not yet committed.
  /// - Throws: `StoreError` with code `notReproduced` for the first that differs.
  func check(_ matches: [String: ReuseSearch.Match], against computed: [String: ChunkReference]) throws {
    guard opened.store.options.keepsPartitions else { return }
    for (name, match) in matches.sorted(by: { $0.key < $1.key }) {
      guard let manifest = computed[name], manifest != match.manifest, try !areEqual(manifest, match.manifest) else { continue }
      throw broken("\"\(name)\" has the lineage of \(match.source.place), and other bits")
    }
  }

  /// The same of trained parts: a state that differs and is adopted gives other bits from there on, though what was compared may not show it.
  ///
  /// - Parameter trained: the bytes of what was trained, by name.
  func check(_ parts: [String: CataloguedTransformer], against trained: [String: [UInt8]]) throws {
    for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
      guard let bytes = trained[name], try bytes != opened.bytes(of: part) else { continue }
      throw broken("what \"\(name)\" has learned has the lineage of a stored state, and other bits")
    }
  }

  private func broken(_ what: String) -> StoreError {
    StoreError(
      .notReproduced, what, at: "\(identity)",
      remedy: "The model promises equal bits for equal lineages and does not keep it: a fault in its code. Nothing was stored; log it with "
        + "StoragePolicy.reuses = false.")
  }

  private func areEqual(_ one: ChunkReference, _ other: ChunkReference) throws -> Bool {
    let (a, b) = (try opened.store.manifest(one), try opened.store.manifest(other))
    guard a.schema == b.schema, a.rows == b.rows else { return false }
    let counters = ReadCounters()
    guard
      try opened.store.readRowIDs(a, rows: .all, counters: counters) == opened.store.readRowIDs(b, rows: .all, counters: counters)
    else { return false }
    let blocks = max(1, Self.pieceBytes / max(1, a.schema.bytesPerRow) / max(1, a.rowsPerBlock))
    for first in stride(from: 0, to: a.rows, by: blocks * a.rowsPerBlock) {
      let rows = RowSelection.positions(Array(first..<min(first + blocks * a.rowsPerBlock, a.rows)))
      let values = try [a, b].map { manifest in
        try opened.store.read(
          try opened.store.plan(manifest, columns: [0..<manifest.schema.columnCount], rows: rows), counters: counters
        ).values
      }
      switch (values[0], values[1]) {
      case (.maps(let x), .maps(let y)): guard x.isIdentical(to: y) else { return false }
      case (.columns(let x), .columns(let y)):
        guard x.count == y.count, zip(x, y).allSatisfy({ $0.isIdentical(to: $1) }) else { return false }
      default: return false
      }
    }
    return true
  }
}
