import Foundation
import Mistique
import TestSupport
import Testing

/// A model of one frame, read from a file that may change, which may also break its promises.
final class FileModel: ExecutableModel {
  static let kind = "file-model"
  let specification: String
  let stages = [Stage(name: "read", inputs: [], outputs: ["table"])]
  let file: URL
  var digest: String?
  /// What it emits instead of what the file says.
  let emits: (@Sendable (DataFrame) -> [DataFrame])?
  /// Called while it runs.
  let whileRunning: (@Sendable () -> Void)?

  init(
    _ file: URL, digest: String? = nil, emits: (@Sendable (DataFrame) -> [DataFrame])? = nil, whileRunning: (@Sendable () -> Void)? = nil
  ) {
    self.file = file
    self.emits = emits
    self.whileRunning = whileRunning
    self.digest = digest
    specification = "file"
  }

  func transformers() -> [StoredTransformer] { [] }

  func inputs(of intermediates: Set<String>) throws -> [ModelInput] {
    let bytes = try Data(contentsOf: file)
    return [ModelInput(name: "t.csv", bytes: bytes.count, digest: "whole:\(String(decoding: bytes, as: UTF8.self))")]
  }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let numbers = try String(contentsOf: file, encoding: .utf8).split(separator: " ").map { Double($0)! }
    whileRunning?()
    let frame = DataFrame(rowIDs: .first(numbers.count), columns: [("x", Column(.float64(numbers)))])
    for emitted in emits?(frame) ?? [frame] { try emit("table", .frame(emitted)) }
    return [StageMeasurement(stage: 0, seconds: 1)]
  }
}

extension FileModel: @unchecked Sendable {}

@Suite("A re-run is held to what was logged") struct InputTests {
  private let folder = TemporaryDirectory("inputs")
  private static let identity = ModelIdentity(project: "t", name: "m")

  private func file(_ name: String, _ text: String) throws -> URL {
    let url = folder.url.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return url
  }

  static let policies: [StoragePolicy] = [.none, try! .adaptive(gamma: 0), .dedup]

  @Test(
    "Other inputs are refused before anything runs or is stored, with both digests; the right ones serve afterwards", arguments: policies)
  func otherInputs(policy: StoragePolicy) throws {
    let (a, b) = (try file("a", "10 20 30 40"), try file("b", "10 999 30 40"))
    let longer = try file("c", "10 20 30 40 50")
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    try store.logIntermediates(of: FileModel(a), as: Self.identity, policy: policy)
    for other in [b, longer] {
      store.register(kind: FileModel.kind) { _ in FileModel(other, emits: { _ in preconditionFailure("nothing may run") }) }
      #expect { try store.getIntermediates(["t.m.table.x"], plan: .rerun) } throws: {
        ($0 as? StoreError)?.code == .otherInputs && "\($0)".contains("t.csv") && "\($0)".contains("whole:10 20 30 40")
      }
      #expect(try store.intermediates(of: Self.identity)[0].isStored == (policy == .dedup))
    }
    store.register(kind: FileModel.kind) { _ in FileModel(a) }
    let answer = try store.getIntermediates(["t.m.table.x"], plan: .rerun)[0]
    #expect(answer.frame?.columns[0].doubles == [10, 20, 30, 40] && answer.unverifiedInputs.isEmpty)
    #expect(try store.verify().isIntact)
  }

  @Test("Inputs that change while the model runs are refused, logging and re-running, and nothing is stored")
  func changing() throws {
    let a = try file("a", "1 2 3")
    let url = folder.url.appendingPathComponent("store")
    let store = try IntermediateStore(at: url)
    let changing = FileModel(a, whileRunning: { try! Data("4 5 6".utf8).write(to: a) })
    #expect { try store.logIntermediates(of: changing, as: Self.identity) } throws: { ($0 as? StoreError)?.code == .otherInputs }
    #expect(try store.models().isEmpty)
    try Data("1 2 3".utf8).write(to: a)
    try store.logIntermediates(of: FileModel(a), as: Self.identity, policy: try .adaptive(gamma: 0))
    store.register(kind: FileModel.kind) { _ in FileModel(a, whileRunning: { try! Data("4 5 6".utf8).write(to: a) }) }
    #expect { try store.getIntermediates(["t.m.table.*"]) } throws: { ($0 as? StoreError)?.code == .otherInputs }
    #expect(try !store.intermediates(of: Self.identity)[0].isStored)
  }

  /// What a model may emit that it was not logged with.
  static let broken: [(String, @Sendable (DataFrame) -> [DataFrame])] = [
    ("a row less", { [$0.gather([0, 1])] }),
    ("a row more", { [$0.gather([0, 1, 2, 2])] }),
    ("rows twice", { [$0.gather([0, 0, 2])] }),
    ("other row ids", { [DataFrame(rowIDs: .range(5..<8), columns: [("x", $0.columns[0])])] }),
    ("another order", { [$0.gather([2, 1, 0])] }),
    ("another name", { [DataFrame(rowIDs: $0.rowIDs, columns: [("y", $0.columns[0])])] }),
    ("another type", { [DataFrame(rowIDs: $0.rowIDs, columns: [("x", Column(.int64([1, 2, 3])))])] }),
    ("a column more", { [DataFrame(rowIDs: $0.rowIDs, columns: [("x", $0.columns[0]), ("y", $0.columns[0])])] }),
    ("no column", { [DataFrame(rowIDs: $0.rowIDs, columns: [])] }),
    ("two frames", { [$0, $0] }),
  ]

  @Test("A model that emits something else than was logged is refused, whatever the policy", arguments: broken.indices, policies)
  func otherShape(place: Int, policy: StoragePolicy) throws {
    let a = try file("a", "1 2 3")
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    try store.logIntermediates(of: FileModel(a), as: Self.identity, policy: policy)
    let (name, emits) = Self.broken[place]
    store.register(kind: FileModel.kind) { _ in FileModel(a, emits: emits) }
    #expect("\(name), \(policy)") { try store.getIntermediates(["t.m.table.*"], plan: .rerun) } throws: {
      ($0 as? StoreError)?.code == .notReproduced
    }
    #expect(try store.intermediates(of: Self.identity)[0].isStored == (policy == .dedup), "\(name), \(policy)")
    store.register(kind: FileModel.kind) { _ in FileModel(a) }
    #expect(try store.getIntermediates(["t.m.table.x"], plan: .rerun)[0].frame?.columns[0].doubles == [1, 2, 3], "\(name), \(policy)")
  }

  @Test("A row id that comes twice is refused when a model is logged, also over two pieces", arguments: [true, false])
  func duplicateRows(isStored: Bool) throws {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    #expect {
      try store.logIntermediates(of: PieceModel([[0, 1], [1, 2]]), as: Self.identity, policy: isStored ? .dedup : .none)
    } throws: {
      ($0 as? StoreError)?.code == .invalidModel && "\($0)".contains("row_id 1")
    }
    #expect(try store.models().isEmpty)
    try store.logIntermediates(of: PieceModel([[0, 1], [], [7, 2]]), as: Self.identity, policy: isStored ? .dedup : .none)
  }

  @Test("Pieces without rows do not change the shape of an answer, wherever they come", arguments: [QuantizationScheme.none, .pool(2)])
  func emptyPieces(scheme: QuantizationScheme) throws {
    for (number, pieces) in ([[[], [0, 1], [], [2], []], [[]], [[], []]] as [[[Int64]]]).enumerated() {
      for order in [MapOrder.channelMajor, .channelsLast] {
        let store = try IntermediateStore(at: folder.url.appendingPathComponent("store \(number) \(order)"))
        store.register(kind: PieceModel.kind) { _ in PieceModel(pieces, order) }
        try store.logIntermediates(of: PieceModel(pieces, order), as: Self.identity, policy: .dedup.quantized(scheme))
        for rows in [RowRequest.all, .ids([]), .ids(pieces.flatMap { $0 }.suffix(1))] {
          let answers = try [QueryPlan.Preference.read, .rerun].map { try store.getIntermediates(["t.m.maps.*"], rows: rows, plan: $0)[0] }
          #expect(answers[0].isIdentical(to: answers[1]), "\(scheme), \(pieces), \(order), \(rows)")
        }
      }
    }
  }
}

/// Maps of 2 x 4 x 4 in pieces of the given rows.
private final class PieceModel: ExecutableModel {
  static let kind = "pieces"
  let specification = "pieces"
  let stages = [Stage(name: "layer", inputs: [], outputs: ["maps"])]
  private let pieces: [[Int64]]
  private let order: MapOrder

  init(_ pieces: [[Int64]], _ order: MapOrder = .channelMajor) {
    self.pieces = pieces
    self.order = order
  }

  func transformers() -> [StoredTransformer] { [] }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let schema = IntermediateSchema.maps(channels: 2, height: 4, width: 4)
    for piece in pieces {
      let values = piece.flatMap { row in (0..<32).map { Float(row * 32) + Float($0) } }
      try values.withUnsafeBufferPointer { try emit("maps", .maps($0, rowIDs: .list(piece), schema: schema, order: order)) }
    }
    return [StageMeasurement(stage: 0, seconds: 1)]
  }
}
