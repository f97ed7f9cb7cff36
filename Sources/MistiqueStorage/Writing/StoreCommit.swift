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
  package func commit(
    _ finished: [FinishedIntermediate], blobs: [ChunkLocation], receipt: ([ChunkReference], [ChunkReference]) throws -> [UInt8]
  ) throws -> StoreCommit {
    try flush()
    let columns = try finished.map { intermediate in
      (
        runs: try intermediate.runs.map { run in
          try storeManifest(run.run.type, run.run.columns.count, run.chunks, run.statistics, of: intermediate)
        },
        rowIDs: try intermediate.rowIDChunks.map { try storeManifest(.int64, 1, $0.chunks, $0.statistics, of: intermediate) }
      )
    }
    try flush()
    let roots = try zip(finished, columns).map { intermediate, columns in
      let source: IntermediateManifest.RowIDSource
      if case .range(let range) = intermediate.rowIDs {
        source = .range(start: range.lowerBound)
      } else {
        source = .column(try reference(to: columns.rowIDs!))
      }
      let manifest = IntermediateManifest(
        schema: intermediate.schema, scheme: intermediate.scheme, rows: intermediate.rows, rowsPerBlock: intermediate.rowsPerBlock,
        rowIDs: source, codebook: try intermediate.codebook.map { try reference(to: $0) },
        runs: try columns.runs.map { try reference(to: $0) })
      return try storeRecord(.manifest, try manifest.encoded(), group: "manifests")
    }
    try flush()
    let references = try roots.map { try reference(to: $0) }
    let blobReferences = try blobs.map { try reference(to: $0) }
    let receiptLocation = try storeRecord(.receipt, try receipt(references, blobReferences), group: "receipts")
    try flush()
    let receiptReference = try reference(to: receiptLocation)
    let counters = counters
    resetCounters()
    return StoreCommit(
      partitions: adoptSealedPartitions(), intermediates: references, blobs: blobReferences,
      receipt: receiptReference, counters: counters)
  }

  private func storeManifest(
    _ type: ColumnType, _ width: Int, _ chunks: [ChunkLocation], _ statistics: [ChunkStatistics], of intermediate: FinishedIntermediate
  ) throws -> ChunkLocation {
    let manifest = ColumnManifest(
      type: type, width: width, rows: intermediate.rows, rowsPerBlock: intermediate.rowsPerBlock,
      chunks: try chunks.map { try reference(to: $0) }, statistics: statistics)
    return try storeRecord(.manifest, manifest.encoded, group: "column manifests")
  }
}
