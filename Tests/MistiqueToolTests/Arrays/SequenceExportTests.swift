import ArrayFiles
import Foundation
import Mistique
import TestSupport
import Testing

/// Layers of sequences of different lengths, as a capture stores them, in what `mistique export` writes.
struct SequenceExportTests {
  /// Five tokens of two float16, and whose they are.
  private final class Captured: ExecutableModel {
    static let kind = "captured-model"
    let specification = """
      {"capture": "x", "format": 1, "layers": [
        {"name": "hidden", "kind": "maps", "shape": [2], "type": "float16", "hasOwnRows": true},
        {"name": "class", "kind": "maps", "shape": [1], "type": "float32", "hasOwnRows": false},
        {"name": ":rows", "kind": "frame", "shape": [], "hasOwnRows": false}
      ]}
      """
    let stages = ["hidden", "class", ":rows"].map { Stage(name: $0, inputs: [], outputs: [$0]) }
    private let rowIDs: [Int64]
    private let places: [(name: String, values: [Int64])]

    init(_ rowIDs: [Int64], start: [Int64], length: [Int64], offset: [Int64], width: [Int64]) {
      self.rowIDs = rowIDs
      places = [("start", start), ("length", length), ("offset", offset), ("width", width)]
    }

    func transformers() throws -> [StoredTransformer] { [] }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      func emitMaps(_ name: String, _ columns: Int, _ ids: RowIDs) throws {
        guard request.intermediates.contains(name) else { return }
        try (0..<ids.count * columns).map { Float($0) }.withUnsafeBufferPointer {
          try emit(name, .maps($0, rowIDs: ids, schema: .maps(channels: columns, height: 1, width: 1), order: .channelMajor))
        }
      }
      try emitMaps("hidden", 2, .first(5))
      try emitMaps("class", 1, .list(rowIDs))
      if request.intermediates.contains(":rows") {
        try emit(":rows", .frame(DataFrame(rowIDs: .list(rowIDs), columns: places.map { ($0.name, Column(.int64($0.values))) })))
      }
      return []
    }
  }

  private let fixture: ToolFixture

  init() throws { fixture = try ToolFixture(hours: 20) }

  private func log(_ model: Captured) throws {
    let store = try IntermediateStore(at: fixture.folder.url.appendingPathComponent("Store"))
    try store.logIntermediates(of: model, as: ModelIdentity(project: "p", name: "m"), policy: .dedup)
    try store.close()
  }

  private func bytes<Value>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  /// What an archive has: shapes, types and bytes by name.
  private func arrays(_ path: String) throws -> [String: (shape: [Int], type: String, bytes: [UInt8])] {
    var found: [String: (shape: [Int], type: String, bytes: [UInt8])] = [:]
    for array in try NumericArray.all(in: fixture.folder.url.appendingPathComponent(path)) {
      var bytes: [UInt8] = []
      try array.forEachBlock(of: 3) { _, block in bytes += block }
      found[array.name] = (array.shape, array.element.name, bytes)
    }
    return found
  }

  @Test("Tokens come example after example, with what says whose they are, whichever order they are stored in")
  func archive() throws {
    // Example 12 has no tokens. The tokens of 11 are stored before those of 10.
    try log(Captured([10, 12, 11], start: [3, 5, 0], length: [2, 0, 3], offset: [1, 0, 0], width: [3, 3, 4]))
    let told = try fixture.run("export", "Store", "p.m.hidden.*", "--to", "out.npz", "--ids", "ids.npy")
    #expect(told.status == 0 && told.errors.contains("5 x 2, float16, tokens of 3 sequences"), "\(told.errors)")
    let found = try arrays("out.npz")
    #expect(found.keys.sorted() == ["lengths", "offsets", "row_id", "values", "widths"])
    let values: [Float16] = [6, 7, 8, 9, 0, 1, 2, 3, 4, 5]
    #expect(found["values"]?.shape == [5, 2] && found["values"]?.type == "float16" && found["values"]?.bytes == bytes(values))
    let numbers: [(String, [Int64])] = [
      ("row_id", [10, 12, 11]), ("lengths", [2, 0, 3]), ("offsets", [1, 0, 0]), ("widths", [3, 3, 4]),
    ]
    for (name, right) in numbers {
      #expect(found[name]?.shape == [3] && found[name]?.type == "int64" && found[name]?.bytes == bytes(right), "\(name)")
    }
    #expect(try arrays("ids.npy").first?.value.bytes == bytes([10, 12, 11] as [Int64]))
  }

  @Test("One column of the tokens has its lengths beside it too, and layers with the examples' rows are as they were")
  func others() throws {
    try log(Captured([1, 2], start: [0, 2], length: [2, 3], offset: [0, 0], width: [3, 3]))
    try fixture.output("export", "Store", "p.m.hidden.n1", "--to", "out.npz")
    let found = try arrays("out.npz")
    let column: [Float] = [1, 3, 5, 7, 9]
    #expect(
      found["values"]?.shape == [5, 1] && found["values"]?.bytes == bytes(column) && found["lengths"]?.bytes == bytes([2, 3] as [Int64]))
    try fixture.output("export", "Store", "p.m.class.*", "--to", "class.npz")
    #expect(try arrays("class.npz").keys.sorted() == ["class"])
  }

  @Test("Files of one array are refused, with what to do instead, and nothing is written", arguments: ["npy", "safetensors", "csv"])
  func refused(ending: String) throws {
    try log(Captured([1, 2], start: [0, 2], length: [2, 3], offset: [0, 0], width: [3, 3]))
    try fixture.expectError(
      ["export", "Store", "p.m.hidden.*", "--to", "out.\(ending)"], "sequences of different lengths", ".npz", "padded()")
    #expect(!FileManager.default.fileExists(atPath: fixture.folder.url.appendingPathComponent("out.\(ending)").path))
    try fixture.output("export", "Store", "p.m.class.*", "--to", "out.\(ending)")
  }

  @Test(
    "Places that do not say of each token whose it is are an error",
    arguments: [([0, 2], [2, 2]), ([0, 1], [2, 3]), ([0, 3], [2, 3]), ([0, 2], [2, 6]), ([0, 2], [-1, 3]), ([-2, 2], [2, 3])]
      as [([Int64], [Int64])])
  func unsound(start: [Int64], length: [Int64]) throws {
    try log(Captured([1, 2], start: start, length: length, offset: [0, 0], width: [3, 3]))
    try fixture.expectError(
      ["export", "Store", "p.m.hidden.*", "--to", "out.npz"], "p.m.:rows", "whose the tokens of hidden are", "verify")
    #expect(!FileManager.default.fileExists(atPath: fixture.folder.url.appendingPathComponent("out.npz").path))
  }
}
