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
  /// So many are taken from the catalogue at a time: the first is nearly always the one. Others are stored in another form, or are damaged.
  private static let pageRows = 32

  /// The first of what `take` makes of intermediates, of whichever models, that are stored whole under `lineage`; in the order in which they were logged.
  ///
  /// Complexity: O(log intermediates), and all that are passed over.
  /// - Parameter distinct: of those that refer to the same manifest, the first alone.
  func firstStored<Found>(
    under lineage: Lineage, distinct: Bool = false, _ take: (StoredEqual) throws -> Found?
  ) throws -> Found? {
    let stored = "FROM intermediate WHERE lineage = ? AND partition IS NOT NULL AND isPartial = 0"
    let sql =
      distinct
      ? "SELECT *, MIN(id) \(stored) GROUP BY partition, chunk HAVING MIN(id) > ? ORDER BY id LIMIT ?"
      : "SELECT * \(stored) AND id > ? ORDER BY id LIMIT ?"
    var last: Int64 = 0
    return try first(
      of: {
        try read { database in
          let statement = try database.cachedStatement(sql: sql)
          let rows = try Row.fetchAll(statement, arguments: [Data(lineage.bytes), last, Self.pageRows])
          last = try rows.last?.sound("id") ?? last
          return try rows.map { row -> StoredEqual? in
            let model = try database.cachedStatement(sql: "SELECT * FROM model WHERE id = ?")
            guard let found = try Row.fetchOne(model, arguments: [try row.sound("modelID") as Int64]) else { return nil }
            return StoredEqual(model: try CataloguedModel(catalogued: found), intermediate: try CataloguedIntermediate(catalogued: row))
          }
        }
      }, { try $0.flatMap(take) })
  }

  /// The first of what `take` makes of trained parts, of whichever models, under `lineage`. Complexity: as of intermediates.
  func firstTransformer<Found>(under lineage: Lineage, _ take: (CataloguedTransformer) throws -> Found?) throws -> Found? {
    let sql = "SELECT * FROM transformer WHERE lineage = ? AND (modelID, position) > (?, ?) ORDER BY modelID, position LIMIT ?"
    var last: (model: Int64, position: Int64) = (0, -1)
    return try first(
      of: {
        try read { database in
          let statement = try database.cachedStatement(sql: sql)
          let rows = try Row.fetchAll(statement, arguments: [Data(lineage.bytes), last.model, last.position, Self.pageRows])
          if let row = rows.last { last = (try row.sound("modelID"), try row.sound("position")) }
          return try rows.map(CataloguedTransformer.init(catalogued:))
        }
      }, take)
  }

  /// Page by page, each after the last row of the one before, whatever another process deletes meanwhile. Nothing is held of the catalogue while one is looked at.
  private func first<Element, Found>(of nextPage: () throws -> [Element], _ take: (Element) throws -> Found?) throws -> Found? {
    while true {
      let elements = try nextPage()
      for element in elements { if let found = try take(element) { return found } }
      guard elements.count == Self.pageRows else { return nil }
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
