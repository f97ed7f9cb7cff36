import MistiqueStorage

/// What another model has stored of an intermediate that a model does not have itself: the same by its lineage, exactly as it was emitted.
struct BorrowedManifest {
  let manifest: IntermediateManifest
  let owner: IntermediateID

  /// The first that can be read; `nil` when there is none. What is damaged is passed over: the model can be run without it.
  ///
  /// Complexity: one search of an index in the catalogue.
  static func of(
    _ intermediate: CataloguedIntermediate, in model: CataloguedModel, _ opened: OpenStore
  ) throws -> BorrowedManifest? {
    guard let lineage = intermediate.lineage else { return nil }
    return try opened.catalog.firstStored(under: lineage, distinct: true) { source in
      guard source.id != IntermediateID(model: model.id, name: intermediate.name), let reference = try source.intermediate.manifest else {
        return nil
      }
      do {
        let manifest = try opened.store.manifest(reference)
        guard manifest.holdsExactly(source.intermediate), manifest.rows == intermediate.rows,
          manifest.schema.columnCount == intermediate.columns
        else { return nil }
        return BorrowedManifest(manifest: manifest, owner: source.id)
      } catch let error as StoreError where error.isOfUnreadableSource { return nil }
    }
  }
}
