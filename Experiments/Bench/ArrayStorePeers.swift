import Foundation

/// `peers.py` in a Python of its own: the array stores that a user would pick today, on the same arrays.
struct ArrayStorePeers {
  struct Peer: Decodable {
    let name: String
    let version: String
    let settings: String
  }

  /// A peer that cannot be imported there.
  struct Missing: Decodable {
    let name: String
    let reason: String
  }

  /// Every peer, there or not.
  struct List: Decodable {
    let peers: [Peer]
    let missing: [Missing]
  }

  /// Arrays that were written and synced.
  struct Logged: Decodable {
    let seconds: Double
    let bytes: Int
  }

  private let worker: PythonWorker

  /// - Parameters:
  ///   - arrays: a folder of `.npy` files.
  ///   - work: where the peers write.
  /// - Throws: `PythonError` when there is no Python at `python`, or what starting it throws.
  init(python: URL, arrays: URL, work: URL) throws {
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw PythonError("there is no Python at \(python.path): run make bench-peers, which makes one with the libraries to compare with")
    }
    worker = try PythonWorker(python, script: "peers", arguments: ["--arrays", arrays.path, "--work", work.path])
  }

  func list() throws -> List { try worker.ask("list", as: List.self) }

  func log(_ peer: String, arrays: [String]) throws -> Logged {
    try worker.ask("log", ["peer": peer, "arrays": arrays, "fsync": true], as: Logged.self)
  }

  /// Seconds of a read. Throws when it gave other values than were stored.
  func read(_ peer: String, array: String, _ pattern: ReadPattern) throws -> Double {
    struct Answer: Decodable {
      let seconds: Double
      let equal: Bool
    }
    let question: [String: Any] = [
      "peer": peer, "array": array, "pattern": pattern.kind.rawValue, "row": pattern.row, "channel": pattern.channel, "rows": pattern.rows,
    ]
    let answer = try worker.ask("read", question, as: Answer.self)
    guard answer.equal else {
      throw PythonError("\(peer): reading \(array) (\(pattern.kind.rawValue)) gave other values than were stored")
    }
    return answer.seconds
  }
}
