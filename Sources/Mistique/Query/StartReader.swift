import MistiqueStorage
import Synchronization

/// Reads the stored intermediates that a re-run starts from, as the model comes to need them: a frame in whole, rows of a layer some RowBlocks at a
/// time, so that no frame is decoded twice and a layer larger than the memory can be started from.
final class StartReader: Sendable {
  /// Decoded bytes of a layer that are held at a time, at least a RowBlock.
  private static let chunkBytes = 64 << 20

  private struct Chunk: Sendable {
    /// Places among the rows that are asked for.
    let places: Range<Int>
    let values: FloatMatrix
  }

  private struct State {
    var chunks: [String: Chunk] = [:]
    var places: [String: RowPlaces] = [:]
    var rowsRead: [String: Int] = [:]
    var seconds: [String: Double] = [:]
  }

  let counters: ReadCounters
  private let store: DataStore
  private let starts: [String: StoredStart]
  /// Frames that were read before, by the manifests that `manifests` has for the starts.
  private let recent: RecentFrames?
  private let manifests: [String: ChunkReference]
  private let state = Mutex(State())

  /// - Parameters:
  ///   - recent: frames that need not be read again, where `manifests` says of which manifest a start is.
  ///   - isCancelled: asked while it reads; true ends the run that reads with `CancellationError`.
  init(
    _ starts: [StoredStart], store: DataStore, recent: RecentFrames? = nil, manifests: [String: ChunkReference] = [:],
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.recent = recent
    self.manifests = manifests
    counters = ReadCounters(isCancelled: isCancelled)
    self.store = store
    self.starts = Dictionary(starts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var available: AvailableIntermediates {
    guard !starts.isEmpty else { return .none }
    return AvailableIntermediates(
      names: Set(starts.keys), maps: { try self.maps($0, rows: $1, $2) }, frame: { try self.frame($0) })
  }

  /// Seconds of reading so far.
  var seconds: Double { state.withLock { $0.seconds.values.reduce(0, +) } }

  /// The starts of which anything was read, sorted.
  var namesRead: [String] { state.withLock { $0.seconds.keys.sorted() } }

  /// What reading a start took, if all of it was read, and once.
  func measured() -> [(start: StoredStart, seconds: Double)] {
    state.withLock { state in
      starts.values.compactMap { start in
        guard state.rowsRead[start.name] == start.plan.rowCount, let seconds = state.seconds[start.name] else { return nil }
        return (start, seconds)
      }
    }
  }

  private func start(_ name: String, isMaps: Bool) throws -> StoredStart {
    guard let start = starts[name], start.manifest.schema.isMaps == isMaps else {
      throw StoreError(
        .invalidModel, "the model asks for \(isMaps ? "maps" : "a frame") of \"\(name)\", which it was not given", at: name,
        remedy: "This is a fault in the model's code, not in the store.")
    }
    return start
  }

  private func frame(_ name: String) throws -> DataFrame {
    let start = try start(name, isMaps: false)
    if let manifest = manifests[name], let frame = recent?[manifest] {
      // Reports list it as read. It took no time, so that the cost model does not learn from it: `rowsRead` stays as it was.
      state.withLock { $0.seconds[name, default: 0] += 0 }
      return frame
    }
    let answer = try timed(name, rows: start.plan.rowCount) { try store.read(start.plan, counters: counters) }
    guard let frame = answer.frame(of: start.plan) else { preconditionFailure("checked against the schema") }
    if let manifest = manifests[name] { recent?.keep(frame, of: manifest) }
    return frame
  }

  private func maps(_ name: String, rows ids: ArraySlice<Int64>, _ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
    let start = try start(name, isMaps: true)
    let wanted = try places(of: ids, in: start)
    let width = start.manifest.schema.columnCount
    guard let first = wanted.first else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
    let chunk = try chunk(of: start, holding: first)
    // The usual case: rows that lie side by side in what has been read.
    if chunk.places.upperBound >= first + wanted.count, zip(wanted, wanted.dropFirst()).allSatisfy({ $1 == $0 + 1 }) {
      let offset = (first - chunk.places.lowerBound) * width
      return try chunk.values.withValues { try body(UnsafeBufferPointer(rebasing: $0[offset..<offset + wanted.count * width])) }
    }
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, wanted.count * width)) { gathered in
      for (row, place) in wanted.enumerated() {
        let chunk = try self.chunk(of: start, holding: place)
        chunk.values.withValues { values in
          let source = UnsafeBufferPointer(rebasing: values[((place - chunk.places.lowerBound) * width)...].prefix(width))
          _ = UnsafeMutableBufferPointer(rebasing: gathered[(row * width)...].prefix(width)).update(fromContentsOf: source)
        }
      }
      try body(UnsafeBufferPointer(rebasing: gathered[..<(wanted.count * width)]))
    }
  }

  /// Where rows are among those that are asked for.
  private func places(of ids: ArraySlice<Int64>, in start: StoredStart) throws -> [Int] {
    let known = state.withLock { $0.places[start.name] }
    let places = try known ?? RowPlaces(start, store: store, counters: counters)
    if known == nil { state.withLock { $0.places[start.name] = places } }
    return try ids.map { id in
      guard let place = places[id] else {
        throw StoreError(
          .invalidModel, "the model asks for row_id \(id) of \"\(start.name)\", which was not asked of it", at: start.name,
          remedy: "This is a fault in the model's code, not in the store.")
      }
      return place
    }
  }

  private func chunk(of start: StoredStart, holding place: Int) throws -> Chunk {
    if let chunk = state.withLock({ $0.chunks[start.name] }), chunk.places.contains(place) { return chunk }
    let manifest = start.manifest
    let rowBytes = max(1, manifest.schema.columnCount * 4)
    let blocks = max(1, Self.chunkBytes / rowBytes / manifest.rowsPerBlock)
    let rowsAtOnce = blocks * manifest.rowsPerBlock
    let row = if case .positions(let positions) = start.rows { positions[place] } else { place }
    let first = row / rowsAtOnce * rowsAtOnce
    let end = min(first + rowsAtOnce, manifest.rows)
    var (places, rows) = (first..<end, Array(first..<end))
    if case .positions(let positions) = start.rows {
      places = positions.partitioningIndex { $0 >= first }..<positions.partitioningIndex { $0 >= end }
      rows = Array(positions[places])
    }
    let values = try timed(start.name, rows: places.count) {
      let plan = try store.plan(manifest, columns: start.plan.columns, rows: .positions(rows))
      guard case .maps(let matrix) = try store.read(plan, counters: counters).values else {
        preconditionFailure("checked against the schema")
      }
      return matrix
    }
    let chunk = Chunk(places: places, values: values)
    state.withLock { $0.chunks[start.name] = chunk }
    return chunk
  }

  private func timed<Value>(_ name: String, rows: Int, _ body: () throws -> Value) rethrows -> Value {
    let began = ContinuousClock.now
    let value = try body()
    let seconds = (ContinuousClock.now - began).seconds
    state.withLock {
      $0.seconds[name, default: 0] += seconds
      $0.rowsRead[name, default: 0] += rows
    }
    return value
  }
}

/// Where each row that is asked for is among them, by its id.
private enum RowPlaces: Sendable {
  /// Consecutive ids from the first one on.
  case range(Range<Int64>)
  case table([Int64: Int])

  init(_ start: StoredStart, store: DataStore, counters: ReadCounters) throws {
    if case .range(let first) = start.manifest.rowIDs, case .all = start.rows {
      self = .range(first..<first + Int64(start.manifest.rows))
      return
    }
    let ids = try store.readRowIDs(start.manifest, rows: start.rows, counters: counters).array
    self = .table(Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  subscript(id: Int64) -> Int? {
    switch self {
    case .range(let ids): ids.contains(id) ? Int(id - ids.lowerBound) : nil
    case .table(let places): places[id]
    }
  }
}

extension Array where Element: Comparable {
  /// The first place whose element fulfils `predicate`, when those that do all stand at the end. Complexity: O(log count).
  fileprivate func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
