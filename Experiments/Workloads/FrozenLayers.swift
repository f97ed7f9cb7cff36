import ConvolutionalNetworks
import Mistique
import Synchronization

/// The activations of a network's frozen layers, computed once for checkpoints that differ in the layers above only.
///
/// Figure 6b logs ten checkpoints of VGG16 under each policy, and measures bytes. Their convolutions are frozen, so that all of them have the same
/// activations below the dense layers. The first model that is run leaves them here; the others start from them. 1,000 images take 1.2 GB.
final class FrozenLayers: Sendable {
  /// Rows of one layer, as the network emitted them.
  struct Piece: Sendable {
    let intermediate: String
    let values: [Float]
    let rowIDs: RowIDs
    let schema: IntermediateSchema
    let order: MapOrder
  }

  /// What the first model leaves.
  struct Activations: Sendable {
    var pieces: [Piece] = []
    /// The last frozen layer, which the trained ones start from, image after image, channel-major.
    var last: [Float] = []
  }

  /// The intermediates that are the same in every checkpoint: the input, and every layer below the lowest that is trained.
  let names: Set<String>
  /// The last of them, and its columns.
  let last: String
  let lastColumns: Int
  private let recorded = Mutex<Activations?>(nil)

  /// Nil where no layer is frozen.
  init?(of network: NetworkDescription) throws {
    guard let split = try FrozenSplit(network) else { return nil }
    let frozen = try network.layers()[...split.offset]
    names = Set(frozen.map { NetworkModel.intermediate(ofLayer: $0.index) })
    last = NetworkModel.intermediate(ofLayer: split.offset)
    lastColumns = frozen[split.offset].shape.columnCount
  }

  /// Nil until the first model has been run.
  var activations: Activations? { recorded.withLock { $0 } }

  func keep(_ activations: Activations) { recorded.withLock { $0 = activations } }

  /// The last frozen layer as an available intermediate. All images were run, so that an image's id is its place.
  func available(_ activations: Activations) -> AvailableIntermediates {
    let (columns, values) = (lastColumns, activations.last)
    let images = 0..<Int64(values.count / columns)
    return AvailableIntermediates(names: [last]) { name, ids, body in
      if let id = ids.first(where: { !images.contains($0) }) {
        throw StoreError(.invalidModel, "row \(id) of \(name) is not there", at: name, remedy: "This is a fault of the experiment.")
      }
      try ids.flatMap { values[Int($0) * columns..<(Int($0) + 1) * columns] }.withUnsafeBufferPointer(body)
    } frame: { name in
      throw StoreError(.invalidModel, "\(name) is no frame", at: name, remedy: "This is a fault of the experiment.")
    }
  }
}

/// A network to log, of all images, that takes its frozen layers from ``FrozenLayers``; the first one fills them. A store keeps it as the network itself.
final class NetworkOnFrozenLayers: ExecutableModel {
  static let kind = NetworkModel.kind
  private let network: NetworkModel
  private let frozen: FrozenLayers

  init(_ network: NetworkModel, _ frozen: FrozenLayers) {
    self.network = network
    self.frozen = frozen
  }

  var specification: String { network.specification }
  var stages: [Stage] { network.stages }
  func transformers() throws -> [StoredTransformer] { network.transformers() }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    guard case .all = request.rows, request.intermediates.isSuperset(of: frozen.names), request.available.names.isEmpty else {
      return try network.execute(request, emit: emit)
    }
    guard let activations = frozen.activations else { return try record(request, emit) }
    for piece in activations.pieces {
      if request.isCancelled() { throw CancellationError() }
      try piece.values.withUnsafeBufferPointer {
        try emit(piece.intermediate, .maps($0, rowIDs: piece.rowIDs, schema: piece.schema, order: piece.order))
      }
    }
    let rest = ExecutionRequest(
      intermediates: request.intermediates.subtracting(frozen.names), available: frozen.available(activations),
      isCancelled: request.isCancelled)
    return try network.execute(rest, emit: emit)
  }

  private func record(_ request: ExecutionRequest, _ emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var activations = FrozenLayers.Activations()
    let measured = try network.execute(request) { name, rows in
      if frozen.names.contains(name), case .maps(let values, let rowIDs, let schema, let order) = rows {
        activations.pieces.append(.init(intermediate: name, values: Array(values), rowIDs: rowIDs, schema: schema, order: order))
        if name == frozen.last {
          for row in 0..<rowIDs.count {
            activations.last += [Float](unsafeUninitializedCapacity: frozen.lastColumns) { target, count in
              order.bringRow(values.baseAddress! + row * frozen.lastColumns, of: schema, into: target.baseAddress!)
              count = frozen.lastColumns
            }
          }
        }
      }
      try emit(name, rows)
    }
    frozen.keep(activations)
    return measured
  }
}
