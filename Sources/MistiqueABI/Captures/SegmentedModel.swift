import Mistique

/// The segments of a capture as one model: what is logged when the capture is finished.
final class SegmentedModel: ExecutableModel {
  static let kind = CapturedModel.kind
  /// Bytes of values that are read at a time.
  private static let blockBytes = 16 << 20

  let specification: String
  let stages: [Stage]
  private let description: CaptureDescription
  private let segments: CaptureSegments
  private let callbacks: Callbacks

  init(_ segments: CaptureSegments, _ description: CaptureDescription, _ callbacks: Callbacks) throws {
    self.segments = segments
    self.description = description
    self.callbacks = callbacks
    specification = try description.specification()
    stages = CapturedModel.stages(of: description)
  }

  func transformers() -> [StoredTransformer] { [] }

  /// Emits each layer from its first row to its last, read some rows at a time; frames as a whole.
  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    for (place, layer) in description.layers.enumerated() where request.intermediates.contains(layer.name) {
      callbacks.report(place, of: description.layers.count)
      if layer.kind == .maps { try emitMaps(layer, request, emit) } else { try emitFrame(layer, emit) }
    }
    callbacks.report(description.layers.count, of: description.layers.count)
    return []
  }

  private func emitMaps(
    _ layer: LayerDescription, _ request: ExecutionRequest, _ emit: (String, IntermediateRows) throws -> Void
  ) throws {
    let columns = layer.shape.reduce(1, *)
    let blockRows = max(1, min(1_000, Self.blockBytes / max(1, columns * 4)))
    for model in segments.models {
      let ids = try segments.rowIDs(of: layer, in: model)
      for start in stride(from: 0, to: ids.count, by: blockRows) {
        if request.isCancelled() { throw CancellationError() }
        let block = Array(ids[start..<min(start + blockRows, ids.count)])
        let result = try segments.read(layer, in: model, rows: .ids(block))
        guard let matrix = result.matrix, let schema = layer.schema, matrix.columns == schema.columnCount else {
          throw InterfaceError.invalid(
            "segment \(model) has other columns of it than it says", at: layer.name, remedy: "Verify the store; delete this capture.")
        }
        try matrix.withValues { try emit(layer.name, .maps($0, rowIDs: result.rowIDs, schema: schema)) }
      }
    }
  }

  private func emitFrame(_ layer: LayerDescription, _ emit: (String, IntermediateRows) throws -> Void) throws {
    let parts = try segments.models.compactMap { try segments.read(layer, in: $0, rows: .all).frame }
    guard let first = parts.first else { return }
    guard parts.allSatisfy({ $0.hasColumns(of: first) }) else {
      throw InterfaceError.invalid(
        "its columns differ from one segment to the next", at: layer.name,
        remedy: "Delete what is left of this capture, and capture it again.")
    }
    try emit(layer.name, .frame(DataFrame.joined(parts)))
  }
}
