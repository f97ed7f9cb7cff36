import Foundation
import MistiqueStorage
import TestSupport

/// A store in a folder of its own, and short ways to put things into it.
struct StoreFixture {
  let folder = TemporaryDirectory("storage")
  let store: DataStore

  init(_ change: (inout DataStore.Options) -> Void = { _ in }) throws {
    var options = DataStore.Options()
    change(&options)
    store = try DataStore(directory: folder.path, options: options)
  }

  func writer(committed: Set<PartitionID> = []) throws -> StoreWriter {
    try StoreWriter(store: store, committed: { Dictionary(uniqueKeysWithValues: committed.map { ($0, FreedFrames()) }) })
  }

  /// Writes and commits one intermediate of maps.
  @discardableResult
  func write(
    _ values: [Float], schema: IntermediateSchema, writer: StoreWriter, deduplicates: Bool = true, codec: Codec = .automatic,
    scheme: QuantizationScheme = .none, piece: Int = 37
  ) throws -> StoreCommit {
    let width = schema.columnCount
    let target = MapWriter(
      schema, to: ChunkSink(writer, options: .init(deduplicates: deduplicates, codec: codec, scheme: scheme), group: "maps"))
    let rows = width == 0 ? 0 : values.count / width
    for start in stride(from: 0, to: rows, by: piece) {
      let range = start..<min(start + piece, rows)
      try values.withUnsafeBufferPointer {
        try target.append(
          UnsafeBufferPointer(rebasing: $0[range.lowerBound * width..<range.upperBound * width]),
          rowIDs: .range(Int64(range.lowerBound)..<Int64(range.upperBound)))
      }
    }
    return try writer.commit([try target.finish()], blobs: []) { _, _ in Array("receipt".utf8) }
  }

  /// Writes and commits one frame.
  @discardableResult
  func write(
    _ frame: DataFrame, writer: StoreWriter, deduplicates: Bool = true, codec: Codec = .automatic, scheme: QuantizationScheme = .none
  ) throws -> StoreCommit {
    let sink = ChunkSink(writer, options: .init(deduplicates: deduplicates, codec: codec, scheme: scheme), group: "columns")
    let stored = try DataFrameWriter.finish(try DataFrameWriter.store(frame, to: sink), to: sink)
    return try writer.commit([stored], blobs: []) { _, _ in Array("receipt".utf8) }
  }

  func read(_ manifest: IntermediateManifest, _ columns: [Range<Int>], _ rows: RowSelection, counters: ReadCounters = .init()) throws
    -> FloatMatrix
  {
    try FloatMatrix(rows: rows.count(of: manifest.rows), columns: columns.reduce(0) { $0 + $1.count }) {
      try store.readMaps(manifest, columns: columns, rows: rows, into: $0, counters: counters)
    }
  }
}

/// Values as a layer with ReLU puts them out: two thirds zeros.
func activations(_ count: Int, seed: UInt64) -> [Float] {
  var random = SeededRandom(seed: seed)
  return (0..<count).map { _ in max(0, Float(random.unit() * 3 - 2)) }
}

extension StoreCommit {
  /// What a catalogue that knows this commit alone would say is committed.
  var committed: StoreWriter.Committed { Dictionary(uniqueKeysWithValues: partitions.map { ($0.id, FreedFrames()) }) }
}
