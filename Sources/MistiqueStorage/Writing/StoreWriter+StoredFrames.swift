extension StoreWriter {
  /// A pipeline's frame of an earlier commit, by its manifest, so that columns which a stage passes on from it are stored as they would be if it had been
  /// emitted just now. Its row ids are counted, not read: nobody finishes it again.
  ///
  /// Complexity: O(chunks), no values are read.
  /// - Throws: `StoreError` for records that are damaged, and for an intermediate that is no frame.
  package func storedFrame(_ reference: ChunkReference) throws -> StoredFrame {
    guard store.options.keepsPartitions else {
      if let frame = countedStoredFrames[reference] { return frame }
      throw StoreError(
        .measuredOnly, "a frame is referred to that this writer did not count", at: store.directory,
        remedy: "Log with reuse turned off (StoragePolicy.reuses = false).")
    }
    let manifest = try store.manifest(reference)
    guard !manifest.schema.isMaps else {
      throw StoreError(
        .invalidModel, "columns are passed on from a layer's maps", at: store.directory,
        remedy: "This is a fault in the model's code, not in the store.")
    }
    let codebook = try store.codebook(of: manifest)
    let columns = try manifest.spans.enumerated().map { place, span in
      try storedColumn(try store.columnRecord(span), codebook.entry(column: place, isMaps: false))
    }
    return StoredFrame(
      schema: manifest.schema, rowIDs: .first(manifest.rows), scheme: manifest.scheme, rowsPerBlock: manifest.rowsPerBlock,
      columns: columns)
  }

  /// Keeps a frame of the last commit for `storedFrame`, where partitions are not kept.
  package func remember(_ frame: StoredFrame, as reference: ChunkReference) {
    if !store.options.keepsPartitions { countedStoredFrames[reference] = frame }
  }

  private func storedColumn(
    _ record: ColumnRecord, _ entry: CodebookRecord.Entry?
  ) throws -> StoredColumn {
    let quantizing = entry.map { entry in
      var quantizing = Quantizing(entry.quantizer)
      quantizing.extrema = entry.extrema
      return quantizing
    }
    switch record {
    case .stored(let manifest):
      let bytes = try manifest.chunks.reduce(0) { $0 + (try store.entry($1).entry.payloadBytes) }
      return StoredColumn(
        content: .stored(try span(manifest)), quantizing: quantizing, logicalBytes: quantizing == nil ? bytes : nil, storedBytes: bytes)
    case .derived(let derived):
      let derivation = try derived.derivation.map { try span(try store.columnManifest($0)) }
      return StoredColumn(content: .derived(derivation), quantizing: quantizing, logicalBytes: nil, storedBytes: nil)
    }
  }

  private func span(_ manifest: ColumnManifest) throws -> StoredSpan {
    StoredSpan(
      type: manifest.type, width: manifest.width, rows: manifest.rows, rowsPerBlock: manifest.rowsPerBlock,
      chunks: try manifest.chunks.map { try location(of: $0) }, statistics: manifest.statistics)
  }
}
