import Dispatch
import Groundwork
import Synchronization

/// Requests for adjacent frames of one file: read in one go, by one thread.
struct FrameBatch: Sendable {
  let file: PartitionFile
  let frames: Range<Int>
  /// Places in the list of requests, one per frame.
  let requests: ArraySlice<Int>
  let rungs: QuantizationScheme.Rungs

  /// Reads its frames and calls `body` with the place of each one's request and its stored bytes, verified; nothing when the read is cancelled.
  func read(counters: ReadCounters, _ body: (_ place: Int, _ stored: PartitionFile.StoredRungs) throws -> Void) throws {
    try counters.check()
    try file.readFrames(frames, rungs: rungs, counters: counters) { frame, stored in
      try body(requests[requests.startIndex + frame - frames.lowerBound], stored)
    }
  }
}

extension DataStore {
  /// Stored bytes that are read in one go at most: enough to make the system call negligible, little enough to stay in a core's cache.
  private static let batchBytes = 512 << 10
  /// Decoded bytes of a batch at most: frames of one-bit codes are tiny, and all in one batch would be one core's work.
  private static let batchRawBytes = 1 << 20
  /// Below so many decoded bytes the other cores cost more to wake than they save.
  private static let parallelBytes = 256 << 10

  /// Reads every requested frame once, on all cores, and calls `body` with the stored bytes, verified; the first error stops the rest and is thrown.
  func forEach(
    _ requests: [FrameRequest], counters: ReadCounters,
    _ body: @Sendable (_ place: Int, FrameRequest, _ stored: PartitionFile.StoredRungs) throws -> Void
  ) throws {
    try forEachBatch(of: requests, rawBytes: Self.batchRawBytes) { batch in
      try batch.read(counters: counters) { place, stored in try body(place, requests[place], stored) }
    }
  }

  /// Calls `body` with batches of adjacent frames, on all cores; the first error stops the rest and is thrown.
  ///
  /// - Parameter rawBytes: decoded bytes of a batch at most, unless one frame has more.
  func forEachBatch(of requests: [FrameRequest], rawBytes: Int, _ body: @Sendable (FrameBatch) throws -> Void) throws {
    let batches = Self.batches(of: requests, rawBytes: rawBytes)
    let isSmall = requests.count < 64 && requests.reduce(0) { $0 + $1.rawBytes } < Self.parallelBytes
    if batches.count <= 1 || isSmall { return try batches.forEach(body) }
    // Outlives its use in name only: `concurrentPerform` returns when every iteration has.
    try withoutActuallyEscaping(body) { body in
      let failure = Mutex<(any Error)?>(nil)
      DispatchQueue.concurrentPerform(iterations: batches.count) { index in
        StandardArithmetic.adopt()
        guard failure.withLock({ $0 == nil }) else { return }
        do { try body(batches[index]) } catch { failure.withLock { $0 = $0 ?? error } }
      }
      if let error = failure.withLock({ $0 }) { throw error }
    }
  }

  /// Adjacent frames together, in the order in which they lie in their files.
  private static func batches(of requests: [FrameRequest], rawBytes mostRawBytes: Int) -> [FrameBatch] {
    var fileNumbers: [ObjectIdentifier: Int] = [:]
    let keys = requests.map { request in
      let id = ObjectIdentifier(request.file)
      let number = fileNumbers[id] ?? fileNumbers.count
      fileNumbers[id] = number
      return number << 40 | request.frame
    }
    let order = requests.indices.sorted { keys[$0] < keys[$1] }
    var batches: [FrameBatch] = []
    var start = 0
    var (bytes, rawBytes) = (0, 0)
    for place in order.indices {
      let request = requests[order[place]]
      let size = request.storedBytes
      let follows = place > start && keys[order[place]] == keys[order[place - 1]] + 1
      if place > start, !follows || bytes + size > batchBytes || rawBytes + request.rawBytes > mostRawBytes {
        batches.append(batch(requests, order[start..<place]))
        (start, bytes, rawBytes) = (place, 0, 0)
      }
      bytes += size
      rawBytes += request.rawBytes
    }
    if start < order.count { batches.append(batch(requests, order[start...])) }
    return batches
  }

  private static func batch(_ requests: [FrameRequest], _ places: ArraySlice<Int>) -> FrameBatch {
    let first = requests[places.first!]
    return FrameBatch(file: first.file, frames: first.frame..<first.frame + places.count, requests: places, rungs: first.rungs)
  }
}
