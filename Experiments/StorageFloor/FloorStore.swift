import ExperimentKit
import Foundation
import Mistique
import MistiqueStorage

/// A store of the storage floor alone: intermediates in memory to durable partitions and back, without models, catalogue or cost model.
///
/// The experiments reach `MistiqueStorage` through this folder and from nowhere else.
struct FloorStore {
  /// How values are kept.
  struct Encoding {
    var deduplicates = true
    var scheme = QuantizationScheme.none
    /// Whether similar columns are placed side by side.
    var groupsSimilarColumns = false
  }

  /// How a store is cut; its own sizes where nil.
  struct Layout {
    var rowsPerBlock: Int?
    var frameBytes: Int?

    fileprivate var options: DataStore.Options {
      var options = DataStore.Options()
      if let rowsPerBlock { options.rowsPerBlock = rowsPerBlock }
      if let frameBytes {
        options.layout.slicedFrameBytes = frameBytes
        options.layout.sharedFrameBytes = frameBytes
        options.layout.widestTableFrameBytes = frameBytes
      }
      return options
    }
  }

  private let store: DataStore
  private let commit: StoreCommit
  /// From the first value until everything was durable.
  let seconds: Double

  /// Of all partitions.
  var fileBytes: Int { commit.fileBytes }

  /// Logs arrays into a new store in `folder` the way a network does: batch after batch, every array of a batch.
  init(logging arrays: [LayerArray], _ encoding: Encoding = .init(), _ layout: Layout = .init(), in folder: URL) throws {
    store = try DataStore(directory: folder.path, options: layout.options)
    let watch = Stopwatch()
    let writer = try StoreWriter(store: store, committed: { [:] })
    let options = encoding.options
    let targets = arrays.map { MapWriter($0.schema, to: ChunkSink(writer, options: options, group: $0.name)) }
    let rows = arrays.map(\.rows).max() ?? 0
    for start in stride(from: 0, to: rows, by: Self.batch) {
      for (array, target) in zip(arrays, targets) where start < array.rows {
        let range = start..<min(start + Self.batch, array.rows)
        try array.matrix.withValues { values in
          let width = array.matrix.columns
          let piece = UnsafeBufferPointer(rebasing: values[range.lowerBound * width..<range.upperBound * width])
          try target.append(piece, rowIDs: .range(Int64(range.lowerBound)..<Int64(range.upperBound)))
        }
      }
    }
    commit = try writer.commit(try targets.map { try $0.finish() }, blobs: []) { _, _ in [] }
    seconds = watch.seconds
  }

  private static let batch = 64

  /// Logs a frame into a new store in `folder`.
  init(logging frame: DataFrame, _ encoding: Encoding, _ layout: Layout = .init(), in folder: URL) throws {
    store = try DataStore(directory: folder.path, options: layout.options)
    let watch = Stopwatch()
    let writer = try StoreWriter(store: store, committed: { [:] })
    let sink = ChunkSink(writer, options: encoding.options, group: "columns")
    let stored = try DataFrameWriter.finish(try DataFrameWriter.store(frame, to: sink), to: sink)
    commit = try writer.commit([stored], blobs: []) { _, _ in [] }
    seconds = watch.seconds
  }

  /// The intermediate that was logged as number `index`.
  func intermediate(_ index: Int) throws -> FloorIntermediate {
    FloorIntermediate(store: store, manifest: try store.manifest(commit.intermediates[index]))
  }

  /// Opens every partition, so that the first read does not pay for it.
  func openPartitions() throws {
    for partition in commit.partitions { _ = try store.file(partition.id) }
  }
}

extension FloorStore.Encoding {
  fileprivate var options: StoreWriter.Options {
    .init(
      deduplicates: deduplicates, codec: .automatic, scheme: scheme, similarity: groupsSimilarColumns ? SimilarityOptions() : nil)
  }
}

/// What every query does before and after it reads.
struct FloorLock {
  private let lock: ReadersLock

  /// The readers' lock of a store in `folder`, which is there.
  init(in folder: URL) { lock = ReadersLock(directory: folder.path) }

  func takeAndRelease() throws { _ = try lock.shared() }
}

/// A stored intermediate that is ready to be read.
struct FloorIntermediate {
  fileprivate let store: DataStore
  fileprivate let manifest: IntermediateManifest

  /// What a read touched: the same on every machine.
  struct Touched {
    let frames: Int
    let bytes: Int
    let decodedBytes: Int

    fileprivate init(_ counters: ReadCounters) {
      frames = counters.framesDecoded
      bytes = counters.bytesRead
      decodedBytes = counters.bytesDecoded
    }
  }

  var rows: Int { manifest.rows }
  var columnCount: Int { manifest.schema.columnCount }

  /// The largest error that BOUND_QT allows values of column `column`, in their unit; `nil` under another scheme.
  func largestError(column: Int) throws -> Double? { try store.quantizer(of: manifest)?.largestError(column: column) }

  /// Reads columns of a matrix into `target`, row-major, which must have exactly that many values.
  ///
  /// - Parameter rows: positions, ascending; all rows when nil.
  @discardableResult
  func read(_ columns: [Range<Int>], rows: [Int]? = nil, into target: UnsafeMutableBufferPointer<Float>) throws -> Touched {
    let counters = ReadCounters()
    try store.readMaps(manifest, columns: columns, rows: rows.map { .positions($0) } ?? .all, into: target, counters: counters)
    return Touched(counters)
  }

  /// The base of a ladder, all columns of all rows, into `target`.
  @discardableResult
  func readBase(into target: UnsafeMutableBufferPointer<Float>) throws -> Touched {
    let counters = ReadCounters()
    try store.readMaps(basePlan(), into: target, counters: counters)
    return Touched(counters)
  }

  /// The same as codes.
  @discardableResult
  func readBaseCodes(into target: UnsafeMutableBufferPointer<UInt8>) throws -> Touched {
    let counters = ReadCounters()
    try store.readCodes(basePlan(), into: target, counters: counters)
    return Touched(counters)
  }

  private func basePlan() throws -> ReadPlan {
    try store.plan(manifest, columns: [0..<columnCount], rows: .all, rungs: .base)
  }

  /// Columns of a frame, in the order of `columns`.
  ///
  /// - Parameter rows: positions, ascending; all rows when nil.
  func readColumns(_ columns: [Int], rows: [Int]? = nil) throws -> (columns: [Column], touched: Touched) {
    let counters = ReadCounters()
    let read = try store.readColumns(manifest, columns: columns, rows: rows.map { .positions($0) } ?? .all, counters: counters)
    return (read, Touched(counters))
  }

  /// All columns of a frame.
  func frameColumns() throws -> [Column] {
    try store.readColumns(manifest, columns: Array(0..<columnCount), rows: .all, counters: ReadCounters())
  }
}

/// Directories and manifests of stores too large to be made, worked out with the code that writes them.
typealias DirectorySize = MistiqueStorage.DirectorySize
