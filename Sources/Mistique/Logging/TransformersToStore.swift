import MistiqueStorage

/// The trained parts of a model that is being logged: those that are stored already, and the bytes of the others.
struct TransformersToStore {
  private let names: [String]
  private let stored: [String: CataloguedTransformer]
  /// Of the parts that are not stored already, in their order.
  let bytes: [[UInt8]]
  /// Where those are in the writer.
  let locations: [ChunkLocation]

  init(_ model: any ExecutableModel, _ stored: [String: CataloguedTransformer], _ writer: StoreWriter) throws {
    let parts = try model.transformers(withoutBytesOf: Set(stored.keys))
    names = parts.map(\.name)
    self.stored = stored
    bytes = parts.filter { stored[$0.name] == nil }.map(\.bytes)
    locations = try bytes.map { try writer.storeBlob($0) }
  }

  /// The bytes of the parts that are not stored already, by name.
  var trained: [String: [UInt8]] {
    Dictionary(zip(names.filter { stored[$0] == nil }, bytes), uniquingKeysWith: { first, _ in first })
  }

  /// As the receipt keeps them, in the order of the model.
  ///
  /// - Parameter blobs: of the parts that were not stored before.
  func references(_ blobs: [ChunkReference], _ lineages: ModelLineages) -> [ModelReceipt.TransformerReference] {
    var rest = blobs[...]
    return names.compactMap { name in
      guard let blob = stored[name]?.blob ?? rest.popFirst() else { return nil }
      return ModelReceipt.TransformerReference(name: name, blob: ModelReceipt.Reference(blob), lineage: lineages.transformers[name])
    }
  }
}
