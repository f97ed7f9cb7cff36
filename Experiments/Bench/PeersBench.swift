import ExperimentKit
import Foundation

/// Ours against what a user would pick today, on the same arrays, alternating in one run; everybody's files are fsynced while the clock runs, page
/// cache warm, answers into memory that is there already.
struct PeersBench {
  let storage: StorageBench
  let others: ArrayStorePeers
  let report: BenchReport
  let repetitions: Int

  /// The arrays on which reads are compared, all after ReLU: a wide layer, a sparse deep one, a dense layer of units.
  private var compared: [Int] {
    ["layer2", "layer10", "layer15"].compactMap { name in storage.arrays.firstIndex { $0.name == name } }
  }

  func run() throws {
    let list = try others.list()
    let (peers, missing) = (list.peers, list.missing)
    for peer in peers { report.say("peer \(peer.name) (\(peer.version)): \(peer.settings)") }
    for peer in missing { report.say("peer \(peer.name) cannot be had here: \(peer.reason)") }
    report.record("peers", "peers_measured", Double(peers.count), unit: "peers")
    report.record("peers", "peers_missing", Double(missing.count), unit: "peers")
    guard !peers.isEmpty else { throw BenchFailure(what: "no peer can be had: \(missing.map(\.reason).joined(separator: "; "))") }
    let ours = try log(peers.map(\.name))
    for kind in ReadPattern.Kind.allCases { try read(kind, ours, peers.map(\.name)) }
  }

  private func log(_ peers: [String]) throws -> FloorStore {
    let names = storage.arrays.map(\.name)
    var (ownSeconds, peerSeconds): ([Double], [String: [Double]]) = ([], [:])
    var peerBytes: [String: Int] = [:]
    var logged: FloorStore?
    for _ in 0..<min(3, repetitions) {
      let own = try storage.log()
      ownSeconds.append(own.seconds)
      logged = own
      for peer in peers {
        let theirs = try others.log(peer, arrays: names)
        peerSeconds[peer, default: []].append(theirs.seconds)
        peerBytes[peer] = theirs.bytes
      }
    }
    let (own, bytes) = (Timings.median(of: ownSeconds), Double(logged!.fileBytes))
    for peer in peers {
      report.record("peers", "\(peer).bytes", Double(peerBytes[peer]!), unit: "B")
      report.record("peers", "\(peer).log_seconds", Timings.median(of: peerSeconds[peer]!), unit: "s")
    }
    report.record("peers", "mistique.bytes", bytes, unit: "B")
    report.record("peers", "mistique.log_seconds", own, unit: "s")
    let smallest = Double(peerBytes.values.min()!)
    report.record("peers", "bytes_vs_best_peer", bytes / smallest, unit: "1")
    // Those within a tenth of the smallest peer: a faster one that stores much more is no alternative.
    let near = peers.filter { Double(peerBytes[$0]!) <= 1.1 * smallest }
    let fastest = near.map { Timings.median(of: peerSeconds[$0]!) }.min()!
    report.record("peers", "log_throughput_vs_best_peer", fastest / own, unit: "1")
    return logged!
  }

  /// The worst of the compared arrays is the figure: how much faster than the fastest peer, or slower if below 1.
  private func read(_ kind: ReadPattern.Kind, _ ours: FloorStore, _ peers: [String]) throws {
    var ratios: [Double] = []
    for index in compared {
      let array = storage.arrays[index]
      let stored = try ours.intermediate(index)
      let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: array.rows * array.matrix.columns)
      defer { target.deallocate() }
      target.initialize(repeating: 0)
      // The peers' files are open; so are ours.
      try ours.openPartitions()
      var (own, theirs): ([Double], [String: [Double]]) = ([], [:])
      for repetition in 0..<max(5, repetitions) {
        let pattern = ReadPattern(kind, of: array, repetition: repetition)
        let columns = pattern.columns(of: array)
        let rows = pattern.selection
        let count = (rows?.count ?? array.rows) * columns.reduce(0) { $0 + $1.count }
        let answer = UnsafeMutableBufferPointer(rebasing: target[..<count])
        let watch = Stopwatch()
        try stored.read(columns, rows: rows, into: answer)
        own.append(watch.seconds)
        guard matches(answer, array, columns, rows) else { throw BenchFailure(what: "ours: \(array.name) came back changed") }
        for peer in peers { theirs[peer, default: []].append(try others.read(peer, array: array.name, pattern)) }
      }
      let best = theirs.mapValues { Timings.median(of: $0) }.min { $0.value < $1.value }!
      let mine = Timings.median(of: own)
      report.record("peers", "\(kind.rawValue).\(array.name).mistique_seconds", mine, unit: "s")
      report.record("peers", "\(kind.rawValue).\(array.name).\(best.key)_seconds", best.value, unit: "s")
      ratios.append(best.value / mine)
    }
    report.record("peers", "read_\(kind == .tenRows ? "ten_rows" : kind.rawValue)_vs_best_peer", ratios.min()!, unit: "1")
  }

  private func matches(_ answer: UnsafeMutableBufferPointer<Float>, _ array: LayerArray, _ columns: [Range<Int>], _ rows: [Int]?) -> Bool {
    return array.matrix.withValues { values in
      var place = 0
      for row in rows ?? Array(0..<array.rows) {
        for range in columns {
          let source = values.baseAddress! + row * array.matrix.columns + range.lowerBound
          guard memcmp(answer.baseAddress! + place, source, range.count * 4) == 0 else { return false }
          place += range.count
        }
      }
      return true
    }
  }
}
