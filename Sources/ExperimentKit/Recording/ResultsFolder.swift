import Foundation

/// Where results are: `runs/<scale>/<experiment>/` and `baselines/<scale>/<experiment>.csv` under one root.
///
/// Owns the names and the rule that a run's folder is whole: a run is made in a hidden folder beside and renamed into place at the end.
package struct ResultsFolder: Sendable, Equatable {
  package let root: URL
  /// Whether runs at each scale have a folder of their own; otherwise one run replaces another's of any scale.
  private let isByScale: Bool

  package init(root: URL, isByScale: Bool = true) {
    self.root = root
    self.isByScale = isByScale
  }

  /// The folder that the runs at a scale are in.
  package func runs(at scale: Scale) -> URL { root.appendingPathComponent(isByScale ? "runs/\(scale)" : "runs", isDirectory: true) }

  package func run(of experiment: String, at scale: Scale) -> URL {
    runs(at: scale).appendingPathComponent(experiment, isDirectory: true)
  }

  package func rows(of experiment: String, at scale: Scale) -> URL {
    run(of: experiment, at: scale).appendingPathComponent("rows.csv")
  }

  package func provenance(of experiment: String, at scale: Scale) -> URL {
    run(of: experiment, at: scale).appendingPathComponent("provenance.json")
  }

  package func claims(of experiment: String, at scale: Scale) -> URL {
    run(of: experiment, at: scale).appendingPathComponent("claims.json")
  }

  /// `variant` keeps apart the baselines of runs on different data or with other kernels: bytes of one say nothing about those of the other.
  package func baseline(of experiment: String, at scale: Scale, variant: String? = nil) -> URL {
    root.appendingPathComponent("baselines/\(scale)/\(experiment)\(variant.map { ".\($0)" } ?? "").csv")
  }

  package func baselineSidecar(of experiment: String, at scale: Scale, variant: String? = nil) -> URL {
    root.appendingPathComponent("baselines/\(scale)/\(experiment)\(variant.map { ".\($0)" } ?? "").provenance.json")
  }

  /// The experiments that have a baseline at a scale, whatever its variant, in alphabetical order.
  ///
  /// Throws: `FileError` when the folder is there and cannot be read.
  package func baselines(at scale: Scale) throws -> [String] {
    let folder = root.appendingPathComponent("baselines/\(scale)", isDirectory: true)
    guard AtomicFile.exists(folder) else { return [] }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return Set(files.filter { $0.hasSuffix(".csv") }.map { String($0.prefix { $0 != "." }) }).sorted()
  }

  /// Where an unfinished run is made; an interrupted one is found here again.
  func partial(of experiment: String, at scale: Scale) -> URL {
    runs(at: scale).appendingPathComponent(".\(experiment).partial", isDirectory: true)
  }

  /// Where the previous run waits during the two renames of `publish`.
  private func previous(of experiment: String, at scale: Scale) -> URL {
    runs(at: scale).appendingPathComponent(".\(experiment).previous", isDirectory: true)
  }

  /// Where rows that were measured elsewhere are put together: an interrupted run keeps its own folder.
  func gathering(of experiment: String, at scale: Scale) -> URL {
    root.appendingPathComponent("runs/\(scale)/.\(experiment).gathering", isDirectory: true)
  }

  /// Puts a complete run in place of the previous one: the partial one, unless another folder is given.
  func publish(_ experiment: String, at scale: Scale, from folder: URL? = nil) throws {
    let final = run(of: experiment, at: scale)
    let old = previous(of: experiment, at: scale)
    try AtomicFile.remove(old)
    if AtomicFile.exists(final) { try AtomicFile.rename(final, to: old) }
    try AtomicFile.rename(folder ?? partial(of: experiment, at: scale), to: final)
    try AtomicFile.remove(old)
    try tidy(final)
  }

  /// The finished units of the unfinished run in `folder`.
  static func journal(in folder: URL) -> URL { folder.appendingPathComponent("journal") }

  /// What the unfinished run in `folder` keeps for its later units.
  static func scratch(in folder: URL) -> URL { folder.appendingPathComponent("scratch", isDirectory: true) }

  /// What data the unfinished run in `folder` has used.
  static func dataRecord(in folder: URL) -> URL { folder.appendingPathComponent("data.json") }

  /// What an unfinished run has on the disk: it goes on with it, or gives it back before another one begins.
  func heldBytes(by run: String, at scale: Scale) -> Int64 {
    let scratch = Self.scratch(in: partial(of: run, at: scale)).path
    let files = FileManager.default.enumerator(atPath: scratch)?.allObjects as? [String] ?? []
    return files.reduce(0) { sum, file in
      var status = stat()
      return lstat(scratch + "/" + file, &status) == 0 ? sum + Int64(status.st_blocks) * 512 : sum
    }
  }

  /// Removes what only an unfinished run needs. After the rename: a crash before it must find the units again.
  private func tidy(_ final: URL) throws {
    for file in [Self.scratch(in: final), Self.journal(in: final), Self.dataRecord(in: final)] where AtomicFile.exists(file) {
      try AtomicFile.remove(file)
    }
  }

  /// Ends or undoes a `publish` that a crash cut. Call before reading or starting a run.
  package func recover(_ experiment: String, at scale: Scale) throws {
    let old = previous(of: experiment, at: scale)
    let final = run(of: experiment, at: scale)
    try tidy(final)
    guard AtomicFile.exists(old) else { return }
    if AtomicFile.exists(final) {
      try AtomicFile.remove(old)
    } else {
      try AtomicFile.rename(old, to: final)
    }
  }

  /// As `recover`, for those who only read: under the lock, and only where a `publish` was cut. Another process that has the lock has recovered already, and may be
  /// in the middle of its own.
  func recoverCut(_ experiment: String, at scale: Scale) throws {
    guard AtomicFile.exists(previous(of: experiment, at: scale)) else { return }
    do {
      let lock = try lock(experiment, at: scale)
      defer { withExtendedLifetime(lock) {} }
      try recover(experiment, at: scale)
    } catch RunError.alreadyRunning {
      return
    }
  }

  /// Takes the experiment's lock for as long as the returned lock lives, so that two processes never make the same run.
  func lock(_ experiment: String, at scale: Scale) throws -> FolderLock {
    let folder = runs(at: scale)
    try AtomicFile.createDirectory(folder)
    return try FolderLock(file: folder.appendingPathComponent(".\(experiment).lock"))
  }
}

/// An advisory lock that the kernel releases with the process, however it ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  init(file: URL) throws {
    descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.last("create", file) }
    // Every property is set: what is thrown from here on runs `deinit`, which closes.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // A shared file system may be mounted without locks: that is no other process.
      guard errno == EWOULDBLOCK else { throw FileError.last("lock", file) }
      throw RunError.alreadyRunning(lock: file.path)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Closing alone would leave the lock with a child that another thread has forked and that has not yet become its own program.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
