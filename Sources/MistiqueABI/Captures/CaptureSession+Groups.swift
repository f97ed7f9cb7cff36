import CMistique
import Mistique

/// Groups of rows: what a caller does between the beginning and the end of a capture.
extension CaptureSession {
  private var place: String { "\(settings.identity)" }

  private func invalid(_ what: String, at place: String, _ remedy: String) -> InterfaceError { .invalid(what, at: place, remedy: remedy) }

  /// Begins a group.
  func begin(rows ids: [Int64]) throws {
    guard group == nil else {
      throw invalid("a group of rows was begun before and neither kept nor dropped", at: place, "Keep or drop it first.")
    }
    try refuseRepeated(ids, in: known, of: place)
    group = CaptureGroup(ids: ids)
  }

  private func refuseRepeated(_ ids: [Int64], in known: RowIDSet, of place: String) throws {
    if let id = RowIDs.list(ids).duplicate ?? ids.first(where: known.contains) {
      throw invalid("row_id \(id) comes twice", at: place, "Give each row an id of its own, such as its place in the data set.")
    }
  }

  /// Copies what a layer emitted; waits for room.
  func addArray(_ array: StridedArray, to layer: String, ids: [Int64]?) throws {
    let ids = try self.ids(for: layer, rows: array.rows, own: ids)
    guard array.element.fitsFloat32 else {
      throw invalid(
        "its elements are \(array.element.name), which float32 does not hold", at: layer,
        "Append it as a frame, which has such columns, or convert it to float32 yourself.")
    }
    let schema = array.schema
    guard schema.isSound else {
      throw invalid("a row of shape \(array.rowShape) is more than an intermediate takes", at: layer, "Capture a part of it.")
    }
    let description = LayerDescription(
      name: layer, kind: .maps, shape: array.rowShape, type: array.element.name, hasOwnRows: ids.own != nil)
    try requireFit(description)
    let count = array.rows * array.columns
    let buffer = try queue.buffer(for: count, held: group!.bytes, settings.callbacks)
    array.copy(into: buffer.start)
    let piece = Piece(
      layer: layer, schema: schema, order: array.order, ids: RowIDs(ids.own ?? group!.ids), values: buffer, count: count)
    group!.add(piece, description, ownIDs: ids.own)
  }

  /// Takes rows of a frame, which stay in memory until the next commit.
  func addFrame(_ columns: [(name: String, column: Column)], rows: Int, to frame: String, ids: [Int64]?) throws {
    let ids = try self.ids(for: frame, rows: rows, own: ids)
    let description = LayerDescription(name: frame, kind: .frame, shape: [], type: nil, hasOwnRows: ids.own != nil)
    try requireFit(description)
    let part = DataFrame(rowIDs: RowIDs(ids.own ?? group!.ids), columns: columns)
    if let sample = layers[frame]?.sample, !part.hasColumns(of: sample) {
      throw invalid(
        "its columns are \(part.schema), and were \(sample.schema)", at: frame,
        "Give every part the same columns, of the same types and in the same order.")
    }
    group!.add(part, description, ownIDs: ids.own)
  }

  /// The ids of a layer's rows, checked.
  private func ids(for layer: String, rows: Int, own: [Int64]?) throws -> (own: [Int64]?, count: Int) {
    guard let group else { throw invalid("no group of rows was begun", at: layer, "Begin one with the row ids.") }
    guard !group.has(layer) else {
      throw invalid(
        "it was appended to this group before", at: layer,
        "Append each layer once; call a second output something else, such as \"\(layer):2\".")
    }
    guard let own else {
      guard rows == group.ids.count else {
        throw invalid("it has \(rows) rows, and the group has \(group.ids.count) ids", at: layer, "Give one id per row.")
      }
      return (nil, rows)
    }
    try refuseRepeated(own, in: layers[layer]?.ownIDs ?? RowIDSet(), of: layer)
    return (own, rows)
  }

  /// Under a policy that stores nothing while a model is captured, what is not re-run would be lost: nobody could ever ask for it.
  func requireKept(_ layer: LayerDescription) throws {
    guard layer.kind == .frame || layer.hasOwnRows, !settings.policy.storesWhenLogged else { return }
    throw invalid(
      "\(layer.kind == .frame ? "a frame" : "a layer with rows of its own") is never re-run, and the policy \(settings.policy) stores nothing that can be",
      at: layer.name,
      "Capture it under dedup or store-all. Wide numbers (float64, int32, int64) are frames: convert a layer of them to float32.")
  }

  private func requireFit(_ layer: LayerDescription) throws {
    try requireKept(layer)
    guard !layers.isEmpty else { return }
    guard let known = layers[layer.name]?.description else {
      throw invalid(
        "it is not among the layers of the first rows: \(layerOrder.joined(separator: ", "))", at: layer.name,
        "Capture layers that every row goes through.")
    }
    guard known == layer else {
      throw invalid(
        "a row of it is \(layer.type ?? "a frame") of shape \(layer.shape), and was \(known.type ?? "a frame") of shape \(known.shape)",
        at: layer.name,
        "Capture rows of one shape and type. What differs in length goes, row by row, into a layer with ids of its own.")
    }
  }

  /// Ends the group: it will be stored.
  func keep() throws {
    guard let group else { throw invalid("no group of rows was begun", at: place, "Begin one with the row ids.") }
    guard !group.layers.isEmpty else { throw invalid("the group has no layers", at: place, "Append what the layers emitted, or drop it.") }
    guard !settings.resumes || group.layers.contains(where: { !$0.hasOwnRows }) else {
      throw invalid(
        "all of its layers have ids of their own, so that a resumption could not know which rows of the group are there", at: place,
        "Append a layer or a frame with the group's rows too.")
    }
    if let missing = layerOrder.first(where: { !group.has($0) }) {
      throw invalid("the group has no rows of it, as those before had", at: missing, "Append every layer for every row, or drop the group.")
    }
    if layers.isEmpty {
      for layer in group.layers {
        layers[layer.name] = CapturedLayer(description: layer)
        layerOrder.append(layer.name)
      }
    }
    self.group = nil
    known.insert(group.ids)
    for layer in group.layers {
      let own = group.ownIDs[layer.name]
      layers[layer.name]!.rows += own?.count ?? group.ids.count
      if let own { layers[layer.name]!.ownIDs.insert(own) }
    }
    for (name, frame) in group.frames where layers[name]!.sample == nil { layers[name]!.sample = frame.gather([]) }
    try store(group)
  }

  /// Ends the group: none of it will be stored.
  func drop() {
    if let group { queue.giveBack(group.pieces) }
    group = nil
  }
}
