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
    /// Raw bytes of the chunks that no earlier intermediate had stored, as they are stored: pooled, or codes. Of one that is not stored, its share of those it would
    /// add. Receipts of before count the latter unpooled, and not as codes.
    let newBytes: Int
    /// `nil` for an intermediate that is not stored.
    let manifest: Reference?
    /// Of one that is not stored whole, the columns and rows that a re-run must give again; `nil` for one that was stored when it was logged, whose
    /// manifest says it, and in receipts of before it was kept.
    var shape: LoggedShape?
    /// Of one of which only some columns are stored: which.
    var partial: PartialColumns?
    /// What made it; `nil` where the model promises nothing, and in receipts of before it was kept.
    var lineage: Lineage?

    /// The same with something else stored of it.
    func storing(_ manifest: ChunkReference?, newBytes: Int, shape: LoggedShape?, partial: PartialColumns?) -> Intermediate {
      Intermediate(
        name: name, stage: stage, rows: rows, columns: columns, logicalBytes: logicalBytes, newBytes: newBytes,
        manifest: manifest.map(Reference.init), shape: shape, partial: partial, lineage: lineage)
    }

    /// The same without a promise of what its values are made from.
    var withoutLineage: Intermediate {
      var other = self
      other.lineage = nil
      return other
    }
  }

  /// Which columns of a frame are stored, where not all are.
  struct PartialColumns: Codable, Sendable, Equatable {
    /// Of the whole frame.
    let schema: IntermediateSchema
    /// The places in it of the columns that the manifest has, ascending.
    let columns: [Int]

    init(schema: IntermediateSchema, columns: [Int]) {
      self.schema = schema
      self.columns = columns
    }

    /// - Throws: `DecodingError` for places that are not in the schema.
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      schema = try container.decode(IntermediateSchema.self, forKey: .schema)
      columns = try container.decode([Int].self, forKey: .columns)
      let count = schema.isSound && !schema.isMaps ? schema.columnCount : 0
      guard columns.allSatisfy((0..<count).contains), zip(columns, columns.dropFirst()).allSatisfy(<) else {
        throw DecodingError.dataCorruptedError(forKey: .columns, in: container, debugDescription: "\(columns) are no columns of a frame")
      }
    }

    /// The names of the columns that the manifest has.
    var names: Set<String> { Set(columns.map(schema.columnName)) }

    /// Where `asked` columns of the schema are in the manifest, ascending and joined; `nil` when one is not there.
    func places(of asked: [Range<Int>]) -> [Range<Int>]? {
      var result: [Range<Int>] = []
      for column in asked.joined() {
        guard let place = columns.firstIndex(of: column) else { return nil }
        if let last = result.last, last.upperBound == place {
          result[result.count - 1] = last.lowerBound..<place + 1
        } else {
          result.append(place..<place + 1)
        }
      }
      return result
    }
  }

  struct TransformerReference: Codable, Sendable, Equatable {
    let name: String
    let blob: Reference
    /// What trained it; `nil` as for an intermediate.
    var lineage: Lineage?
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
  /// Raised whenever more of the model is stored, or less: of several receipts of a model the one with the highest holds.
  var revision: Int?

  /// The same model with other things stored of some of its intermediates.
  func replacing(_ changed: [Intermediate]) -> ModelReceipt {
    let byName = Dictionary(changed.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    return ModelReceipt(
      sequence: sequence, identity: identity, kind: kind, specification: specification, policy: policy, stages: stages,
      intermediates: intermediates.map { byName[$0.name] ?? $0 }, transformers: transformers, inputs: inputs,
      revision: min(revision ?? 0, .max - 1) + 1)
  }

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return [UInt8](try encoder.encode(self))
  }
}
