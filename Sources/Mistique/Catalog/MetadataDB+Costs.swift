internal import GRDB
import MistiqueStorage

/// Bytes a store takes, by what they are for.
public struct StorageSummary: Sendable, Equatable {
  public var partitions = 0
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
      return StorageSummary(
        partitions: row["n"], chunks: Int(row["c"] as Double), partitionBytes: Int(row["f"] as Double),
        directoryBytes: Int(row["d"] as Double), rawBytes: Int(row["r"] as Double))
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

  func costConstant(_ name: String) throws -> (value: Double, samples: Int)? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT value, samples FROM costConstant WHERE name = ?", arguments: [name]).map {
        ($0["value"], $0["samples"])
      }
    }
  }

  func setCostConstants(_ constants: [(name: String, value: Double, samples: Int)]) throws {
    try write { database in
      for constant in constants {
        try database.execute(
          sql: "INSERT OR REPLACE INTO costConstant VALUES (?, ?, ?)", arguments: [constant.name, constant.value, constant.samples])
      }
    }
  }

  /// Adds what was measured and counted since the last call.
  func record(_ journal: QueryJournal.Entries) throws {
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
