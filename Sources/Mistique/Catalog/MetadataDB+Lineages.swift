import Foundation
internal import GRDB
import MistiqueStorage

/// An intermediate that is stored whole, and the model that has it.
struct StoredEqual: Sendable {
  let model: CataloguedModel
  let intermediate: CataloguedIntermediate

  var id: IntermediateID { IntermediateID(model: model.id, name: intermediate.name) }

  /// As in keys.
  var place: String { "\(model.identity).\(KeyText.quoted(intermediate.name))" }
}

extension MetadataDB {
  /// Of those that are stored under one lineage, so many are looked at: they refer to the same chunks, but under different schemes.
  private static let mostEquals = 32

  /// Intermediates of whichever models that are stored whole under `lineage`, the ones that were logged first in front.
  ///
  /// Complexity: O(log intermediates).
  func stored(under lineage: Lineage) throws -> [StoredEqual] {
    try read { database in
      let statement = try database.cachedStatement(
        sql: """
          SELECT * FROM intermediate WHERE lineage = ? AND partition IS NOT NULL AND isPartial = 0 ORDER BY id LIMIT ?
          """)
      return try Row.fetchAll(statement, arguments: [Data(lineage.bytes), Self.mostEquals]).compactMap { row -> StoredEqual? in
        let model = try database.cachedStatement(sql: "SELECT * FROM model WHERE id = ?")
        guard let found = try Row.fetchOne(model, arguments: [try row.sound("modelID") as Int64]) else { return nil }
        return StoredEqual(model: try CataloguedModel(catalogued: found), intermediate: try CataloguedIntermediate(catalogued: row))
      }
    }
  }

  /// Trained parts of whichever models under `lineage`. Complexity: O(log transformers).
  func transformers(under lineage: Lineage) throws -> [CataloguedTransformer] {
    try read { database in
      let statement = try database.cachedStatement(sql: "SELECT * FROM transformer WHERE lineage = ? ORDER BY modelID LIMIT ?")
      return try Row.fetchAll(statement, arguments: [Data(lineage.bytes), Self.mostEquals]).map(CataloguedTransformer.init(catalogued:))
    }
  }
}

extension CataloguedTransformer {
  /// - Throws: `StoreError` with code `catalogue` when a column holds something else than it must.
  init(catalogued row: Row) throws {
    name = try row.sound("name")
    blob = ChunkReference(partition: try PartitionID(catalogued: row.sound("partition")), index: try row.sound("chunk"))
    lineage = try row.lineage
  }
}

extension Row {
  /// The lineage in the column of that name; `nil` where there is none, and for bytes that are none: no promise is made then.
  var lineage: Lineage? {
    get throws { (try sound("lineage") as Data?).flatMap { Lineage(bytes: [UInt8]($0)) } }
  }
}
