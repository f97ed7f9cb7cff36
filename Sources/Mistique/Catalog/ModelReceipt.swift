import Foundation
import MistiqueStorage

/// The receipt of a model: all that the catalogue knows of it, written to the store beside the values it names, and to SQLite.
///
/// The receipts alone rebuild the catalogue. Counts of queries and measured times are the only things SQLite has in addition: they differ
/// from run to run, and equal inputs must give equal partition bytes.
struct ModelReceipt: Codable, Sendable, Equatable {
  struct Reference: Codable, Sendable, Hashable {
    let partition: String
    let index: Int

    init(_ reference: ChunkReference) {
      partition = reference.partition.description
      index = reference.index
    }

    func chunk() throws -> ChunkReference { ChunkReference(partition: try PartitionID(catalogued: partition), index: index) }
  }

  struct Intermediate: Codable, Sendable, Equatable {
    let name: String
    let stage: Int
    let rows: Int
    let columns: Int
    let logicalBytes: Int
    /// Raw bytes of the chunks that no earlier intermediate had stored; of one that is not stored, its share of those it would add.
    let newBytes: Int
    /// `nil` for an intermediate that is not stored.
    let manifest: Reference?
    /// Of one that is not stored, the columns and rows that a re-run must give again; `nil` for stored ones, whose manifest says it, and in receipts
    /// of before it was kept.
    var shape: LoggedShape?
  }

  struct TransformerReference: Codable, Sendable, Equatable {
    let name: String
    let blob: Reference
  }

  /// Models were logged in this order.
  let sequence: Int64
  let identity: ModelIdentity
  let kind: String
  let specification: String
  let policy: StoragePolicy
  let stages: [Stage]
  let intermediates: [Intermediate]
  let transformers: [TransformerReference]
  /// The files the model read, so that a re-run on others is refused; `nil` in receipts of before they were kept.
  var inputs: [ModelInput]?
  /// Raised whenever an adaptive policy stores more of the model: of several receipts of a model the one with the highest holds.
  var revision: Int?

  /// The same model with an intermediate stored that was not.
  func storing(_ name: String, manifest: ChunkReference, newBytes: Int) -> ModelReceipt {
    ModelReceipt(
      sequence: sequence, identity: identity, kind: kind, specification: specification, policy: policy, stages: stages,
      intermediates: intermediates.map {
        $0.name != name
          ? $0
          : Intermediate(
            name: name, stage: $0.stage, rows: $0.rows, columns: $0.columns, logicalBytes: $0.logicalBytes, newBytes: newBytes,
            manifest: Reference(manifest))
      },
      transformers: transformers, inputs: inputs, revision: min(revision ?? 0, .max - 1) + 1)
  }

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return [UInt8](try encoder.encode(self))
  }
}
