import ConvolutionalNetworks
import Mistique

/// A network whose layers are taken from a store that has them in full precision, instead of being run: for logging them again under another scheme.
///
/// They are emitted as the network would: batch by batch, the layers of a batch in their order, so that the files are the same to the byte.
final class StoredLayers: ExecutableModel {
  static let kind = NetworkModel.kind
  /// Images of one batch of the network that was logged.
  private let batch: Int
  private let network: SomeLayers
  private let source: IntermediateStore
  private let key: @Sendable (String) -> IntermediateKey
  /// Images that are read at a time.
  private static let imagesRead = 512

  init(
    _ network: SomeLayers, batch: Int, in source: IntermediateStore, key: @escaping @Sendable (_ intermediate: String) -> IntermediateKey
  ) {
    (self.network, self.batch, self.source, self.key) = (network, batch, source, key)
  }

  var specification: String { network.specification }
  var stages: [Stage] { network.stages }
  func transformers() throws -> [StoredTransformer] { try network.transformers() }

  /// - Returns: nothing: what a layer takes is not known here.
  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    guard case .all = request.rows, request.available.names.isEmpty else { return try network.execute(request, emit: emit) }
    let names = stages.flatMap(\.outputs).filter(request.intermediates.contains)
    guard let first = names.first else { return [] }
    let images = try source.intermediates(of: key(first).model).first { $0.name == first }?.rows ?? 0
    for start in stride(from: 0, to: images, by: Self.imagesRead) {
      let end = min(start + Self.imagesRead, images)
      let layers = try source.getIntermediates(names.map(key), rows: .ids((start..<end).map(Int64.init)), plan: .read)
      for place in stride(from: 0, to: end - start, by: batch) {
        if request.isCancelled() { throw CancellationError() }
        try emitBatch(place..<min(place + batch, end - start), of: layers, emit)
      }
    }
    return []
  }

  private func emitBatch(
    _ rows: Range<Int>, of layers: [IntermediateResult], _ emit: (String, IntermediateRows) throws -> Void
  ) throws {
    for layer in layers {
      let matrix = try layer.requiredMatrix()
      try matrix.withValues { values in
        let some = UnsafeBufferPointer(rebasing: values[rows.lowerBound * matrix.columns..<rows.upperBound * matrix.columns])
        let ids = RowIDs.range(layer.rowIDs[rows.lowerBound]..<layer.rowIDs[rows.upperBound - 1] + 1)
        try emit(layer.intermediate, .maps(some, rowIDs: ids, schema: layer.schema))
      }
    }
  }
}
