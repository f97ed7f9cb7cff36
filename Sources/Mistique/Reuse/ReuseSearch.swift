import Foundation
import MistiqueStorage

/// What of a model that is about to be logged is stored already: one look-up per intermediate and trained part.
///
/// Owns: which stored intermediate may stand for another. Never does: read values, or decide what is read instead of computed. The caller has the right to
/// write, so that nothing that is found goes away before the commit.
struct ReuseSearch {
  let opened: OpenStore
  let policy: StoragePolicy
  /// What was found damaged while it was read.
  let excluded: Set<ChunkReference>

  /// An intermediate of the new model that some model has stored.
  struct Match: Sendable {
    let source: StoredEqual
    let manifest: ChunkReference
  }

  struct Found {
    /// By their names in the new model.
    var intermediates: [String: Match] = [:]
    var transformers: [String: CataloguedTransformer] = [:]
    var damaged: [DamagedSource] = []

    /// The same, with nothing to be reused.
    var computingAll: Found { Found(damaged: damaged) }
  }

  /// - Throws: what the catalogue throws. A source that is damaged is passed over, and named in the answer.
  ///
  /// - Parameter outputs: the intermediates that the model emits; lineages of anything else are passed over.
  func find(_ lineages: ModelLineages, outputs: Set<String>) throws -> Found {
    var found = Found()
    for (name, lineage) in lineages.intermediates.sorted(by: { $0.key < $1.key }) where outputs.contains(name) {
      // Many models may refer to one that is damaged: it is named once.
      var unreadable: Set<ChunkReference> = []
      found.intermediates[name] = try opened.catalog.firstStored(under: lineage) { source in
        do {
          if let manifest = try source.intermediate.manifest, unreadable.contains(manifest) { return nil }
          return try matching(source)
        } catch let error as StoreError where error.isOfUnreadableSource {
          found.damaged.append(DamagedSource(name: name, place: source.place, error))
          if let manifest = try source.intermediate.manifest { unreadable.insert(manifest) }
        } catch let error as DecodingError {
          // A receipt that is none any more.
          found.damaged.append(DamagedSource(name: name, place: source.place, reason: "\(error)"))
        }
        return nil
      }
    }
    for (name, lineage) in lineages.transformers.sorted(by: { $0.key < $1.key }) {
      found.transformers[name] = try opened.catalog.firstTransformer(under: lineage) { transformer in
        guard !excluded.contains(transformer.blob) else {
          // Listed as damaged in this attempt too, so that its stage runs: the stage's outputs may not be reused without the part.
          found.damaged.append(DamagedSource(name: name, part: transformer, reason: "it cannot be read"))
          return nil
        }
        do {
          try opened.store.checkIntact(blob: transformer.blob)
          return transformer
        } catch let error as StoreError where error.isOfUnreadableData {
          found.damaged.append(DamagedSource(name: name, part: transformer, error))
          return nil
        }
      }
    }
    return found
  }

  /// `nil` for what is stored in another form than the policy asks for.
  private func matching(_ source: StoredEqual) throws -> Match? {
    guard let manifest = try source.intermediate.manifest, !excluded.contains(manifest) else { return nil }
    guard policy.storesAs(try opened.details(of: source.model).policy), try hasForm(manifest, columns: source.intermediate.columns) else {
      return nil
    }
    try opened.store.checkIntact(intermediate: manifest)
    return Match(source: source, manifest: manifest)
  }

  /// Whether this store would cut and encode equal values now as they were then; of one that is only counted nothing changes.
  private func hasForm(_ reference: ChunkReference, columns: Int) throws -> Bool {
    guard opened.store.options.keepsPartitions else { return true }
    let manifest = try opened.store.manifest(reference)
    let rowsPerBlock =
      manifest.schema.isMaps
      ? opened.store.options.rowsPerBlock(for: manifest.schema) : opened.store.options.rowsPerBlock(ofTable: manifest.rows)
    let scheme = policy.scheme(ofColumns: columns, areMaps: manifest.schema.isMaps)
    return manifest.scheme.asAsked == scheme && manifest.rowsPerBlock == rowsPerBlock
  }
}
