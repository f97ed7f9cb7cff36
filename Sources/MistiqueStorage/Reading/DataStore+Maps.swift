import CStorageKernels

extension DataStore {
  /// Reads columns of an intermediate of maps straight into the caller's memory, quantized ones reconstructed.
  ///
  /// - Parameter output: rows x the number of asked columns, side by side, in `layout`.
  /// - Complexity: decodes the frames that hold the asked columns and rows, on all cores.
  package func readMaps(
    _ plan: ReadPlan, into output: UnsafeMutableBufferPointer<Float>, layout: MatrixLayout = .rowMajor, counters: ReadCounters
  ) throws {
    let target = MapTarget(output, plan, layout: layout)
    let quantizer = try quantizer(of: plan.manifest)
    var requests = plan.requests
    // Of bases alone: with their residuals, values have no codes.
    let hasCodes = plan.manifest.scheme.values.rungs == nil || plan.rungs == .base
    if plan.manifest.schema.isMaps, hasCodes, let quantizer, let rows = ByteCodeRows(plan, target, quantizer) {
      try read(requests.filter(rows.takes), rows, counters: counters)
      requests.removeAll(where: rows.takes)
    }
    try decodeMaps(plan.manifest, requests, target, decodesInPlace: true, counters: counters) { piece, span, frame in
      target.fill(piece, columns: span) { part, place, rowStride in
        guard piece.type != .values(.float32), let quantizer else {
          return Self.copy(frame, piece, span, part, to: place, rowStride: rowStride, streams: target.isLarge)
        }
        let codes = frame + piece.offsetInFrame
        guard target.isLarge, rowStride == target.width else {
          return quantizer.decode(codes, Self.coded(piece, span, part), into: place, rowStride: rowStride)
        }
        Self.reconstruct(codes, piece, span, part, quantizer, to: place, rowStride: rowStride)
      }
    }
  }

  /// Values that a core reconstructs before it streams them to a large answer: 128 KB, which stay in its cache meanwhile.
  private static let streamedValues = 32 << 10

  private static func reconstruct(
    _ codes: UnsafeRawPointer, _ piece: FrameRequest.Piece, _ span: Range<Int>, _ part: MapTarget<Float>.Part, _ quantizer: FittedQuantizer,
    to target: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    let width = part.columns.count
    let step = max(1, streamedValues / width)
    withUnsafeTemporaryAllocation(byteCount: min(step, part.rows.count) * width * 4, alignment: 64) { scratch in
      let values = scratch.baseAddress!.assumingMemoryBound(to: Float.self)
      for start in stride(from: part.rows.lowerBound, to: part.rows.upperBound, by: step) {
        let rows = start..<min(start + step, part.rows.upperBound)
        let some = MapTarget<Float>.Part(rows: rows, columns: part.columns, row: part.row, column: part.column)
        quantizer.decode(codes, coded(piece, span, some), into: values, rowStride: width)
        mistique_copy_rows(values, width * 4, width * 4, rows.count, 1, rowStride * 4, target + (start - part.rows.lowerBound) * rowStride)
      }
    }
  }

  /// Reads the codes that the values of a KBIT_QT, THRESHOLD_QT or BOUND_QT intermediate are stored as, one byte each.
  ///
  /// - Throws: `StoreError` with code `invalid` when the intermediate has no codes, or a chunk of it, because of a NaN
  ///   or of a value that has none, is stored without.
  package func readCodes(
    _ plan: ReadPlan, into output: UnsafeMutableBufferPointer<UInt8>, layout: MatrixLayout = .rowMajor, counters: ReadCounters
  ) throws {
    let manifest = plan.manifest
    guard manifest.scheme.values.codeBits != nil else {
      throw StoreError(
        .invalid, "its values are stored as \(manifest.scheme), which has no codes", at: directory,
        remedy: "Ask for values, or log the model with KBIT_QT, THRESHOLD_QT, BOUND_QT or a ladder.")
    }
    guard !output.isEmpty else { return }
    guard let quantizer = try quantizer(of: manifest), quantizer.bookCount > 0 else {
      throw StoreError(
        .invalid, "no RowBlock of it holds values that a codebook can be fitted to, so that all are stored in full", at: directory,
        remedy: "Ask for values.")
    }
    let target = MapTarget(output, plan, layout: layout)
    guard manifest.scheme.values.rungs == nil else { return try readBaseCodes(plan, target, counters: counters) }
    try decodeMaps(manifest, plan.requests, target, counters: counters) { piece, span, frame in
      try target.fill(piece, columns: span) { part, place, rowStride in
        guard case .codes = piece.type else { throw Self.storedInFull(piece, directory) }
        quantizer.unpackCodes(frame + piece.offsetInFrame, Self.coded(piece, span, part), into: place, rowStride: rowStride)
      }
    }
  }

  /// Reads the interval that each stored value lies in, as far as its scheme tells: equal bounds where values are stored in full
  /// and no scheme rounded them.
  ///
  /// With pooling the bounds are about the pooled value. A NaN has the bounds NaN.
  package func readBounds(
    _ plan: ReadPlan, into output: (lower: UnsafeMutableBufferPointer<Float>, upper: UnsafeMutableBufferPointer<Float>),
    counters: ReadCounters
  ) throws {
    let lower = MapTarget(output.lower, plan, layout: .rowMajor)
    let upper = MapTarget(output.upper, plan, layout: .rowMajor)
    _ = try quantizer(of: plan.manifest)  // that the codebook is of this intermediate
    let bounds = try codebook(of: plan.manifest).entry(column: 0, isMaps: true).map { StoredBounds($0) }
    try decodeMaps(plan.manifest, plan.requests, lower, counters: counters) { piece, span, frame in
      lower.fill(piece, columns: span) { part, place, rowStride in
        // The answers have the same shape: what belongs to the same part is as far from the start.
        let above = upper.start + (place - lower.start)
        guard piece.type != .values(.float32), let bounds else {
          Self.copy(frame, piece, span, part, to: place, rowStride: rowStride, streams: false)
          Self.copy(frame, piece, span, part, to: above, rowStride: rowStride, streams: false)
          guard plan.rungs == .base, let error = bounds?.error else {
            bounds?.widen(rows: part.rows.count, columns: part.columns, lower: place, upper: above, rowStride: rowStride)
            return
          }
          StoredBounds.widen(
            by: error, rows: part.rows.count, columns: part.columns.count, lower: place, upper: above, rowStride: rowStride)
          return
        }
        bounds.fill(frame + piece.offsetInFrame, Self.coded(piece, span, part), lower: place, upper: above, rowStride: rowStride)
      }
    }
  }

  /// The largest error of what `plan` reads; `nil` where its scheme does not tell. Complexity: O(1) for maps, O(asked columns) for named ones; the codebook is
  /// read once.
  package func errorBound(of plan: ReadPlan) throws -> Double? {
    if plan.isExact { return 0 }
    guard plan.manifest.scheme.values.bound != nil else { return nil }
    if plan.manifest.schema.isMaps { return try quantizer(of: plan.manifest)?.largestError }
    let codebook = try codebook(of: plan.manifest)
    var largest = 0.0
    // Columns without a quantizer of their own are stored as they are.
    for entry in plan.columns.joined().lazy.compactMap({ codebook.entry(column: $0, isMaps: false) }) {
      guard let error = entry.quantizer.largestError else { return nil }
      largest = max(largest, error)
    }
    return largest
  }

  /// What the values of an intermediate of maps were encoded with; `nil` where they are stored as they are.
  package func quantizer(of manifest: IntermediateManifest) throws -> FittedQuantizer? {
    let quantizer = try codebook(of: manifest).entry(column: 0, isMaps: true)?.quantizer
    guard let quantizer else { return nil }
    guard quantizer.type == .float32, quantizer.columns == manifest.schema.columnCount else {
      throw StoreError.corrupt("the codebook is of \(quantizer.columns) columns of another intermediate", at: directory)
    }
    return quantizer
  }

  /// Decodes the frames that hold what is asked for; `body` gets each piece with its span's columns and the frame it lies in.
  ///
  /// - Parameter decodesInPlace: whether a frame that lies in the answer as it is may be decoded straight into `target`, without `body`. Only for
  ///   answers that are nothing but the values themselves.
  private func decodeMaps<Element>(
    _ manifest: IntermediateManifest, _ requests: [FrameRequest], _ target: MapTarget<Element>, decodesInPlace: Bool = false,
    counters: ReadCounters, _ body: @Sendable (FrameRequest.Piece, _ span: Range<Int>, _ frame: UnsafeRawPointer) throws -> Void
  ) throws {
    guard case .maps = manifest.schema else {
      throw StoreError(.invalid, "named columns were asked for as maps", at: directory, remedy: "Ask for them as columns.")
    }
    guard target.count > 0, target.width > 0 else { return }
    let spans = manifest.schema.spans
    try forEach(requests, counters: counters) { _, request, stored in
      if decodesInPlace, manifest.codebook == nil || manifest.scheme.values.rungs != nil,
        let place = target.placeInAnswer(of: request, columns: spans[request.first.span].columns)
      {
        return try request.decode(stored, into: place)
      }
      try withUnsafeTemporaryAllocation(byteCount: max(1, request.rawBytes), alignment: 64) { scratch in
        let frame = UnsafeMutableRawBufferPointer(rebasing: scratch[..<request.rawBytes])
        try request.decode(stored, into: frame)
        for piece in request.pieces { try body(piece, spans[piece.span].columns, UnsafeRawPointer(frame.baseAddress!)) }
      }
    }
  }

  private static func copy(
    _ frame: UnsafeRawPointer, _ piece: FrameRequest.Piece, _ span: Range<Int>, _ part: MapTarget<Float>.Part,
    to target: UnsafeMutablePointer<Float>, rowStride: Int, streams: Bool
  ) {
    let source = (frame + piece.offsetInFrame).assumingMemoryBound(to: Float.self)
    let from = source + (part.rows.lowerBound - piece.rows.lowerBound) * span.count + part.columns.lowerBound - span.lowerBound
    mistique_copy_rows(from, span.count * 4, part.columns.count * 4, part.rows.count, streams ? 1 : 0, rowStride * 4, target)
  }

  static func coded<Element>(
    _ piece: FrameRequest.Piece, _ span: Range<Int>, _ part: MapTarget<Element>.Part
  ) -> CodedChunk.Part {
    let first = piece.rows.lowerBound
    return CodedChunk(rows: piece.rows.count, columns: span)
      .part(rows: part.rows.lowerBound - first..<part.rows.upperBound - first, columns: part.columns)
  }

  static func storedInFull(_ piece: FrameRequest.Piece, _ directory: String) -> StoreError {
    StoreError(
      .invalid, "rows \(piece.rows) hold a value that has no code, such as NaN, and are stored without codes", at: directory,
      remedy: "Ask for values, or for codes of other rows.")
  }
}
