import MistiqueStorage

extension IntermediateStore {
  /// How each intermediate of a model is kept that is wholly stored, in the order they were emitted; what is damaged is left out.
  ///
  /// Complexity: O(intermediates): one look into the catalogue, and a manifest for each, which stays in memory. No values are read.
  /// - Throws: `StoreError` (`notFound`, `catalogue`).
  package func keptValues(of identity: ModelIdentity) throws -> [KeptValues] {
    try opened.whileReading { _ in
      try opened.catalog.intermediates(of: try opened.model(identity)).compactMap { intermediate -> KeptValues? in
        guard intermediate.isStored, let reference = try intermediate.manifest else { return nil }
        do {
          let manifest = try opened.store.manifest(reference)
          return KeptValues(intermediate: intermediate.name, scheme: manifest.scheme, isExact: manifest.isExact)
        } catch let error as StoreError where error.isOfUnreadableData { return nil }
      }
    }
  }
}
