import Foundation

/// `peers.py` in its own Python: a line of JSON asks, a line of JSON answers.
final class PeerWorker {
  struct Peer: Decodable {
    let name: String
    let version: String
    let settings: String
  }

  struct Missing: Decodable {
    let name: String
    let reason: String
  }

  private struct Answer: Decodable {
    var error: String?
    var peers: [Peer]?
    var missing: [Missing]?
    var seconds: Double?
    var bytes: Int?
    var equal: Bool?
  }

  private let python: PythonProcess

  /// - Throws: `PeerError` when that Python or the script cannot be started.
  init(python: URL, script: URL, arrays: URL, work: URL) throws {
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw PeerError(
        what: "there is no Python at \(python.path): run make bench-peers, which makes one with the libraries to compare with")
    }
    self.python = try PythonProcess(python, [script.path, "--arrays", arrays.path, "--work", work.path])
  }

  func list() throws -> (peers: [Peer], missing: [Missing]) {
    let answer = try ask(["op": "list"])
    return (answer.peers ?? [], answer.missing ?? [])
  }

  func log(_ peer: String, arrays: [String]) throws -> (seconds: Double, bytes: Int) {
    let answer = try ask(["op": "log", "peer": peer, "arrays": arrays, "fsync": true])
    guard let seconds = answer.seconds, let bytes = answer.bytes else {
      throw PeerError(what: "\(peer): an answer without seconds and bytes")
    }
    return (seconds, bytes)
  }

  func read(_ peer: String, array: String, _ pattern: ReadPattern) throws -> Double {
    let answer = try ask([
      "op": "read", "peer": peer, "array": array, "pattern": pattern.kind.rawValue, "row": pattern.row, "channel": pattern.channel,
      "rows": pattern.rows,
    ])
    guard let seconds = answer.seconds, answer.equal == true else {
      throw PeerError(what: "\(peer): reading \(array) (\(pattern.kind.rawValue)) gave other values than were stored")
    }
    return seconds
  }

  private func ask(_ request: [String: Any]) throws -> Answer {
    let answer = try python.ask(request, as: Answer.self)
    if let error = answer.error { throw PeerError(what: error) }
    return answer
  }
}

struct PeerError: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}

/// The four questions that a store's layout must serve (paper section 5: few or many rows, few or many columns).
struct ReadPattern {
  enum Kind: String, CaseIterable {
    /// One row, one channel's map or one unit: POINTQ.
    case point
    /// All rows of a channel's map or a unit: COL_DIST.
    case column
    /// Ten scattered rows, everything: KNN, ROW_DIFF.
    case tenRows = "ten_rows"
    /// Everything: SVCCA, VIS.
    case layer
  }

  let kind: Kind
  let row: Int
  let channel: Int
  let rows: [Int]

  /// Another row, channel and ten rows for every repetition, so that nothing is answered from a processor's cache.
  init(_ kind: Kind, of array: BenchArray, repetition: Int) {
    self.kind = kind
    guard case .maps(let channels, _, _) = array.schema else { preconditionFailure("arrays are of maps") }
    row = (17 + repetition * 397) % array.rows
    channel = (3 + repetition * 5) % channels
    rows = (0..<10).map { ($0 * array.rows / 10 + repetition * 31 + $0 * 7) % array.rows }.sorted()
  }

  func columns(of array: BenchArray) -> [Range<Int>] {
    guard case .maps(_, let height, let width) = array.schema else { preconditionFailure("arrays are of maps") }
    switch kind {
    case .point, .column: return [channel * height * width..<(channel + 1) * height * width]
    case .tenRows, .layer: return [0..<array.matrix.columns]
    }
  }

  var selection: [Int]? {
    switch kind {
    case .point: [row]
    case .tenRows: Array(Set(rows)).sorted()
    case .column, .layer: nil
    }
  }
}
