/// What a commit put on disk: all that the catalogue has to remember.
package struct StoreCommit: Sendable {
  package let partitions: [SealedPartition]
  /// The manifests of the intermediates, in the order they were handed in.
  package let intermediates: [ChunkReference]
  /// The blobs' references, in the order they were handed in.
  package let blobs: [ChunkReference]
  package let receipt: ChunkReference
  package let counters: StoreWriter.Counters

  package var fileBytes: Int { partitions.reduce(0) { $0 + $1.fileBytes } }
  /// Bytes of the files that hold blobs, which share no partition with anything else.
  package var blobFileBytes: Int {
    partitions.filter { $0.footer.chunks.first?.shape.kind == .blob }.reduce(0) { $0 + $1.fileBytes }
  }
  package var directoryBytes: Int { partitions.reduce(0) { $0 + $1.directoryBytes } }
}

extension StoreWriter {
  /// Makes finished intermediates and blobs durable. When this returns, the catalogue may refer to them; if the process ends before it
  /// does, the next writer removes the files.
  ///
  /// Values go to disk first, then the columns' manifests, then the intermediates' manifests and the receipt, because each names the
  /// partitions of the one before. `receipt` is what the floor above needs to rebuild its catalogue from the partition files alone.
  ///
  /// - Parameter manifests: of intermediates whose columns are stored already; in the answer they follow those of `finished`.
  package func commit(
    _ finished: [FinishedIntermediate], manifests: [IntermediateManifest] = [], blobs: [ChunkLocation],
    receipt: ([ChunkReference], [ChunkReference]) throws -> [UInt8]
  ) throws -> StoreCommit {
    try flush()
    var known: [StoredSpan.Identity: ChunkLocation] = [:]
    let columns = try finished.map { intermediate in
      (
        spans: try intermediate.spans.map { try $0.map { try storeManifest($0, &known) } },
        rowIDs: try intermediate.rowIDSpan.map { try storeManifest($0, &known) }
      )
    }
    try flush()
    // Derived columns name the manifests of columns, which have their names only now.
    let spans = try zip(finished, columns).map { intermediate, columns in
      try columns.spans.enumerated().map { try storeDerived($1, column: $0, of: intermediate) }
    }
    if finished.contains(where: { $0.spans.contains(where: \.isDerived) }) { try flush() }
    let roots = try zip(finished, zip(columns, spans)).map { intermediate, columns in
      let source: IntermediateManifest.RowIDSource
      if case .range(let range) = intermediate.rowIDs {
        source = .range(start: range.lowerBound)
      } else {
        source = .column(try reference(to: columns.0.rowIDs!))
      }
      let manifest = IntermediateManifest(
        schema: intermediate.schema, scheme: intermediate.scheme, rows: intermediate.rows, rowsPerBlock: intermediate.rowsPerBlock,
        rowIDs: source, codebook: try intermediate.codebook.map { try reference(to: $0) },
        spans: try columns.1.map { try reference(to: $0) })
      return try storeRecord(.manifest, try manifest.encoded(), group: "manifests")
    }
    let changed = try manifests.map { try storeRecord(.manifest, try $0.encoded(), group: "manifests") }
    try flush()
    let references = try (roots + changed).map { try reference(to: $0) }
    let blobReferences = try blobs.map { try reference(to: $0) }
    let receiptLocation = try storeRecord(.receipt, try receipt(references, blobReferences), group: "receipts")
    try flush()
    let receiptReference = try reference(to: receiptLocation)
    let counters = counters
    resetCounters()
    store.noteIntact(Array(references.prefix(roots.count)))
    return StoreCommit(
      partitions: adoptSealedPartitions(), intermediates: references, blobs: blobReferences,
      receipt: receiptReference, counters: counters)
  }

  /// - Parameter known: manifests of this commit: most columns of a pipeline are in several intermediates, or others are derived from them.
  private func storeManifest(_ span: StoredSpan, _ known: inout [StoredSpan.Identity: ChunkLocation]) throws -> ChunkLocation {
    if let location = known[span.identity] { return location }
    let manifest = ColumnManifest(
      type: span.type, width: span.width, rows: span.rows, rowsPerBlock: span.rowsPerBlock,
      chunks: try span.chunks.map { try reference(to: $0) },
      statistics: span.statistics)
    let location = try storeRecord(.manifest, manifest.encoded, group: "column manifests")
    known[span.identity] = location
    return location
  }

  /// The manifest of a column, once those it follows from have their names.
  private func storeDerived(
    _ content: ColumnContent<ChunkLocation>, column: Int, of intermediate: FinishedIntermediate
  ) throws -> ChunkLocation {
    switch content {
    case .stored(let location): return location
    case .derived(let derivation):
      guard case .columns(let descriptors) = intermediate.schema else { preconditionFailure("maps do not follow from others") }
      let derived = DerivedColumn(
        type: descriptors[column].type, rows: intermediate.rows, try derivation.map { try reference(to: $0) })
      return try storeRecord(.manifest, derived.encoded, group: "derived columns")
    }
  }
}
