import ArrayFiles
import Foundation
import Mistique
import TestSupport
import Testing

/// Shapes and element types of captured layers, as the C interface describes them, in what `mistique export` writes.
struct CapturedFormTests {
  /// Two rows of each layer.
  private final class Captured: ExecutableModel {
    static let kind = "captured-model"
    let specification = """
      {"capture": "x", "format": 1, "layers": [
        {"name": "sequences", "kind": "maps", "shape": [2, 3], "type": "float16", "hasOwnRows": false},
        {"name": "labels", "kind": "maps", "shape": [], "type": "bool", "hasOwnRows": false},
        {"name": "pixels", "kind": "maps", "shape": [3, 1, 1], "type": "int8", "hasOwnRows": false},
        {"name": "brain", "kind": "maps", "shape": [1, 2], "type": "bfloat16", "hasOwnRows": false},
        {"name": "untrue", "kind": "maps", "shape": [3], "type": "bool", "hasOwnRows": false},
        {"name": "pooled", "kind": "maps", "shape": [2, 4], "type": "float16", "hasOwnRows": false},
        {"name": "tokens", "kind": "maps", "shape": [1, 2], "type": "float16", "hasOwnRows": true},
        {"name": "before", "kind": "maps", "hasOwnRows": false}
      ]}
      """
    static let columns = [
      ("sequences", 6), ("labels", 1), ("pixels", 3), ("brain", 2), ("untrue", 3), ("pooled", 2), ("tokens", 2), ("before", 2),
    ]
    let stages = Captured.columns.map { Stage(name: $0.0, inputs: [], outputs: [$0.0]) }

    func transformers() throws -> [StoredTransformer] { [] }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      for (name, columns) in Self.columns where request.intermediates.contains(name) {
        let values: [Float] = (0..<2 * columns).map { Float($0) }
        try values.withUnsafeBufferPointer {
          try emit(
            name, .maps($0, rowIDs: .first(2), schema: .maps(channels: columns, height: 1, width: 1), order: .channelMajor))
        }
      }
      return []
    }
  }

  private let fixture: ToolFixture

  init() throws {
    fixture = try ToolFixture(hours: 20)
    let store = try IntermediateStore(at: fixture.folder.url.appendingPathComponent("Store"))
    try store.logIntermediates(of: Captured(), as: ModelIdentity(project: "p", name: "m"), policy: .dedup)
    try store.close()
  }

  /// Exports a layer; returns what the file has, and what was written to standard error.
  private func export(_ layer: String, _ ending: String) throws -> (array: NumericArray, bytes: [UInt8], told: String) {
    let told = try fixture.run("export", "Store", "p.m.\(layer).*", "--to", "out.\(ending)")
    #expect(told.status == 0, "\(told.errors)")
    let array = try #require(try NumericArray.all(in: fixture.folder.url.appendingPathComponent("out.\(ending)")).first)
    var bytes: [UInt8] = []
    try array.forEachBlock(of: 2) { _, block in bytes += block }
    return (array, bytes, told.errors)
  }

  @Test("A whole layer has the shape and type that it was captured in, rows first", arguments: ["npy", "npz", "safetensors"])
  func whole(ending: String) throws {
    let sequences = try export("sequences", ending)
    #expect(sequences.array.shape == [2, 2, 3] && sequences.array.element.name == "float16")
    let halves: [Float16] = (0..<12).map { Float16($0) }
    #expect(sequences.bytes == halves.withUnsafeBytes { Array($0) })
    let labels = try export("labels", ending)
    #expect(labels.array.shape == [2] && labels.array.element.name == "bool" && labels.bytes == [0, 1])
    let pixels = try export("pixels", ending)
    #expect(pixels.array.shape == [2, 3, 1, 1] && pixels.array.element.name == "int8" && pixels.bytes == [0, 1, 2, 3, 4, 5])
    let brain = try export("brain", ending)
    #expect(brain.array.shape == [2, 1, 2] && brain.array.element.name == (ending == "safetensors" ? "bfloat16" : "float32"))
    #expect(brain.told.contains("NumPy has no bfloat16") == (ending != "safetensors"), "\(brain.told)")
  }

  @Test("A type that the values are not of is not written: the array is float32, and a note says so")
  func untrue() throws {
    let untrue = try export("untrue", "npy")
    #expect(untrue.array.shape == [2, 3] && untrue.array.element.name == "float32")
    #expect(untrue.told.contains("was bool and is written as float32: not every value is one of bool"), "\(untrue.told)")
  }

  @Test("Layers of other widths, of tokens, and of models that say no shape are flat float32", arguments: ["pooled", "tokens", "before"])
  func flat(layer: String) throws {
    let flat = try export(layer, "npy")
    #expect(flat.array.shape == [2, 2] && flat.array.element == .float32 && !flat.told.contains("written as"), "\(flat.told)")
    let values: [Float] = [0, 1, 2, 3]
    #expect(flat.bytes == values.withUnsafeBytes { Array($0) })
  }
}
