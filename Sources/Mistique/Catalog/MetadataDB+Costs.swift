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

  /// What the store's partitions have shrunk raw bytes to; `nil` before they hold enough to tell.
  func compression(from tellingBytes: Int) throws -> Double? {
    try read { database in
      let row = try Row.fetchOne(database, sql: "SELECT total(fileBytes) AS f, total(rawBytes) AS r FROM partition")!
      let (file, raw): (Double, Double) = (row["f"], row["r"])
      return raw >= Double(tellingBytes) ? file / raw : nil
    }
  }

  /// What was measured for the cost model; its defaults in a store that is new.
  func costConstants() throws -> QueryCostModel.Constants {
    var constants = QueryCostModel.Constants()
    guard let fixed = try costConstant(.fixed), let rate = try costConstant(.rate), let handOver = try costConstant(.handOver) else {
      return constants
    }
    constants.read = .init(fixedSeconds: fixed.value, secondsPerByte: rate.value, samples: fixed.samples)
    constants.rerun = .init(handOverSecondsPerByte: handOver.value, samples: handOver.samples)
    return constants
  }

  func setCostConstants(_ constants: QueryCostModel.Constants) throws {
    let rows: [(CostConstant, Double, Int)] = [
      (.fixed, constants.read.fixedSeconds, constants.read.samples), (.rate, constants.read.secondsPerByte, constants.read.samples),
      (.handOver, constants.rerun.handOverSecondsPerByte, constants.rerun.samples),
    ]
    try write { database in
      for (name, value, samples) in rows {
        try database.execute(sql: "INSERT OR REPLACE INTO costConstant VALUES (?, ?, ?)", arguments: [name.rawValue, value, samples])
      }
    }
  }

  private enum CostConstant: String {
    case fixed = "read.fixedSeconds"
    case rate = "read.secondsPerByte"
    case handOver = "rerun.handOverSecondsPerByte"
  }

  private func costConstant(_ name: CostConstant) throws -> (value: Double, samples: Int)? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT value, samples FROM costConstant WHERE name = ?", arguments: [name.rawValue]).map {
        (try $0.sound("value"), try $0.sound("samples"))
      }
    }
  }

  /// Adds what was measured and counted since the last call.
  func save(_ journal: QueryJournal.Entries) throws {
    guard !journal.isEmpty else { return }
    try write { database in
      for (intermediate, count) in journal.queries {
        try database.execute(sql: "UPDATE intermediate SET queries = queries + ? WHERE id = ?", arguments: [count, intermediate])
      }
      for (model, seconds) in journal.restoreSeconds {
        try database.execute(sql: "UPDATE model SET restoreSeconds = ? WHERE id = ?", arguments: [seconds, model])
      }
      for (key, cost) in journal.stages {
        try database.execute(
          sql: "UPDATE stage SET seconds = ?, batches = ?, rowsPerBatch = ? WHERE modelID = ? AND position = ?",
          arguments: [cost.seconds, cost.batches, cost.rowsPerBatch, key.model, key.stage])
      }
    }
  }
}
