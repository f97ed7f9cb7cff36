import Foundation
internal import GRDB
import MistiqueStorage

extension MetadataDB {
  /// Makes a committed model and its partitions visible, in one transaction.
  func insert(_ model: ModelReceipt, measurements: [StageMeasurement], commit: StoreCommit) throws {
    try write { database in
      try Self.insert(commit.partitions, database)
      try Self.insert(model, receipt: commit.receipt, measurements: measurements, database)
    }
  }

  /// Makes what is stored now of some intermediates visible, with their partitions and the model's new receipt, in one transaction.
  func store(_ intermediates: [ModelReceipt.Intermediate], of model: CataloguedModel, commit: StoreCommit) throws {
    try write { database in
      try Self.insert(commit.partitions, database)
      for intermediate in intermediates {
        try database.execute(
          sql: "UPDATE intermediate SET newBytes = ?, partition = ?, chunk = ?, isPartial = ?, lineage = ? WHERE modelID = ? AND name = ?",
          arguments: [
            intermediate.newBytes, intermediate.manifest?.partition, intermediate.manifest?.index, intermediate.partial != nil,
            intermediate.lineage.map { Data($0.bytes) }, model.id, intermediate.name,
          ])
      }
      try database.execute(
        sql: "UPDATE model SET receiptPartition = ?, receiptIndex = ? WHERE id = ?",
        arguments: [commit.receipt.partition.description, commit.receipt.index, model.id])
    }
  }

  private static func insert(_ partitions: [SealedPartition], _ database: Database) throws {
    for partition in partitions {
      try database.execute(
        sql: "INSERT INTO partition (id, fileBytes, rawBytes, directoryBytes, chunks) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          partition.id.description, partition.fileBytes, partition.rawBytes, partition.directoryBytes, partition.footer.chunks.count,
        ])
    }
  }

  /// The number of the next model. Numbers of deleted models are not given again: who has looked one up, and comes back to it, finds nothing and no other model.
  func nextModelNumber() throws -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT value + 1 FROM lastNumber WHERE name = 'model'") ?? 1 }
  }

  /// Makes the next model's number a higher one than `number`.
  static func skipNumbers(to number: Int64, _ database: Database) throws {
    guard (1..<Int64(Int32.max)).contains(number) else { return }
    try database.execute(sql: "UPDATE lastNumber SET value = max(value, ?) WHERE name = 'model'", arguments: [number])
  }

  /// The rows of a model, its partitions left out.
  static func insert(
    _ model: ModelReceipt, receipt: ChunkReference, measurements: [StageMeasurement], _ database: Database
  ) throws {
    // Its number is that of its receipt, so that models which are logged after a repair have higher ones, and come after it in the next repair.
    let known = try Int64.fetchOne(database, sql: "SELECT id FROM model WHERE id = ?", arguments: [model.sequence])
    let number = known == nil && (1...Int64(Int32.max)).contains(model.sequence) ? model.sequence : nil
    try database.execute(
      sql: """
        INSERT INTO model (id, project, name, kind, policy, receiptPartition, receiptIndex)
        VALUES (coalesce(?, (SELECT value + 1 FROM lastNumber WHERE name = 'model')), ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        number, model.identity.project, model.identity.name, model.kind, model.policy.description,
        receipt.partition.description, receipt.index,
      ])
    let id = database.lastInsertedRowID
    try insertStages(model.stages, measurements, id: id, database)
    for (position, transformer) in model.transformers.enumerated() {
      try database.execute(
        sql: "INSERT INTO transformer (modelID, position, name, partition, chunk, lineage) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          id, position, transformer.name, transformer.blob.partition, transformer.blob.index, transformer.lineage.map { Data($0.bytes) },
        ])
    }
    for intermediate in model.intermediates {
      try database.execute(
        sql: """
          INSERT INTO intermediate (id, modelID, name, stage, rows, columns, logicalBytes, newBytes, partition, chunk, isPartial, lineage)
          VALUES ((SELECT value + 1 FROM lastNumber WHERE name = 'intermediate'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, intermediate.name, intermediate.stage, intermediate.rows, intermediate.columns, intermediate.logicalBytes,
          intermediate.newBytes, intermediate.manifest?.partition, intermediate.manifest?.index, intermediate.partial != nil,
          intermediate.lineage.map { Data($0.bytes) },
        ])
    }
  }

  private static func insertStages(_ stages: [Stage], _ measurements: [StageMeasurement], id: Int64, _ database: Database) throws {
    let measured = Dictionary(measurements.map { ($0.stage, $0) }, uniquingKeysWith: { $1 })
    for (position, stage) in stages.enumerated() {
      let cost = measured[position].map { measurement in
        var cost = StageCost()
        cost.note(measurement)
        return cost
      }
      let (few, many) = cost?.measurements ?? (nil, nil)
      try database.execute(
        sql: """
          INSERT INTO stage (modelID, position, name, inputs, outputs, seconds, batches, rowsPerBatch, fewSeconds, fewBatches)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, position, stage.name, try json(stage.inputs), try json(stage.outputs), many?.seconds, many?.batches,
          (many ?? few)?.rowsPerBatch, few?.seconds, few?.batches,
        ])
    }
  }

  func model(_ identity: ModelIdentity) throws -> CataloguedModel? { try read { try Self.model(identity, $0) } }

  /// SQLite takes a text up to its first zero: what has one in it is no name of anything.
  private static func hasZero(_ names: String...) -> Bool { names.contains { $0.utf8.contains(0) } }

  private static func model(_ identity: ModelIdentity, _ database: Database) throws -> CataloguedModel? {
    guard !hasZero(identity.project, identity.name) else { return nil }
    let statement = try database.cachedStatement(sql: "SELECT * FROM model WHERE project = ? AND name = ?")
    return try Row.fetchOne(statement, arguments: [identity.project, identity.name]).map(CataloguedModel.init(catalogued:))
  }

  func models() throws -> [CataloguedModel] {
    try read { try Row.fetchAll($0, sql: "SELECT * FROM model ORDER BY id").map(CataloguedModel.init(catalogued:)) }
  }

  func intermediates(of model: CataloguedModel) throws -> [CataloguedIntermediate] {
    try read {
      try Row.fetchAll($0, sql: "SELECT * FROM intermediate WHERE modelID = ? ORDER BY id", arguments: [model.id])
        .map(CataloguedIntermediate.init(catalogued:))
    }
  }

  /// A model and one of its intermediates, as far as they are there: what a question needs, in one transaction.
  func lookUp(_ identity: ModelIdentity, _ intermediate: String) throws -> (model: CataloguedModel?, intermediate: CataloguedIntermediate?)
  {
    try read { database in
      guard let found = try Self.model(identity, database) else { return (nil, nil) }
      guard !Self.hasZero(intermediate) else { return (found, nil) }
      let statement = try database.cachedStatement(sql: "SELECT * FROM intermediate WHERE modelID = ? AND name = ?")
      return (found, try Row.fetchOne(statement, arguments: [found.id, intermediate]).map(CataloguedIntermediate.init(catalogued:)))
    }
  }

  func transformers(of model: CataloguedModel) throws -> [CataloguedTransformer] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM transformer WHERE modelID = ? ORDER BY position", arguments: [model.id])
        .map(CataloguedTransformer.init(catalogued:))
    }
  }

  private static func json(_ value: some Encodable) throws -> String { String(decoding: try JSONEncoder().encode(value), as: UTF8.self) }

  private static func decode<Value: Decodable>(_: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }
}

extension CataloguedModel {
  /// - Throws: `StoreError` with code `catalogue` when a column holds something else than it must.
  init(catalogued row: Row) throws {
    id = try row.sound("id")
    project = try row.sound("project")
    name = try row.sound("name")
    kind = try row.sound("kind")
    policy = try row.sound("policy")
    restoreSeconds = try row.sound("restoreSeconds")
    // Models are listed, verified and repaired also where this is damaged.
    let index: Int? = try? row.sound("receiptIndex")
    receiptPlace = (try? PartitionID(catalogued: row.sound("receiptPartition"))).flatMap { partition in
      index.map { ChunkReference(partition: partition, index: $0) }
    }
  }
}

extension CataloguedIntermediate {
  /// - Throws: as for a model.
  init(catalogued row: Row) throws {
    id = try row.sound("id")
    name = try row.sound("name")
    stage = try row.sound("stage")
    rows = try row.sound("rows")
    columns = try row.sound("columns")
    logicalBytes = try row.sound("logicalBytes")
    newBytes = try row.sound("newBytes")
    partition = try row.sound("partition") as String?
    chunk = try row.sound("chunk") as Int?
    queries = try row.sound("queries")
    lineage = try row.lineage
    isPartial = try row.sound("isPartial")
  }
}
