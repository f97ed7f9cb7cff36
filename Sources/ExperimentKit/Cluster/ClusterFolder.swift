import Foundation

/// The folder that the tasks of one scale share: `slurm/<scale>/` beside the runs.
///
///     submission.json        what was submitted
///     scripts/  logs/        one script a job, one log a task
///     runs/<scale>/<piece>/  rows and provenance of a measured piece
///     gathered               there when everything was put together: the next submission begins anew
package struct ClusterFolder: Sendable {
  package let root: URL
  package let scale: Scale

  package init(of results: ResultsFolder, at scale: Scale) {
    self.init(root: results.root.appendingPathComponent("slurm/\(scale)", isDirectory: true).absoluteURL.standardizedFileURL, scale: scale)
  }

  /// The folder that a submission was written to, whatever the process's own folder is.
  package init(root: URL, scale: Scale) {
    self.root = root
    self.scale = scale
  }

  /// Where pieces are measured.
  package var pieces: ResultsFolder { ResultsFolder(root: root) }
  package var scripts: URL { root.appendingPathComponent("scripts", isDirectory: true) }
  package var logs: URL { root.appendingPathComponent("logs", isDirectory: true) }
  private var record: URL { root.appendingPathComponent("submission.json") }
  private var mark: URL { root.appendingPathComponent("gathered") }

  /// The log of a task, for people.
  package func log(of task: Int) -> URL { logs.appendingPathComponent("\(task).log") }

  /// Throws: `ClusterError.noSubmission`, `RecordError`.
  package func submission() throws -> Submission {
    guard AtomicFile.exists(record) else { throw ClusterError.noSubmission(folder: root.path) }
    return try AtomicFile.readJSON(Submission.self, from: record)
  }

  package var isSubmitted: Bool { AtomicFile.exists(record) }

  func write(_ submission: Submission) throws { try AtomicFile.writeJSON(submission, to: record) }

  func write(_ script: String, named name: String) throws -> URL {
    let file = scripts.appendingPathComponent(name)
    try AtomicFile.write(Array(script.utf8), to: file)
    return file
  }

  func createLogs() throws { try AtomicFile.createDirectory(logs) }

  /// What a measured piece was made of. Throws: `FileError`, `RecordError`.
  func provenance(of piece: ExperimentPiece) throws -> Provenance {
    try AtomicFile.readJSON(Provenance.self, from: pieces.provenance(of: piece.folder, at: scale))
  }

  package func state(of piece: ExperimentPiece) -> PieceState { PieceState(of: piece, at: scale, in: pieces) }

  package var isGathered: Bool { AtomicFile.exists(mark) }

  func markGathered() throws { try AtomicFile.write([], to: mark) }

  /// Removes everything the tasks have measured and written: out of the way first, since pieces without their record would be taken for another submission's.
  func removeAll() throws {
    let gone = root.deletingLastPathComponent().appendingPathComponent(".\(scale).gone", isDirectory: true)
    try AtomicFile.remove(gone)
    guard AtomicFile.exists(root) else { return }
    try AtomicFile.rename(root, to: gone)
    try AtomicFile.remove(gone)
  }

  /// Keeps other submissions of the same scale out for as long as the lock lives.
  func lock() throws -> FolderLock {
    let folder = root.deletingLastPathComponent()
    try AtomicFile.createDirectory(folder)
    return try FolderLock(file: folder.appendingPathComponent(".\(scale).lock"))
  }
}
