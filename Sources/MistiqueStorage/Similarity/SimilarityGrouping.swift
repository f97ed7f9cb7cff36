/// Which chunks of a Partition share a frame, so that similar ones compress together.
///
/// A few RowBlocks of a column that arrive one after the other stay together as a run, or reading the column would take a frame for each
/// of its blocks. The pairs (run, its closest predecessor), the most similar first, join runs end to end: single-linkage clustering,
/// in whose order of leaves the most similar runs are neighbours, however weak the pair that joined the last clusters. That order
/// is cut into frames. Runs that are similar to none follow in their order of arrival. In a frame chunks are in order of arrival, so that
/// a chunk comes after the one it resembles.
///
/// Greedy and deterministic: equal input gives equal frames. Complexity: O(n log n) for n chunks.
package struct SimilarityGrouping: Sendable {
  /// A chunk of the Partition, in order of arrival.
  package struct Chunk: Sendable, Hashable {
    package let byteCount: Int
    /// Tells the columns of intermediates apart: neighbours with equal numbers are consecutive RowBlocks of one column.
    package let column: Int
    /// The closest predecessor, by its place in the order of arrival, and how similar it is; `nil`: it is similar to none.
    package let closest: Int?
    package let similarity: Double

    package init(byteCount: Int, column: Int, closest: Int? = nil, similarity: Double = 0) {
      self.byteCount = byteCount
      self.column = column
      self.closest = closest
      self.similarity = similarity
    }
  }

  /// Frames of places in the order of arrival; each place occurs once.
  package private(set) var frames: [[Int]] = []

  /// The frames of `chunks`. A chunk larger than `frameBytes` has a frame to itself; a run has at most `chunksPerRun` chunks and half a
  /// frame's bytes.
  package init(_ chunks: [Chunk], frameBytes: Int, chunksPerRun: Int = 2) {
    let (runs, runOf) = Self.runs(chunks, frameBytes, chunksPerRun)
    var clusters = Clusters(count: runs.count)
    // A run is close to that of its first chunk which is close to another run.
    let pairs = runs.indices.compactMap { run -> (similarity: Double, run: Int, closest: Int)? in
      for place in runs[run] {
        guard let closest = chunks[place].closest else { continue }
        precondition(closest < place, "only chunks that arrived before can be closest")
        if runOf[closest] != run { return (chunks[place].similarity, run, runOf[closest]) }
      }
      return nil
    }
    for pair in pairs.sorted(by: { ($1.similarity, $0.run) < ($0.similarity, $1.run) }) { clusters.join(pair.closest, pair.run) }
    let members = clusters.members
    for cluster in members where cluster.count > 1 { cut(cluster.map { runs[$0] }, chunks, frameBytes) }
    cut(members.filter { $0.count == 1 }.map { runs[$0[0]] }, chunks, frameBytes)
  }

  private static func runs(_ chunks: [Chunk], _ frameBytes: Int, _ chunksPerRun: Int) -> (runs: [Range<Int>], runOf: [Int]) {
    var runs: [Range<Int>] = []
    var runOf: [Int] = []
    var bytes = 0
    for (place, chunk) in chunks.enumerated() {
      if let last = runs.last, last.count < chunksPerRun, chunks[place - 1].column == chunk.column,
        bytes + chunk.byteCount <= frameBytes / 2
      {
        runs[runs.count - 1] = last.lowerBound..<place + 1
        bytes += chunk.byteCount
      } else {
        runs.append(place..<place + 1)
        bytes = chunk.byteCount
      }
      runOf.append(runs.count - 1)
    }
    return (runs, runOf)
  }

  /// Adds frames for `runs`, one after the other; a run that does not fit what is left of a frame begins the next.
  private mutating func cut(_ runs: [Range<Int>], _ chunks: [Chunk], _ frameBytes: Int) {
    var frame: [Int] = []
    var bytes = 0
    for run in runs {
      let runBytes = run.reduce(0) { $0 + chunks[$1].byteCount }
      if bytes > 0, bytes + runBytes > frameBytes {
        frames.append(frame.sorted())
        frame = []
        bytes = 0
      }
      frame += run
      bytes += runBytes
    }
    if !frame.isEmpty { frames.append(frame.sorted()) }
  }
}

/// Disjoint chains of runs, joined end to end.
private struct Clusters {
  /// A path to the run that stands for the chain, its first.
  private var parent: [Int]
  private var last: [Int]
  private var next: [Int?]

  init(count: Int) {
    parent = Array(0..<count)
    last = parent
    next = Array(repeating: nil, count: count)
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    guard a != b else { return }
    next[last[a]] = b
    last[a] = last[b]
    parent[b] = a
  }

  /// Halves the path on its way.
  private mutating func root(_ run: Int) -> Int {
    var run = run
    while parent[run] != run {
      parent[run] = parent[parent[run]]
      run = parent[run]
    }
    return run
  }

  /// The chains, by their first run.
  var members: [[Int]] {
    parent.indices.filter { parent[$0] == $0 }.map { first in Array(sequence(first: first) { next[$0] }) }
  }
}
