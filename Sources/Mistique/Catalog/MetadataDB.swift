import Foundation
internal import GRDB
internal import GRDBSQLite
import MistiqueStorage
import Synchronization

/// The catalogue (paper section 2): models, stages, intermediates, where their manifests are, what they cost, how often they are asked for.
///
/// Owns: the SQLite file `catalog.sqlite`, its schema and migrations. Never does: hold a row per chunk or per column, or touch a
/// partition. One transaction makes a logged model visible; a reader sees all of it or nothing.
///
/// Where this user or the disk does not allow writing, a copy in memory is read, of the catalogue as it was when it was opened.
final class MetadataDB: Sendable {
  static let fileName = "catalog.sqlite"

  let path: String
  private let opened: Mutex<Opened>

  struct Opened {
    var database: any DatabaseWriter
    /// Why nothing can be written; `nil` when something can.
    var obstacle: StoreError?
  }

  /// The catalogue of the store in `directory`, made there when there is none.
  convenience init(directory: String) throws {
    let path = "\(directory)/\(Self.fileName)"
    try self.init(path: path, Self.explained(path) { try Self.openOrMake(path, in: directory) })
  }

  /// A catalogue called `name`, made when it is not there. The caller has the right to write to the store.
  convenience init(directory: String, making name: String) throws {
    let path = "\(directory)/\(name)"
    try self.init(path: path, Self.explained(path) { Opened(database: try Self.openForWriting(path), obstacle: nil) })
  }

  private init(path: String, _ opened: Opened) {
    self.path = path
    self.opened = Mutex(opened)
  }

  /// Why nothing can be written; `nil` when something can.
  var obstacle: StoreError? { opened.withLock { $0.obstacle } }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    let database = opened.withLock { $0.database }
    return try Self.explained(path) { try database.read(body) }
  }

  /// - Throws: the obstacle where nothing can be written.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    let opened = opened.withLock { $0 }
    if let obstacle = opened.obstacle { throw obstacle }
    return try Self.explained(path) { try opened.database.write(body) }
  }

  /// That the file which is open is the one that others open. A repair puts another one in its place, and keeps this one under another name; a folder may be
  /// moved, and another store be put there: whoever writes to what was there before would remove what the new one lists.
  ///
  /// - Throws: `StoreError` (`catalogue`).
  func requireInPlace() throws {
    let database = opened.withLock { $0.database }
    let isInPlace = try Self.explained(path) {
      database.writeWithoutTransaction { database in
        var hasMoved: CInt = 1
        return sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved) == SQLITE_OK && hasMoved == 0
      }
    }
    guard isInPlace else {
      throw StoreError(
        .catalogue, "since this store was opened, its catalogue was replaced, as `mistique repair` does, or its folder moved", at: path,
        remedy: "Close the store and open it again. Nothing was changed.")
    }
  }

  /// Opens the file again, after room was made on a disk that was full.
  func reopen() throws {
    let again = try Self.explained(path) { try Self.openOrMake(path, in: URL(fileURLWithPath: path).deletingLastPathComponent().path) }
    opened.withLock { $0 = again }
  }

  /// Bytes of the catalogue on disk, its write-ahead log included.
  var fileBytes: Int {
    ["", "-wal"].reduce(0) { sum, suffix in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }

  /// Moves the write-ahead log into the file, so that its size is that of the data. On a full disk, and beside somebody who reads or writes for long, the log stays,
  /// where that may be.
  func checkpoint(mayFail: Bool = true) throws {
    let opened = opened.withLock { $0 }
    guard opened.obstacle == nil else { return }
    do {
      try Self.explained(path) { _ = try opened.database.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
    } catch let error as StoreError where mayFail && (error.code == .diskFull || error.code == .locked) {
      return
    }
  }

  /// SQLite's errors with the place and what to do.
  static func explained<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_FULL:
        throw StoreError(
          .diskFull, "the catalogue cannot be written: \(error.message ?? "disk full")", at: path,
          remedy: "Free space on that disk; everything committed before is intact.", cause: error)
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        throw StoreError(
          .catalogue, "the catalogue is damaged (\(error.message ?? "SQLite \(error.resultCode)"))", at: path,
          remedy:
            "Rebuild it from the partition files beside it, which are not affected: IntermediateStore.repair(at:), or `mistique repair`.",
          cause: error)
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        throw StoreError(
          .locked, "another process kept the catalogue locked for 10 seconds", at: path, remedy: "Wait until it has finished.", cause: error
        )
      default:
        throw StoreError(
          .catalogue, "SQLite says: \(error.message ?? "error \(error.resultCode)")", at: path,
          remedy: "Check that this user may write to the folder and that no other program holds the file.", cause: error)
      }
    }
  }
}
