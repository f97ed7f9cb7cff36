internal import GRDB
import MistiqueStorage

/// Bytes a store takes, by what they are for.
public struct StorageSummary: Sendable, Equatable {
  /// Partition files.
  public var partitions = 0
  /// ColumnChunks and records in them.
  public var chunks = 0
  /// Size of all partition files.
  public var partitionBytes = 0
  /// The part of `partitionBytes` that is directories: headers, footers and trailers.
  public var directoryBytes = 0
  /// Bytes of all chunks, uncompressed.
  public var rawBytes = 0
  /// Size of the catalogue's file.
  public var catalogBytes = 0

  /// Everything the store takes on disk.
  public var storedBytes: Int { partitionBytes + catalogBytes }
}

extension MetadataDB {
  func storageSummary() throws -> StorageSummary {
    try checkpoint()
    var summary = try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*) AS n, total(fileBytes) AS f, total(directoryBytes) AS d, total(rawBytes) AS r, total(chunks) AS c FROM partition
          """)!
      // Sums of damaged numbers may be larger than any Int.
      func sum(_ column: String) throws -> Int { Int(exactly: (try row.sound(column) as Double).rounded()) ?? .max }
      return StorageSummary(
        partitions: try row.sound("n"), chunks: try sum("c"), partitionBytes: try sum("f"), directoryBytes: try sum("d"),
        rawBytes: try sum("r"))
    }
    summary.catalogBytes = fileBytes
    return summary
  }

  /// Bytes of all partition files, as they were last counted.
  func partitionBytes() throws -> Int {
    try read { Int(exactly: try Double.fetchOne($0, sql: "SELECT total(fileBytes) FROM partition")!.rounded()) ?? .max }
  }

  /// What the store's partitions have shrunk raw bytes to; `nil` before they hold enough to tell.
  func compression(from tellingBytes: Int) throws -> Double? {
    try read { database in
      // Without those of which frames were given back: raw bytes are of all that was written.
      let row = try Row.fetchOne(
        database, sql: "SELECT total(fileBytes) AS f, total(rawBytes) AS r FROM partition WHERE length(freed) = 0")!
      let (file, raw): (Double, Double) = (row["f"], row["r"])
      return raw >= Double(tellingBytes) ? file / raw : nil
    }
  }

  /// What was measured for the cost model; its defaults for what was not.
  func costConstants() throws -> QueryCostModel.Constants {
    let known: [String: (value: Double, samples: Int)] = try read { database in
      Dictionary(
        try Row.fetchAll(database, sql: "SELECT name, value, samples FROM costConstant").map {
          (try $0.sound("name"), (try $0.sound("value"), try $0.sound("samples")))
        }, uniquingKeysWith: { $1 })
    }
    func constants<Part>(_ defaults: CostConstants<Part>, _ parts: [Part], _ name: (Part) -> String) -> CostConstants<Part> {
      let sound = parts.filter { known[name($0)].map { $0.value > 0 && $0.value.isFinite } ?? false }
      return CostConstants(
        defaults.seconds.merging(sound.map { ($0, known[name($0)]!.value) }) { $1 },
        samples: Dictionary(uniqueKeysWithValues: sound.map { ($0, known[name($0)]!.samples) }))
    }
    return QueryCostModel.Constants(
      read: constants(ReadCost.defaults, ReadCost.Part.all, \.name),
      rerun: constants(RerunCost.defaults, RerunCost.Part.allCases, \.name))
  }

  /// Keeps the constants that were measured.
  func setCostConstants(_ constants: QueryCostModel.Constants) throws {
    let read = constants.read.samples.map { ($0.key.name, constants.read.seconds[$0.key], $0.value) }
    let rerun = constants.rerun.samples.map { ($0.key.name, constants.rerun.seconds[$0.key], $0.value) }
    try write { database in
      for (name, value, samples) in read + rerun {
        try database.execute(sql: "INSERT OR REPLACE INTO costConstant VALUES (?, ?, ?)", arguments: [name, value, samples])
      }
    }
  }

  /// How often the columns of an intermediate were asked for by their names.
  func columnQueries(of intermediate: Int64) throws -> [String: Int] {
    try read { database in
      let statement = try database.cachedStatement(sql: "SELECT name, queries FROM columnQuery WHERE intermediateID = ?")
      return Dictionary(
        try Row.fetchAll(statement, arguments: [intermediate]).map { (try $0.sound("name"), try $0.sound("queries")) },
        uniquingKeysWith: { $1 })
    }
  }

  /// What a model's stages were measured to take.
  func stageCosts(of model: CataloguedModel) throws -> [Int: StageCost] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT position, seconds, batches, rowsPerBatch, fewSeconds, fewBatches FROM stage WHERE modelID = ?",
        arguments: [model.id])
      return Dictionary(
        try rows.map { row in
          let place: Int = try row.sound("position")
          let size = try row.sound("rowsPerBatch") as Int?
          func measurement(_ seconds: String, _ batches: String) throws -> StageMeasurement? {
            let batches = try row.sound(batches) as Int?
            return try (row.sound(seconds) as Double?).map {
              StageMeasurement(stage: place, seconds: $0, batches: batches, rowsPerBatch: size)
            }
          }
          return (place, StageCost(few: try measurement("fewSeconds", "fewBatches"), many: try measurement("seconds", "batches")))
        }, uniquingKeysWith: { $1 })
    }
  }

  /// Adds what was measured and counted since the last call.
  func save(_ journal: QueryJournal.Entries) throws {
    guard !journal.isEmpty else { return }
    try write { database in
      for (intermediate, count) in journal.queries {
        try database.execute(sql: "UPDATE intermediate SET queries = queries + ? WHERE id = ?", arguments: [count, intermediate])
      }
      for (column, count) in journal.columnQueries {
        // An intermediate may be gone since.
        try database.execute(
          sql: """
            INSERT INTO columnQuery SELECT id, ?, ? FROM intermediate WHERE id = ?
            ON CONFLICT DO UPDATE SET queries = queries + excluded.queries
            """, arguments: [column.name, count, column.intermediate])
      }
      for (model, seconds) in journal.restoreSeconds {
        try database.execute(sql: "UPDATE model SET restoreSeconds = ? WHERE id = ?", arguments: [seconds, model])
      }
      for (key, cost) in journal.stages {
        let (few, many) = cost.measurements
        try database.execute(
          sql: """
            UPDATE stage SET seconds = ?, batches = ?, rowsPerBatch = ?, fewSeconds = ?, fewBatches = ? WHERE modelID = ? AND position = ?
            """,
          arguments: [
            many?.seconds, many?.batches, (many ?? few)?.rowsPerBatch, few?.seconds, few?.batches, key.model, key.stage,
          ])
      }
    }
  }
}
