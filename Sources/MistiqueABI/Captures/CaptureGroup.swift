import Mistique

/// Rows with all of their layers, before they are kept or dropped.
struct CaptureGroup {
  /// The row ids.
  let ids: [Int64]
  private(set) var pieces: [Piece] = []
  private(set) var frames: [(name: String, frame: DataFrame)] = []
  /// In the order in which they came.
  private(set) var layers: [LayerDescription] = []
  /// Ids of layers whose rows are their own, by layer.
  private(set) var ownIDs: [String: [Int64]] = [:]

  /// Bytes of the buffers it holds.
  var bytes: Int { pieces.reduce(0) { $0 + $1.values.bytes } }
  /// Bytes of the values, those of frames too.
  var valueBytes: Int { pieces.reduce(0) { $0 + $1.count * 4 } + frames.reduce(0) { $0 + $1.frame.valueBytes } }

  func has(_ layer: String) -> Bool { layers.contains { $0.name == layer } }

  mutating func add(_ piece: Piece, _ layer: LayerDescription, ownIDs: [Int64]?) {
    pieces.append(piece)
    layers.append(layer)
    if let ownIDs { self.ownIDs[layer.name] = ownIDs }
  }

  mutating func add(_ frame: DataFrame, _ layer: LayerDescription, ownIDs: [Int64]?) {
    frames.append((layer.name, frame))
    layers.append(layer)
    if let ownIDs { self.ownIDs[layer.name] = ownIDs }
  }
}

/// What a capture knows of one layer.
struct CapturedLayer {
  let description: LayerDescription
  var rows = 0
  /// Its rows, where they are its own.
  var ownIDs = RowIDSet()
  /// Of a frame, what came since the last commit.
  var parts: [DataFrame] = []
  /// Of a frame, its columns without rows: what every part is held against, over all commits.
  var sample: DataFrame?
}
