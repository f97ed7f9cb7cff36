/// One frame to decode and the parts of it that the answer needs.
struct FrameRequest: Sendable {
  /// Rows of one column span that lie in this frame.
  struct Piece: Sendable {
    /// The place in `IntermediateSchema.spans`.
    let span: Int
    /// Rows of the intermediate; the piece has them all.
    let rows: Range<Int>
    let offsetInFrame: Int
    let bytes: Int
    let type: StoredType
    let hasValidity: Bool

    /// Of a column of a table.
    var shape: ColumnChunkShape { ColumnChunkShape(type: type, rows: rows.count, hasValidity: hasValidity) }
  }

  let file: PartitionFile
  let frame: Int
  let kind: ReadKind
  let rungs: QuantizationScheme.Rungs
  /// Nearly always the only one: no array is made for it.
  let first: Piece
  var others: [Piece] = []

  var pieces: [Piece] { [first] + others }
  /// Whether it is stored as a base and a residual, which may have been given back; otherwise it is in one piece.
  var hasRungs: Bool { file.hasRungs(frame: frame) }
  var rawBytes: Int { file.rawBytes(ofFrame: frame) }
  /// What is read of it.
  var storedBytes: Int { file.storedBytes(ofFrame: frame, rungs: rungs) }

  /// Decodes what was read of it.
  func decode(_ stored: PartitionFile.StoredRungs, into output: UnsafeMutableRawBufferPointer) throws {
    try file.decode(stored, frame: frame, into: output)
  }
}

extension DataStore {
  /// The frames that hold rows `rows` of `spans`, each once, in the order they are first needed.
  func frameRequests(
    _ manifest: IntermediateManifest, spans: [Int], rows: RowSelection, rungs: QuantizationScheme.Rungs
  ) throws -> [FrameRequest] {
    var requests: [FrameRequest] = []
    // Partitions of this read. Were they looked up for every span, a read of more than the store keeps open would open them all again for each span,
    // and its requests would hold every one of those descriptors.
    var files: [PartitionID: PartitionFile] = [:]
    var shared: [ChunkReference: Int] = [:]  // frames that several chunks share, by (partition, frame)
    let schemaSpans = manifest.schema.spans
    let codebook = try codebook(of: manifest)
    let isMaps = manifest.schema.isMaps
    for span in spans {
      let column = try columnManifest(manifest.spans[span])
      try check(column, span: schemaSpans[span], manifest: manifest)
      let quantizer = codebook.entry(column: span, isMaps: isMaps)?.quantizer
      for block in rows.blocks(of: column.rowsPerBlock, count: column.chunks.count) {
        let blockRows = column.rows(ofBlock: block)
        guard !rows.places(in: blockRows).isEmpty else { continue }
        let reference = column.chunks[block]
        let file = try files[reference.partition] ?? file(reference.partition)
        files[reference.partition] = file
        let entry = try file.entry(reference.index)
        try check(entry, column: column, rows: blockRows.count, file: file)
        try check(entry.shape, quantizer: quantizer, column: column, isMaps: isMaps, file: file)
        var kind = ReadKind(stored: entry.shape.type, column: column.type, scheme: manifest.scheme.values)
        if file.hasRungs(frame: entry.firstFrame) { kind = rungs == .all ? .ladder : .base }
        guard entry.rowsPerFrame == 0 else {
          appendSlices(of: entry, file, kind, rungs, span: span, blockRows: blockRows, rows: rows, to: &requests)
          continue
        }
        let piece = FrameRequest.Piece(
          span: span, rows: blockRows, offsetInFrame: entry.offsetInFrame, bytes: entry.payloadBytes, type: entry.shape.type,
          hasValidity: entry.shape.hasValidity)
        let key = ChunkReference(partition: reference.partition, index: entry.firstFrame)
        if let place = shared[key] {
          requests[place].others.append(piece)
        } else {
          shared[key] = requests.count
          requests.append(FrameRequest(file: file, frame: entry.firstFrame, kind: kind, rungs: rungs, first: piece))
        }
      }
    }
    return requests
  }

  /// The frames of a chunk that is cut by rows.
  private func appendSlices(
    of entry: ChunkEntry, _ file: PartitionFile, _ kind: ReadKind, _ rungs: QuantizationScheme.Rungs, span: Int, blockRows: Range<Int>,
    rows: RowSelection,
    to requests: inout [FrameRequest]
  ) {
    guard let bytesPerRow = entry.shape.bytesPerRow else { preconditionFailure("the directory was checked") }
    for place in 0..<entry.frameCount {
      let first = blockRows.lowerBound + place * entry.rowsPerFrame
      let frameRows = first..<min(first + entry.rowsPerFrame, blockRows.upperBound)
      guard !rows.places(in: frameRows).isEmpty else { continue }
      let piece = FrameRequest.Piece(
        span: span, rows: frameRows, offsetInFrame: 0, bytes: frameRows.count * bytesPerRow, type: entry.shape.type, hasValidity: false)
      requests.append(FrameRequest(file: file, frame: entry.firstFrame + place, kind: kind, rungs: rungs, first: piece))
    }
  }

  private func check(_ column: ColumnManifest, span: ColumnSpan, manifest: IntermediateManifest) throws {
    guard column.rows == manifest.rows, column.width == span.columns.count, column.type == span.type else {
      throw StoreError.corrupt(
        "a column manifest has \(column.rows) x \(column.width) \(column.type), the intermediate \(manifest.rows) x \(span.columns.count) \(span.type)",
        at: directory)
    }
  }

  private func check(_ entry: ChunkEntry, column: ColumnManifest, rows: Int, file: PartitionFile) throws {
    let shape = entry.shape
    guard shape.kind == .values, shape.type.holds(column.type), shape.width == column.width, shape.rows == rows else {
      throw StoreError.corrupt("a chunk is not the part of the column that the manifest says", at: file.path)
    }
  }

  /// What is stored in another type than the column's must be what its quantizer makes: decoding trusts it for how many bytes there are.
  private func check(
    _ shape: ColumnChunkShape, quantizer: FittedQuantizer?, column: ColumnManifest, isMaps: Bool, file: PartitionFile
  ) throws {
    guard !isMaps || !shape.hasValidity else { throw StoreError.corrupt("a chunk of maps has missing values", at: file.path) }
    guard shape.type != .values(column.type) else { return }
    guard let quantizer, quantizer.type == column.type, StoredType(quantizer.codeFormat) == shape.type, isMaps || quantizer.columns == 1
    else {
      throw StoreError.corrupt("a chunk holds \(shape.type), and its column has no codebook for that", at: file.path)
    }
  }

  /// The places of the column spans that hold any of `columns`, ascending.
  static func spans(of schema: IntermediateSchema, holding columns: [Range<Int>]) -> [Int] {
    schema.spans.enumerated().filter { _, span in columns.contains { $0.overlaps(span.columns) } }.map(\.offset)
  }
}
