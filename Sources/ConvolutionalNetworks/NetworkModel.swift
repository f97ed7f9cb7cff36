import Foundation
import Mistique
import Synchronization

/// A network at a checkpoint, over a set of images, as the PipelineExecutor runs it: layer i is stage i and intermediate `layer<i>`,
/// layer 0 the normalised input. `row_id` is the image's place in the set.
///
/// Every tensor is a stored transformer of its own, so that a store keeps a frozen layer's weights once for ten checkpoints.
public final class NetworkModel: ExecutableModel {
  /// The kind under which a store keeps networks: what ``NetworkModel/init(restoring:input:)`` is registered for.
  public static let kind = "convolutional-network"

  /// The network, the batch size and the identity of the images, as JSON.
  public let specification: String
  /// One stage per layer, the input included: stage *i* emits ``intermediate(ofLayer:)`` *i*.
  public let stages: [Stage]
  /// Computes the activations.
  package let network: InferenceNetwork
  let checkpoint: Checkpoint
  /// What the tensors hold, once it was asked for.
  let contents = Mutex<[String: Lineage]?>(nil)
  /// The images that the network runs on.
  public let input: NetworkInput

  /// A model to log, which runs in passes of `batchSize` images, at least 8, on `compute`.
  ///
  /// - Throws: ``NetworkError`` when the network is impossible or the checkpoint is of another one.
  public init(
    _ description: NetworkDescription, checkpoint: Checkpoint, input: NetworkInput, batchSize: Int = 64, compute: ComputeThread = .shared
  ) throws {
    self.checkpoint = checkpoint
    self.input = input
    network = try InferenceNetwork(description, weights: checkpoint, batchSize: batchSize, compute: compute)
    stages = network.layers.map { layer in
      Stage(
        name: layer.name, inputs: layer.inputs, outputs: [Self.intermediate(ofLayer: layer.index)],
        reads: Set(layer.inputs).sorted().map(Self.intermediate))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let specification = Specification(
      network: description, batchSize: batchSize, images: input.rows.count, imagesIdentity: input.identity)
    self.specification = String(decoding: try encoder.encode(specification), as: UTF8.self)
  }

  /// The network as a store keeps it. The images are not in the store: `input` must hold those it was logged with.
  /// - Throws: ``NetworkModelError``, ``NetworkError``, ``CheckpointError``.
  public convenience init(restoring stored: StoredModel, input: NetworkInput) throws {
    let specification: Specification
    do {
      specification = try JSONDecoder().decode(Specification.self, from: Data(stored.specification.utf8))
    } catch {
      throw NetworkModelError(.damagedSpecification(model: "\(stored.identity)", reason: "\(error)"))
    }
    guard specification.imagesIdentity == input.identity else {
      throw NetworkModelError(.otherImages(model: "\(stored.identity)", logged: specification.images, given: input.rows.count))
    }
    let tensors = try stored.transformers.map {
      try Checkpoint.Tensor(serialized: Data($0.bytes), origin: "transformer \($0.name) of \(stored.identity)")
    }
    try self.init(specification.network, checkpoint: Checkpoint(tensors), input: input, batchSize: specification.batchSize)
  }

  /// The intermediate that holds the activations of a layer; 0 is the input.
  public static func intermediate(ofLayer index: Int) -> String { "layer\(index)" }

  /// The weights, one stored transformer per tensor of the checkpoint.
  public func transformers() -> [StoredTransformer] { transformers(withoutBytesOf: []) }

  /// What comparing the passes of a few images with those of a batch has taken.
  public var preparingSeconds: Double { network.preparingSeconds }

  /// Runs the layers that the asked intermediates need, on the asked images, and emits the activations batch by batch.
  ///
  /// Layers that are available are read batch by batch, copied to where the layers after them look for them, and not run; neither are the layers
  /// that only they need. The emitted bits are those of a run from the images.
  ///
  /// - Returns: what each layer that was run took. Reading and copying the available ones is in none of them.
  /// - Throws: ``NetworkError``, what `emit` and the available intermediates throw, and `CancellationError` once the request is cancelled.
  /// - Complexity: per image, the operations of the layers that are run.
  public func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let wanted = Set(network.layers.indices.filter { request.intermediates.contains(Self.intermediate(ofLayer: $0)) })
    let rows = rows(request.rows)
    // A question about no rows runs nothing, and its answer has the schema that a read of no rows gives. Neither does one about all of none.
    if request.rows == .ids([]) || request.rows == .all && input.rows.count == 0 {
      for layer in wanted.sorted() {
        try emit(
          Self.intermediate(ofLayer: layer),
          .maps(UnsafeBufferPointer(start: nil, count: 0), rowIDs: .list([]), schema: schema(ofLayer: layer), order: .channelMajor))
      }
      return []
    }
    network.resetTimings()
    try network.forwardInKernelOrder(
      input.rows, rows: rows, wanted: wanted, available: layers(of: request.available, rows)
    ) { positions, layer, activations, order in
      if request.isCancelled() { throw CancellationError() }
      try emit(
        Self.intermediate(ofLayer: layer),
        .maps(activations, rowIDs: Self.ids(rows[positions]), schema: schema(ofLayer: layer), order: order))
    }
    return network.layerTimings.enumerated().filter { $0.element.passes > 0 }.map { layer, timing in
      StageMeasurement(stage: layer, seconds: timing.forwardSeconds, batches: timing.passes, rowsPerBatch: timing.imagesPerPass)
    }
  }

  private func schema(ofLayer layer: Int) -> IntermediateSchema {
    let shape = network.layers[layer].shape
    return .maps(channels: shape.channels, height: shape.height, width: shape.width)
  }

  /// The asked images that there are, ascending.
  private func rows(_ request: RowRequest) -> [Int] {
    guard case .ids(let ids) = request else { return Array(0..<input.rows.count) }
    return Set(ids).filter { (0..<Int64(input.rows.count)).contains($0) }.map(Int.init).sorted()
  }

  /// The available intermediates as layers of the rows that are run.
  private func layers(of available: AvailableIntermediates, _ rows: [Int]) -> AvailableLayers {
    let layers = network.layers.indices.filter { available.names.contains(Self.intermediate(ofLayer: $0)) }
    guard !layers.isEmpty else { return .none }
    let ids = rows.map(Int64.init)
    return AvailableLayers(Set(layers)) { layer, positions, body in
      try available.maps(Self.intermediate(ofLayer: layer), rows: ids[positions], body)
    }
  }

  private static func ids(_ rows: ArraySlice<Int>) -> RowIDs {
    guard let first = rows.first, let last = rows.last else { return .first(0) }
    return last - first == rows.count - 1 ? .range(Int64(first)..<Int64(last) + 1) : .list(rows.map(Int64.init))
  }

  private struct Specification: Codable {
    let network: NetworkDescription
    let batchSize: Int
    let images: Int
    let imagesIdentity: String
  }
}

/// A stored network that cannot be run again here.
public struct NetworkModelError: Error, Equatable, CustomStringConvertible {
  enum Problem: Equatable {
    case damagedSpecification(model: String, reason: String)
    case otherImages(model: String, logged: Int, given: Int)
  }

  let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// What happened, where, what was expected and what to do, in one line.
  public var description: String {
    switch problem {
    case .damagedSpecification(let model, let reason):
      "\(model): its description in the store cannot be read (\(reason)). Log the model again under another name."
    case .otherImages(let model, let logged, let given):
      "\(model): it was logged on other images (\(logged), given are \(given)). Re-run it on the images it was logged with."
    }
  }
}
