import Foundation
import GRDB

/// The catalogue (paper section 2): models, stages, intermediates, where their manifests are, what they cost, how often they are asked for.
///
/// Owns: the SQLite file `catalog.sqlite`, its schema and migrations. Never does: hold a row per chunk or per column, or touch a
/// partition. One transaction makes a logged model visible; a reader sees all of it or nothing.
final class MetadataDB: Sendable {
  let path: String
  private let database: DatabasePool

  init(directory: String, name: String = "catalog.sqlite") throws {
    path = "\(directory)/\(name)"
    var configuration = Configuration()
    configuration.label = "MetadataDB"
    configuration.busyMode = .timeout(10)
    // A committed model must survive a power cut, not only the end of the process.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    let path = path
    database = try Self.explained(path) {
      let pool = try DatabasePool(path: path, configuration: configuration)
      try Self.refuseNewer(pool, path: path)
      try MetadataSchema.migrator.migrate(pool)
      return pool
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.explained(path) { try database.read(body) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.explained(path) { try database.write(body) }
  }

  /// Bytes of the catalogue on disk, its write-ahead log included.
  var fileBytes: Int {
    ["", "-wal"].reduce(0) { sum, suffix in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }

  /// Moves the write-ahead log into the file, so that its size is that of the data.
  func checkpoint() throws {
    try Self.explained(path) { _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
  }

  private static func refuseNewer(_ pool: DatabasePool, path: String) throws {
    if try pool.read({ try MetadataSchema.migrator.hasBeenSuperseded($0) }) {
      throw MistiqueError(
        .catalogue, "the catalogue was written by a newer version of Mistique", at: path,
        remedy: "Use that version, or a newer one, for this store.")
    }
  }

  /// SQLite's errors with the place and what to do.
  private static func explained<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_FULL:
        throw StoreError(
          .diskFull, "the catalogue cannot be written: \(error.message ?? "disk full")", at: path,
          remedy: "Free space on that disk; everything committed before is intact.")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        throw MistiqueError(
          .catalogue, "the catalogue is damaged (\(error.message ?? "SQLite \(error.resultCode)"))", at: path,
          remedy: "Rebuild it from the partition files beside it, which are not affected: Mistique.repair(at:), or `mistique repair`.")
      default:
        throw MistiqueError(
          .catalogue, "SQLite says: \(error.message ?? "error \(error.resultCode)")", at: path,
          remedy: "Check that this user may write to the folder and that no other program holds the file.")
      }
    }
  }
}
