import ConvolutionalNetworks
import Mistique
import Synchronization

/// What the frozen layers of a network put out, computed once for checkpoints that differ above them only.
///
/// Figure 6b logs ten checkpoints of VGG16 under nine policies. Their convolutions are the same ninety times, and so are the bits that these put out; only
/// bytes are measured. The first model that is logged leaves its frozen layers here, and the others are logged from them.
final class FrozenLayers: Sendable {
  /// Rows of one layer, as the network emitted them.
  struct Piece: Sendable {
    let intermediate: String
    let values: [Float]
    let rowIDs: RowIDs
    let schema: IntermediateSchema
    let order: MapOrder
  }

  /// The intermediates that are the same in every checkpoint: the input, and every layer below the lowest that is trained.
  let names: Set<String>
  /// The last of them, which the trained layers start from.
  let last: String
  private let recorded = Mutex<[Piece]?>(nil)

  /// Nil where no layer is frozen, or where what the frozen ones put out is more than `largestBytes` of memory.
  init?(of network: NetworkDescription, images: Int, largestBytes: Int = 2_000_000_000) throws {
    guard let split = try FrozenSplit(network) else { return nil }
    let columns = try network.layers()[...split.offset].reduce(0) { $0 + $1.shape.columnCount }
    guard columns * images * MemoryLayout<Float>.stride <= largestBytes else { return nil }
    names = Set((0...split.offset).map(NetworkModel.intermediate))
    last = NetworkModel.intermediate(ofLayer: split.offset)
  }

  var pieces: [Piece]? { recorded.withLock { $0 } }

  func keep(_ pieces: [Piece]) { recorded.withLock { $0 = pieces } }
}

/// A network to log whose frozen layers are taken from ``FrozenLayers``; the first one fills them. A store keeps it as the network itself.
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
    guard let pieces = frozen.pieces else { return try record(request, emit) }
    for piece in pieces {
      if request.isCancelled() { throw CancellationError() }
      try piece.values.withUnsafeBufferPointer {
        try emit(piece.intermediate, .maps($0, rowIDs: piece.rowIDs, schema: piece.schema, order: piece.order))
      }
    }
    let rest = ExecutionRequest(
      intermediates: request.intermediates.subtracting(frozen.names), available: available(pieces), isCancelled: request.isCancelled)
    return try network.execute(rest, emit: emit)
  }

  private func record(_ request: ExecutionRequest, _ emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var pieces: [FrozenLayers.Piece] = []
    let measured = try network.execute(request) { name, rows in
      if frozen.names.contains(name), case .maps(let values, let rowIDs, let schema, let order) = rows {
        pieces.append(.init(intermediate: name, values: Array(values), rowIDs: rowIDs, schema: schema, order: order))
      }
      try emit(name, rows)
    }
    frozen.keep(pieces)
    return measured
  }

  /// The last frozen layer, row by row; its maps have one value each, or are brought into the order that is asked for.
  private func available(_ pieces: [FrozenLayers.Piece]) -> AvailableIntermediates {
    var rows: [Int64: [Float]] = [:]
    for piece in pieces where piece.intermediate == frozen.last {
      let columns = piece.schema.columnCount
      for place in 0..<piece.rowIDs.count {
        rows[piece.rowIDs[place]] = piece.values.withUnsafeBufferPointer { values in
          [Float](unsafeUninitializedCapacity: columns) { target, count in
            piece.order.bringRow(values.baseAddress! + place * columns, of: piece.schema, into: target.baseAddress!)
            count = columns
          }
        }
      }
    }
    let byID = rows
    return AvailableIntermediates(names: [frozen.last]) { name, ids, body in
      let values = try ids.flatMap { id in
        guard let row = byID[id] else {
          throw StoreError(.invalidModel, "row \(id) of \(name) is not there", at: name, remedy: "This is a fault of the experiment.")
        }
        return row
      }
      try values.withUnsafeBufferPointer(body)
    } frame: { name in
      throw StoreError(.invalidModel, "\(name) is no frame", at: name, remedy: "This is a fault of the experiment.")
    }
  }
}
