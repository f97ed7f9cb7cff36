import ConvolutionalNetworks
import Mistique

/// A network at a checkpoint over some images, computed once, for as many stores as are to count what it emits. A store takes it for the network itself.
///
/// The activations lie in memory until it goes: 1,000 images of either network take about 1 GB.
final class NetworkPass: ExecutableModel {
  static let kind = NetworkModel.kind
  private let network: NetworkModel
  /// As the network emits them.
  private let pieces: [FrozenLayers.Piece]
  private let measured: [StageMeasurement]
  /// The weights are made into bytes once.
  private let parts: [StoredTransformer]

  /// - Parameter frozen: of a network with frozen layers, what its checkpoints share; filled by the first of them.
  init(_ network: NetworkModel, _ frozen: FrozenLayers?, isCancelled: @escaping @Sendable () -> Bool) throws {
    self.network = network
    parts = network.transformers()
    let all = Set(network.stages.flatMap(\.outputs))
    let own = frozen.map { all.subtracting($0.names) } ?? all
    var computed: [FrozenLayers.Piece] = []
    func keep(_ name: String, _ rows: IntermediateRows) {
      guard own.contains(name), case .maps(let values, let rowIDs, let schema, let order) = rows else { return }
      computed.append(.init(intermediate: name, values: Array(values), rowIDs: rowIDs, schema: schema, order: order))
    }
    if let frozen, let known = frozen.activations {
      let request = ExecutionRequest(intermediates: own, available: frozen.available(known), isCancelled: isCancelled)
      measured = try network.execute(request, emit: keep)
    } else {
      let request = ExecutionRequest(intermediates: all, isCancelled: isCancelled)
      let model: any ExecutableModel = frozen.map { NetworkOnFrozenLayers(network, $0) } ?? network
      measured = try model.execute(request, emit: keep)
    }
    let places = Dictionary(uniqueKeysWithValues: network.stages.enumerated().map { ($0.element.outputs[0], $0.offset) })
    // Batch after batch, and in each of them layer after layer: partitions are opened in this order, and have their names from it.
    pieces = ((frozen?.activations?.pieces ?? []) + computed).sorted { a, b in
      (a.rowIDs[0], places[a.intermediate]!) < (b.rowIDs[0], places[b.intermediate]!)
    }
  }

  var specification: String { network.specification }
  var stages: [Stage] { network.stages }
  func transformers() -> [StoredTransformer] { parts }
  func lineages() throws -> ModelLineages { try network.lineages() }

  /// Hands on what was computed, as often as it is asked for.
  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    guard case .all = request.rows, request.available.names.isEmpty else { return try network.execute(request, emit: emit) }
    for piece in pieces where request.intermediates.contains(piece.intermediate) {
      if request.isCancelled() { throw CancellationError() }
      try piece.values.withUnsafeBufferPointer {
        try emit(piece.intermediate, .maps($0, rowIDs: piece.rowIDs, schema: piece.schema, order: piece.order))
      }
    }
    return measured
  }
}
