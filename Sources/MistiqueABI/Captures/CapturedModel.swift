import Mistique

/// A model outside, as the engine sees it while it is captured: its intermediates come from a queue.
///
/// It cannot be run twice. What re-runs it is ``RerunModel``, of the same kind.
final class CapturedModel: ExecutableModel {
  static let kind = "captured-model"

  let specification: String
  let stages: [Stage]
  private let queue: PieceQueue

  /// A model with the layers of `description`, each a stage of its own: what depends on what, only the framework knows.
  init(_ description: CaptureDescription, queue: PieceQueue) throws {
    specification = try description.specification()
    stages = Self.stages(of: description)
    self.queue = queue
  }

  static func stages(of description: CaptureDescription) -> [Stage] {
    description.layers.map { Stage(name: $0.name, inputs: [], outputs: [$0.name]) }
  }

  func transformers() -> [StoredTransformer] { [] }

  /// Emits what comes until it ends.
  ///
  /// - Returns: nothing: what a layer took is not known here.
  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    while let group = try queue.next() {
      defer { queue.giveBack(group) }
      for piece in group {
        let values = UnsafeBufferPointer(start: UnsafePointer(piece.values.start), count: piece.count)
        try emit(piece.layer, .maps(values, rowIDs: piece.ids, schema: piece.schema, order: piece.order))
      }
    }
    for (name, frame) in queue.lastFrames { try emit(name, .frame(frame)) }
    return []
  }
}
