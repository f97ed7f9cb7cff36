import Foundation

/// `compressors.py` in a Python of its own: what others would use for floating-point numbers, on the same arrays, in memory.
struct CompressorPeers {
  struct Peer: Decodable {
    let name: String
    let version: String
    let settings: String
    /// Whether it may err by a given bound; else it is lossless.
    let bounded: Bool
  }

  /// Every peer, there or not.
  struct List: Decodable {
    let peers: [Peer]
    let missing: [ArrayStorePeers.Missing]
  }

  /// How a peer may see an array, and with which of its options.
  struct Setting: Decodable, Equatable {
    /// 1, all values in a line; 2, rows and columns; 3, maps; 4, rows, channels and maps.
    let dimensions: Int
    /// Place in the peer's list.
    let option: Int
    let name: String
  }

  /// An array that was compressed with one setting, and decompressed again.
  struct Compressed: Decodable {
    let bytes: Int
    let compressSeconds: Double
    let decompressSeconds: Double
    /// In double; `nil` where a value came back as no finite number, or was none.
    let largestError: Double?
    /// Whether every bit came back.
    let equal: Bool

    /// Whether no value errs by more than `bound`; without a bound, whether every bit came back.
    func keeps(_ bound: Double?) -> Bool {
      guard let bound else { return equal }
      return largestError.map { $0 <= bound } ?? false
    }
  }

  private let worker: PythonWorker

  /// - Parameter arrays: a folder of `.npy` files.
  /// - Throws: what starting the Python at `python` throws.
  init(python: URL, arrays: URL) throws {
    worker = try PythonWorker(python, script: "compressors", arguments: ["--arrays", arrays.path])
  }

  func list() throws -> List { try worker.ask("list", as: List.self) }

  /// Every setting that a peer has for an array.
  func settings(_ peer: Peer, _ array: String) throws -> [Setting] {
    struct Answer: Decodable { let settings: [Setting] }
    return try worker.ask("settings", ["peer": peer.name, "array": array], as: Answer.self).settings
  }

  /// - Parameter bound: the absolute error that is allowed; a lossless peer has no use for it.
  func compress(_ peer: Peer, _ array: String, _ setting: Setting, bound: Double) throws -> Compressed {
    let question: [String: Any] = [
      "peer": peer.name, "array": array, "dimensions": setting.dimensions, "option": setting.option, "error": bound,
    ]
    return try worker.ask("compress", question, as: Compressed.self)
  }

  /// The setting with the smallest stream, among those that keep the bound, the first of equals; `nil` where none does.
  static func smallest(
    _ tried: [(setting: Setting, result: Compressed)], within bound: Double?
  ) -> (setting: Setting, result: Compressed)? {
    tried.filter { $0.result.keeps(bound) }.min { $0.result.bytes < $1.result.bytes }
  }
}
