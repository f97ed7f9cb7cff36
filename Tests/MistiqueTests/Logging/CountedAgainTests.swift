import Foundation
import Mistique
import Synchronization
import TestSupport
import Testing

/// A chain of layers, each of a weight of its own, that promises equal bits for equal weights below and says which layers it was asked for.
private final class WeightedLayers: ExecutableModel {
  static let kind = "weighted-layers"
  static let schema = IntermediateSchema.maps(channels: 8, height: 4, width: 4)
  static let rows = 2_500
  let specification = "weighted"
  let weights: [Float]
  private let asked: @Sendable (Set<String>) -> Void

  init(_ weights: [Float], asked: @escaping @Sendable (Set<String>) -> Void = { _ in }) {
    self.weights = weights
    self.asked = asked
  }

  var stages: [Stage] {
    weights.indices.map { Stage(name: "stage \($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: ["layer\($0)"]) }
  }

  func transformers() -> [StoredTransformer] {
    weights.enumerated().map { place, weight in StoredTransformer(name: "\(place)", bytes: withUnsafeBytes(of: weight) { Array($0) }) }
  }

  func lineages() -> ModelLineages {
    var (result, below) = (ModelLineages(), LineageRecipe("input").lineage)
    for (layer, weight) in weights.enumerated() {
      var recipe = LineageRecipe("weighted layer")
      recipe.add(lineage: below)
      recipe.add(real: Double(weight))
      below = recipe.lineage
      result.intermediates["layer\(layer)"] = below
    }
    return result
  }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    asked(request.intermediates)
    let width = Self.schema.columnCount
    for start in stride(from: 0, to: Self.rows, by: 100) {
      for layer in weights.indices where request.intermediates.contains("layer\(layer)") {
        // What a layer holds depends on all weights up to it.
        let weight = weights[...layer].reduce(1, *)
        // Layer 1 only passes on what it gets, as dropout does.
        let shift = layer == 1 ? 0 : layer
        let values = (start..<start + 100).flatMap { row in
          (0..<width).map { max(0, sin(Float(row * 31 + $0 + shift)) * weight) }
        }
        try values.withUnsafeBufferPointer {
          try emit("layer\(layer)", .maps($0, rowIDs: .range(Int64(start)..<Int64(start + 100)), schema: Self.schema))
        }
      }
    }
    return weights.indices.map { StageMeasurement(stage: $0, seconds: 0.01, batches: 25, rowsPerBatch: 100) }
  }
}

/// Maps that are counted again because their lineage is known.
@Suite struct CountedAgainTests {
  /// The two lowest of four layers are the same in all, and so is the third in the last two.
  private static let models: [[Float]] = [[1, 1, 2, 3], [1, 1, 4, 5], [1, 1, 4, 6]]

  private static func counting(_ folder: URL, sharing frames: CountedFrames? = nil) throws -> IntermediateStore {
    var options = StoreOptions()
    options.keepsPartitions = false
    options.countedFrames = frames
    return try IntermediateStore(at: folder, options: options)
  }

  @Test(
    "What is counted again takes what computing it again takes, byte for byte, and is not computed",
    arguments: [
      StoragePolicy.storeAll, .dedup, .storeAll.quantized(.kbit(8)), .dedup.quantized(.kbit(8)), .storeAll.quantized(.pool(2)),
      StoragePolicy(.storeAll, codec: .gzip()), .dedup.quantized(.bound(.keeping(neighbours: 0.9))), .storeAll.quantized(.lp16),
    ])
  func equal(policy: StoragePolicy) throws {
    let folder = TemporaryDirectory("counted")
    let each = try Self.counting(folder.url.appendingPathComponent("each"))
    let once = try Self.counting(folder.url.appendingPathComponent("once"))
    let asked = Asked()
    for (number, weights) in Self.models.enumerated() {
      let name = ModelIdentity(project: "t", name: "m\(number)")
      let expected = try each.logIntermediates(of: WeightedLayers(weights), as: name, policy: policy.asInPaper)
      let report = try once.logIntermediates(of: WeightedLayers(weights) { asked.add($0) }, as: name, policy: policy.recounting)
      #expect(report.chunks == expected.chunks && report.duplicateChunks == expected.duplicateChunks, "\(number)")
      #expect(report.duplicateBytes == expected.duplicateBytes && report.logicalBytes == expected.logicalBytes, "\(number)")
      #expect(report.storedBytes == expected.storedBytes && report.transformerBytes == expected.transformerBytes, "\(number)")
      let (a, b) = (try each.storage(), try once.storage())
      #expect(a.partitionBytes == b.partitionBytes && a.directoryBytes == b.directoryBytes, "\(number)")
      let (described, expectedly) = (try once.intermediates(of: name), try each.intermediates(of: name))
      #expect(described.map(\.name) == expectedly.map(\.name) && described.map(\.newBytes) == expectedly.map(\.newBytes), "\(number)")
    }
    let all = Set((0..<4).map { "layer\($0)" })
    #expect(asked.requests == [all, ["layer2", "layer3"], ["layer3"]])
  }

  @Test("A store that keeps its partitions computes everything: what it stores must be there")
  func kept() throws {
    let folder = TemporaryDirectory("kept")
    let store = try IntermediateStore(at: folder.url)
    let asked = Asked()
    for (number, weights) in Self.models.enumerated() {
      try store.logIntermediates(
        of: WeightedLayers(weights) { asked.add($0) }, as: ModelIdentity(project: "t", name: "m\(number)"), policy: .dedup.recounting)
    }
    #expect(asked.requests.count == 3 && asked.requests.allSatisfy { $0.count == 4 })
  }

  @Test(
    "Stores that share sizes of frames count what they count apart",
    arguments: [
      [StoragePolicy.storeAll, .dedup], [StoragePolicy.storeAll.quantized(.pool(2)), .dedup.quantized(.pool(2))],
      [StoragePolicy(.storeAll, codec: .gzip()), StoragePolicy(.dedup, codec: .gzip())], [StoragePolicy.ladder(.relative(0.2)), .dedup],
    ] as [[StoragePolicy]])
  func shared(policies: [StoragePolicy]) throws {
    let (folder, frames) = (TemporaryDirectory("counted"), CountedFrames())
    for (number, policy) in policies.enumerated() {
      let alone = try Self.counting(folder.url.appendingPathComponent("alone \(number)"))
      let sharing = try Self.counting(folder.url.appendingPathComponent("sharing \(number)"), sharing: frames)
      for (model, weights) in Self.models.enumerated() {
        let name = ModelIdentity(project: "t", name: "m\(model)")
        let expected = try alone.logIntermediates(of: WeightedLayers(weights), as: name, policy: policy.asInPaper)
        let report = try sharing.logIntermediates(of: WeightedLayers(weights), as: name, policy: policy.asInPaper)
        #expect(report.storedBytes == expected.storedBytes && report.chunks == expected.chunks, "\(number), \(model)")
      }
      #expect(try alone.storage().partitionBytes == sharing.storage().partitionBytes, "\(number)")
    }
  }
}

/// What a model was asked for, run after run.
private final class Asked: Sendable {
  private let all = Mutex<[Set<String>]>([])

  var requests: [Set<String>] { all.withLock { $0 } }

  func add(_ request: Set<String>) { all.withLock { $0.append(request) } }
}
