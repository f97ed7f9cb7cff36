import Foundation
internal import GRDB
import Groundwork
import MistiqueStorage

/// How the catalogue's file is opened: made and migrated by one process at a time, and only read where it cannot be written.
extension MetadataDB {
  /// How long a process waits for another that is making or migrating the catalogue, which takes milliseconds.
  private static let patience = Duration.seconds(10)

  static func openOrMake(_ path: String, in directory: String) throws -> Opened {
    if !FileManager.default.fileExists(atPath: path) { try make(path, in: directory) }
    if let obstacle = obstacle(to: [path, directory]) { return Opened(database: try copy(of: path), obstacle: obstacle) }
    do {
      return Opened(database: try openMigrated(path, in: directory), obstacle: nil)
    } catch let error as DatabaseError where isRefused(error) {
      // A disk that is full, or a file system that takes no writes, and does not say so before.
      let obstacle = StoreError(
        .diskFull, "the catalogue can only be read: \(error.message ?? "SQLite \(error.resultCode)")", at: path,
        remedy: "Free space on that disk, or see that it can be written to.")
      return Opened(database: try copy(of: path), obstacle: obstacle)
    }
  }

  static func openForWriting(_ path: String) throws -> DatabasePool {
    let pool = try unmigrated(path)
    try MetadataSchema.migrator.migrate(pool)
    return pool
  }

  private static func unmigrated(_ path: String) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.label = "MetadataDB"
    configuration.busyMode = .timeout(10)
    let pool = try DatabasePool(path: path, configuration: configuration)
    // A committed model must survive a power cut, not only the end of the process. Said here, because making a pool sets NORMAL, and does so after
    // whatever `prepareDatabase` says.
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    try refuseNewer(pool, path: path)
    return pool
  }

  private static func openMigrated(_ path: String, in directory: String) throws -> DatabasePool {
    let pool = try unmigrated(path)
    guard try !pool.read({ try MetadataSchema.migrator.hasCompletedMigrations($0) }) else { return pool }
    // Catalogues of older versions are rare: the writer's lock is taken for them, and then asked again.
    let lock = try WriterLock(directory: directory, patience: WriterPatience(limit: patience))
    defer { withExtendedLifetime(lock) {} }
    try refuseEmpty(pool, in: directory)
    try MetadataSchema.migrator.migrate(pool)
    return pool
  }

  /// Makes the catalogue beside its place and puts it there complete, so that nobody ever opens half of one.
  ///
  /// Of several processes one makes it and the others wait for the file, whoever has the lock afterwards.
  private static func make(_ path: String, in directory: String) throws {
    let start = ContinuousClock.now
    while !FileManager.default.fileExists(atPath: path) {
      do {
        let lock = try WriterLock(directory: directory)
        defer { withExtendedLifetime(lock) {} }
        guard !FileManager.default.fileExists(atPath: path) else { return }
        // A repair may have moved the old one away since it was looked for, and been stopped.
        try LostCatalog.refuseMissing(URL(fileURLWithPath: directory))
        let unfinished = path + ".making"
        for suffix in ["", "-wal", "-shm"] { unlink(unfinished + suffix) }
        let pool = try openForWriting(unfinished)
        _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try pool.close()
        for suffix in ["-wal", "-shm"] { unlink(unfinished + suffix) }
        try DurableFile.move(unfinished, to: path)
      } catch let error as StoreError where error.code == .locked && ContinuousClock.now - start < patience {
        usleep(10_000)
      }
    }
  }

  /// What has no tables knows of no partition, and the next writer would remove them all.
  private static func refuseEmpty(_ database: any DatabaseReader, in directory: String) throws {
    guard try database.read({ try MetadataSchema.migrator.appliedIdentifiers($0) }).isEmpty else { return }
    try LostCatalog.refuseEmpty(URL(fileURLWithPath: directory))
  }

  private static func refuseNewer(_ database: any DatabaseReader, path: String) throws {
    if try database.read({ try MetadataSchema.migrator.hasBeenSuperseded($0) }) {
      throw StoreError(
        .catalogue, "the catalogue was written by a newer version of Mistique", at: path,
        remedy: "Use that version, or a newer one, for this store.")
    }
  }

  /// What keeps this user from writing to `paths`; `nil` when nothing does.
  private static func obstacle(to paths: [String]) -> StoreError? {
    for path in paths where access(path, W_OK) != 0 && (errno == EACCES || errno == EROFS || errno == EPERM) {
      return DurableFile.failure("the store can only be read, because this cannot be written", path: path)
    }
    return nil
  }

  private static func isRefused(_ error: DatabaseError) -> Bool {
    [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode)
  }

  // MARK: Reading only

  /// The models that the catalogue at `path` lists, which stays as it is.
  static func models(inCopyOf path: String) throws -> [ModelIdentity] {
    try explained(path) {
      try copy(of: path).read { database in
        try Row.fetchAll(database, sql: "SELECT project, name FROM model ORDER BY id").map {
          ModelIdentity(project: $0["project"], name: $0["name"])
        }
      }
    }
  }

  /// The catalogue as it is now, in memory. SQLite cannot read a write-ahead log where it may not write beside it, so that file and log are copied.
  private static func copy(of path: String) throws -> DatabaseQueue {
    for _ in 0..<50 {
      let before = [path, path + "-wal"].map(FileIdentity.init(path:))
      let copied = Result { try copyOnce(path) }
      guard before == [path, path + "-wal"].map(FileIdentity.init(path:)) else {
        usleep(20_000)
        continue
      }
      let database = try copied.get()
      try refuseNewer(database, path: path)
      try refuseEmpty(database, in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
      try MetadataSchema.migrator.migrate(database)
      return database
    }
    throw StoreError(
      .locked, "the catalogue changed again and again while it was copied for reading", at: path,
      remedy: "Wait until its writer has finished.")
  }

  /// - Throws: what a copy that is not whole gives, when a writer was at work meanwhile.
  private static func copyOnce(_ path: String) throws -> DatabaseQueue {
    guard access(path, R_OK) == 0 else { throw DurableFile.failure("cannot be read", path: path) }
    var files = [(suffix: "", bytes: try CatalogBytes.read(path))]
    if FileManager.default.fileExists(atPath: path + "-wal") {
      // SQLite keeps no lock on the log: that one may be closed.
      files.append((suffix: "-wal", bytes: try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))))
    }
    let folder = try temporaryFolder(room: files.reduce(1 << 20) { $0 + $1.bytes.count })
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = "\(folder)/\(fileName)"
    for (suffix, bytes) in files { try bytes.write(to: URL(fileURLWithPath: file + suffix)) }
    let memory = try DatabaseQueue()
    let copied = try DatabasePool(path: file)
    try copied.backup(to: memory)
    try copied.close()
    return memory
  }

  /// A folder with room for so many bytes, in memory where the usual disk is full.
  private static func temporaryFolder(room: Int) throws -> String {
    let places = [FileManager.default.temporaryDirectory.path, "/dev/shm"]
    for place in places {
      let folder = "\(place)/mistique-\(UUID().uuidString)"
      guard mkdir(folder, 0o700) == 0 else { continue }
      let probe = open(folder + "/probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      let hasRoom = probe >= 0 && posix_fallocate(probe, 0, off_t(room)) == 0
      if probe >= 0 { close(probe) }
      unlink(folder + "/probe")
      if hasRoom { return folder }
      rmdir(folder)
    }
    throw DurableFile.failure("no folder for a copy of the catalogue can be made", path: places[0])
  }
}
