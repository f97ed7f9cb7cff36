import MistiqueStorage

/// A trained part of a model in the catalogue.
struct CataloguedTransformer: Sendable {
  let name: String
  /// Where its bytes are.
  let blob: ChunkReference
  /// What trained it; `nil` where the model promised nothing.
  let lineage: Lineage?
}
