import CStorageKernels

extension DataStore {
  /// The codes of the base of a ladder, as `readCodes(_:into:layout:counters:)`.
  ///
  /// - Throws: `StoreError` with code `invalid` when a frame of it is stored in one piece, because of a value without a code, or since its values have few digits.
  func readBaseCodes(_ plan: ReadPlan, _ target: MapTarget<UInt8>, counters: ReadCounters) throws {
    let spans = plan.manifest.schema.spans
    try forEach(plan.requests, counters: counters) { _, request, stored in
      guard request.hasRungs else {
        throw StoreError(
          .invalid,
          "rows \(request.first.rows) are stored in one piece, without a base: a value has no code, the values have few digits, or the policy names a codec",
          at: directory, remedy: "Ask for values: these are exact.")
      }
      try withUnsafeTemporaryAllocation(byteCount: max(1, request.rawBytes / 4), alignment: 64) { scratch in
        try request.file.decodeCodes(
          stored, frame: request.frame, into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<(request.rawBytes / 4)]))
        let codes = UnsafeRawPointer(scratch.baseAddress!).assumingMemoryBound(to: UInt8.self)
        for piece in request.pieces {
          let span = spans[piece.span].columns
          target.fill(piece, columns: span) { part, place, rowStride in
            let from =
              codes + piece.offsetInFrame / 4 + (part.rows.lowerBound - piece.rows.lowerBound) * span.count + part.columns.lowerBound
              - span.lowerBound
            mistique_copy_rows(from, span.count, part.columns.count, part.rows.count, target.isLarge ? 1 : 0, rowStride, place)
          }
        }
      }
    }
  }
}
