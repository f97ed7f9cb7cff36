import Groundwork

/// What directories and manifests of a store of any size take, worked out with the code that writes them: for stores too large to be made.
package struct DirectorySize: Sendable {
  /// Headers, footers and trailers of partitions, and manifests with the frames they are compressed in.
  package private(set) var bytes = 0
  package private(set) var chunks = 0
  package private(set) var partitions = 0
  private var random: SplitMix64

  /// - Parameter seed: of the fingerprints and checksums, which are as random as real ones and as hard to compress.
  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func next() -> UInt64 { random.next() }

  /// Adds an intermediate of `rows` rows, all its chunks stored anew, at `ratio` raw to stored bytes.
  package mutating func add(_ schema: IntermediateSchema, rows: Int, options: DataStore.Options, ratio: Double) throws {
    let isTable: Bool = if case .columns = schema { true } else { false }
    let rowsPerBlock = isTable ? options.rowsPerBlock(ofTable: rows) : options.rowsPerBlock(for: schema)
    let spans = schema.spans
    var frames: [FrameEntry] = []
    var entries: [ChunkEntry] = []
    var open: (raw: Int, id: PartitionID) = (0, PartitionID(Fingerprint(low: next(), high: next())))
    var references = Array(repeating: [ChunkReference](), count: spans.count)
    for start in stride(from: 0, to: rows, by: rowsPerBlock) {
      for (place, span) in spans.enumerated() {
        let shape = ColumnChunkShape(type: .values(span.type), rows: min(rowsPerBlock, rows - start), width: span.columns.count)
        let size = shape.payloadBytes ?? 0
        references[place].append(ChunkReference(partition: open.id, index: entries.count))
        append(shape, size, options.layout, ratio, &frames, &entries)
        open.raw += size
        guard open.raw >= options.partitionBytes else { continue }
        try close(&frames, &entries)
        open = (0, PartitionID(Fingerprint(low: next(), high: next())))
      }
    }
    try close(&frames, &entries)
    try addManifests(schema, rows: rows, rowsPerBlock: rowsPerBlock, references)
  }

  private mutating func append(
    _ shape: ColumnChunkShape, _ size: Int, _ layout: FrameLayout, _ ratio: Double, _ frames: inout [FrameEntry],
    _ entries: inout [ChunkEntry]
  ) {
    func frame(_ raw: Int) -> FrameEntry {
      // Stored sizes differ from frame to frame, as real ones do.
      let stored = Double(raw) / ratio * (0.8 + 0.4 * Double(next() >> 11) * 0x1p-53)
      return FrameEntry(encoding: FloatEncoding(.float32).tag, offset: 0, storedBytes: Int(stored), rawBytes: raw, checksum: next())
    }
    var (first, offset, rowsPerFrame) = (frames.count, 0, 0)
    if let bytesPerRow = shape.bytesPerRow, size >= 2 * layout.slicedFrameBytes {
      rowsPerFrame = max(1, layout.slicedFrameBytes / bytesPerRow)
      for row in stride(from: 0, to: shape.rows, by: rowsPerFrame) {
        frames.append(frame(min(rowsPerFrame, shape.rows - row) * bytesPerRow))
      }
    } else if let last = entries.last, last.rowsPerFrame == 0, last.offsetInFrame + last.payloadBytes + size <= layout.sharedFrameBytes {
      (first, offset) = (last.firstFrame, last.offsetInFrame + last.payloadBytes)
    } else {
      frames.append(frame(layout.sharedFrameBytes))
    }
    entries.append(
      ChunkEntry(
        shape: shape, payloadBytes: size, fingerprint: ChunkFingerprint(value: next()), firstFrame: first, offsetInFrame: offset,
        rowsPerFrame: rowsPerFrame))
    chunks += 1
  }

  private mutating func close(_ frames: inout [FrameEntry], _ entries: inout [ChunkEntry]) throws {
    guard !entries.isEmpty else { return }
    let footer = PartitionFooter(frames: frames, chunks: entries, copy: 0)
    bytes += PartitionFormat.headerBytes + PartitionFormat.trailerBytes + compressed(footer.encoded)
    partitions += 1
    (frames, entries) = ([], [])
  }

  private mutating func addManifests(_ schema: IntermediateSchema, rows: Int, rowsPerBlock: Int, _ references: [[ChunkReference]]) throws {
    var manifests: [UInt8] = []
    for (span, references) in zip(schema.spans, references) {
      let statistics = references.map { _ in
        ChunkStatistics(lowest: 0, highest: Float(bitPattern: 0x4000_0000 | UInt32(next() >> 42)), missing: 0, hasNaN: false)
      }
      manifests +=
        ColumnManifest(
          type: span.type, width: span.columns.count, rows: rows, rowsPerBlock: rowsPerBlock, chunks: references, statistics: statistics
        ).encoded
    }
    bytes += compressed(manifests)
    try addReferences(to: schema, rows: rows, rowsPerBlock: rowsPerBlock)
  }

  /// Adds an intermediate whose columns are all stored already: one manifest that refers to theirs.
  package mutating func addReferences(to schema: IntermediateSchema, rows: Int, rowsPerBlock: Int) throws {
    let partition = PartitionID(Fingerprint(low: next(), high: next()))
    var index = 0
    let spans = schema.spans.map { _ in
      index += Int(next() % 3)
      return ChunkReference(partition: partition, index: index)
    }
    let manifest = IntermediateManifest(schema: schema, rows: rows, rowsPerBlock: rowsPerBlock, rowIDs: .range(start: 0), spans: spans)
    bytes += compressed(try manifest.encoded())
  }

  private func compressed(_ raw: [UInt8]) -> Int {
    var output = [UInt8](repeating: 0, count: ZstdEncoding().bound(raw.count))
    let size = raw.withUnsafeBytes { raw in
      output.withUnsafeMutableBytes { ZstdEncoding(level: 3).encode(raw, FrameContent(.opaque), into: $0) }
    }
    return size ?? raw.count
  }
}
