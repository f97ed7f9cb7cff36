import Foundation
internal import GRDB
import MistiqueStorage

extension MetadataDB {
  /// The partitions, with the frames of each that nothing refers to any more.
  /// - Throws: `StoreError` when one has a name that is none: files that are not in this list are removed.
  func committedPartitions() throws -> StoreWriter.Committed {
    try read { database in
      var committed: StoreWriter.Committed = [:]
      for row in try Row.fetchAll(database, sql: "SELECT id, freed FROM partition") {
        committed[try PartitionID(catalogued: row.sound("id"))] = FreedFrames(bytes: [UInt8](try row.sound("freed") as Data))
      }
      return committed
    }
  }

  /// Where a model's receipt is; `nil` for a model that is gone.
  func receipt(of model: CataloguedModel) throws -> ChunkReference? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT receiptPartition, receiptIndex FROM model WHERE id = ?", arguments: [model.id]).map { row in
        ChunkReference(partition: try PartitionID(catalogued: row.sound("receiptPartition")), index: try row.sound("receiptIndex"))
      }
    }
  }

  /// Forgets a model, if one is given, the partitions that nothing refers to, and frees frames of others, in one transaction.
  func forget(_ model: CataloguedModel?, removed: Set<PartitionID>, freed: StoreWriter.Committed) throws {
    try write { database in
      if let model { try database.execute(sql: "DELETE FROM model WHERE id = ?", arguments: [model.id]) }
      for id in removed { try database.execute(sql: "DELETE FROM partition WHERE id = ?", arguments: [id.description]) }
      for (id, frames) in freed {
        try database.execute(sql: "UPDATE partition SET freed = ? WHERE id = ?", arguments: [Data(frames.bytes), id.description])
      }
    }
  }

  /// A partition as its file tells it, for a catalogue that is rebuilt.
  func insertPartition(_ id: PartitionID, _ file: PartitionFile, freed: FreedFrames) throws {
    let size = try file.sizeOnDisk()
    try write { database in
      try database.execute(
        sql: "INSERT INTO partition (id, fileBytes, rawBytes, directoryBytes, chunks, freed) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [id.description, size.fileBytes, size.rawBytes, size.directoryBytes, file.footer.chunks.count, Data(freed.bytes)])
    }
  }

  /// What partitions take on disk now.
  func setFileBytes(_ bytes: [PartitionID: Int]) throws {
    guard !bytes.isEmpty else { return }
    try write { database in
      for (id, bytes) in bytes {
        try database.execute(sql: "UPDATE partition SET fileBytes = ? WHERE id = ?", arguments: [bytes, id.description])
      }
    }
  }
}

extension PartitionID {
  /// The identifier that the catalogue or a receipt holds as text.
  /// - Throws: `StoreError` with code `catalogue` when it is none: nothing may be decided on a list of partitions that cannot be read.
  init(catalogued text: String) throws {
    guard let id = PartitionID(text) else {
      throw StoreError(
        .catalogue, "\"\(text)\" is not the name of a partition", at: "catalogue",
        remedy:
          "The catalogue was changed by something else than Mistique. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    self = id
  }
}

extension Row {
  /// The value of a column as a type that it must have. GRDB's own subscript ends the process where something else stands in the file.
  /// - Throws: `StoreError` with code `catalogue`.
  func sound<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
    let stored: DatabaseValue = self[column]
    guard let value = Value.fromDatabaseValue(stored) else {
      throw StoreError(
        .catalogue, "\(stored) stands in the column \(column), which is no \(Value.self)", at: "catalogue",
        remedy:
          "The catalogue was changed by something else than Mistique. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    return value
  }
}
