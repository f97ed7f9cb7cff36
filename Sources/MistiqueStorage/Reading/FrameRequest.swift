import Dispatch
import Synchronization

/// One frame to decode and the parts of it that the answer needs.
struct FrameRequest: Sendable {
  /// Rows of one column run that lie in this frame.
  struct Piece: Sendable {
    /// The place in `IntermediateSchema.runs`.
    let run: Int
    /// Rows of the intermediate; the piece has them all.
    let rows: Range<Int>
    let offsetInFrame: Int
    let bytes: Int
    let entry: ChunkEntry
  }

  let file: PartitionFile
  let frame: Int
  var pieces: [Piece]

  var rawBytes: Int { file.rawBytes(ofFrame: frame) }
}

/// What an answer costs to read, known exactly before reading.
package struct ReadEstimate: Sendable, Equatable {
  package var frames = 0
  package var storedBytes = 0
  package var rawBytes = 0

  package init(frames: Int = 0, storedBytes: Int = 0, rawBytes: Int = 0) {
    self.frames = frames
    self.storedBytes = storedBytes
    self.rawBytes = rawBytes
  }
}

extension DataStore {
  /// The frames that hold rows `rows` of `runs`, each once, in the order they are first needed.
  func frameRequests(_ manifest: IntermediateManifest, runs: [Int], rows: RowSelection) throws -> [FrameRequest] {
    var requests: [FrameRequest] = []
    var places: [ChunkReference: Int] = [:]  // frames by (partition, frame)
    let schemaRuns = manifest.schema.runs
    for run in runs {
      let column = try columnManifest(manifest.runs[run])
      try check(column, run: schemaRuns[run], manifest: manifest)
      for (block, reference) in column.chunks.enumerated() {
        let blockRows = column.rows(ofBlock: block)
        guard !rows.places(in: blockRows).isEmpty else { continue }
        let (file, entry) = try entry(reference)
        try check(entry, column: column, rows: blockRows.count, file: file)
        for piece in pieces(of: entry, run: run, blockRows: blockRows, rows: rows) {
          let key = ChunkReference(partition: reference.partition, index: piece.frame)
          if let place = places[key] {
            requests[place].pieces.append(piece.piece)
          } else {
            places[key] = requests.count
            requests.append(FrameRequest(file: file, frame: piece.frame, pieces: [piece.piece]))
          }
        }
      }
    }
    return requests
  }

  private func pieces(
    of entry: ChunkEntry, run: Int, blockRows: Range<Int>, rows: RowSelection
  ) -> [(frame: Int, piece: FrameRequest.Piece)] {
    guard entry.rowsPerFrame > 0, let bytesPerRow = entry.shape.bytesPerRow else {
      return [
        (
          entry.firstFrame,
          .init(run: run, rows: blockRows, offsetInFrame: entry.offsetInFrame, bytes: entry.payloadBytes, entry: entry)
        )
      ]
    }
    return (0..<entry.frameCount).compactMap { place in
      let first = blockRows.lowerBound + place * entry.rowsPerFrame
      let frameRows = first..<min(first + entry.rowsPerFrame, blockRows.upperBound)
      guard !rows.places(in: frameRows).isEmpty else { return nil }
      let bytes = frameRows.count * bytesPerRow
      return (entry.firstFrame + place, .init(run: run, rows: frameRows, offsetInFrame: 0, bytes: bytes, entry: entry))
    }
  }

  private func check(_ column: ColumnManifest, run: ColumnRun, manifest: IntermediateManifest) throws {
    guard column.rows == manifest.rows, column.width == run.columns.count, column.type == run.type else {
      throw StoreError.corrupt(
        "a column manifest has \(column.rows) x \(column.width) \(column.type), the intermediate \(manifest.rows) x \(run.columns.count) \(run.type)",
        at: directory)
    }
  }

  private func check(_ entry: ChunkEntry, column: ColumnManifest, rows: Int, file: PartitionFile) throws {
    let shape = entry.shape
    guard shape.kind == .values, shape.type == column.type, shape.width == column.width, shape.rows == rows else {
      throw StoreError.corrupt("a chunk is not the part of the column that the manifest says", at: file.path)
    }
  }

  /// What reading `columns` of `rows` will cost. Complexity: O(chunks), no frame is read.
  package func estimate(_ manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection) throws -> ReadEstimate {
    let requests = try frameRequests(manifest, runs: Self.runs(of: manifest.schema, holding: columns), rows: rows)
    return requests.reduce(into: ReadEstimate()) { sum, request in
      sum.frames += 1
      sum.storedBytes += request.file.storedBytes(ofFrame: request.frame)
      sum.rawBytes += request.rawBytes
    }
  }

  /// The places of the column runs that hold any of `columns`, ascending.
  static func runs(of schema: IntermediateSchema, holding columns: [Range<Int>]) -> [Int] {
    schema.runs.enumerated().filter { _, run in columns.contains { $0.overlaps(run.columns) } }.map(\.offset)
  }

  /// Calls `body` for each request on all cores; the first error stops the rest and is thrown.
  func forEach(_ requests: [FrameRequest], _ body: @Sendable (Int, FrameRequest) throws -> Void) throws {
    if requests.count == 1 { return try body(0, requests[0]) }
    let failure = Mutex<(any Error)?>(nil)
    // Outlives `concurrentPerform` in name only: it returns when every iteration has.
    try withoutActuallyEscaping(body) { body in
      DispatchQueue.concurrentPerform(iterations: requests.count) { index in
        guard failure.withLock({ $0 == nil }) else { return }
        do { try body(index, requests[index]) } catch { failure.withLock { $0 = $0 ?? error } }
      }
      if let error = failure.withLock({ $0 }) { throw error }
    }
  }
}
