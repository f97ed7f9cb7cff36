import COneDNN
import Foundation
import Groundwork

/// Keeps training runs on disk, so that the same training is done once.
///
///     <directory>/<key>/manifest.json          what was trained, and the measures of each snapshot
///     <directory>/<key>/checkpoint-01.bin ...  the snapshots
///     <directory>/<key>.resume/...             the state of an unfinished training
///
/// The key is a hash of what decides the bits on one kind of processor: network, parameters (with the seed), images, first weights, compute threads,
/// oneDNN's version and the revision of this package's own code. An entry is written beside its place and renamed into it, complete or not at all;
/// entries are never changed. Two processes may train the same at the same time: the first to finish keeps its entry. It deletes nothing but its own
/// unfinished work, and what a kill left of an entry's a day ago or earlier.
///
/// A training that was killed or cancelled resumes where it was. Its state is kept after every snapshot, when it is cancelled, and after every
/// `stateInterval`; the next run on that kind of processor reads it and gives the same bits as a run that never stopped. A finished training removes it.
public struct CheckpointCache: Sendable {
  /// Where the entries are.
  package let directory: URL
  /// The longest time between two kept states of a running training: what a kill can cost. A state of CIFAR10_CNN with Adam is 15 MB.
  package let stateInterval: Duration

  /// A cache in `directory`, which is made when first needed; a kill costs a running training at most `stateInterval`.
  public init(directory: URL, stateInterval: Duration = .seconds(60)) {
    self.directory = directory
    self.stateInterval = stateInterval
  }

  /// What a key stands for. Compared in full when an entry is read: a hash names it, but does not prove it.
  struct Training: Codable, Equatable {
    var formatVersion = 1
    var network: NetworkDescription
    var parameters: TrainingParameters
    var imagesIdentity: String
    var imageCount: Int
    var initialIdentity: String?
    var threads: Int
    var library: String
    /// Of the code that trains and of the code that computes activations; `nil` for those whose entries were kept before a key knew of revisions. What is
    /// `nil` is neither encoded nor hashed, so that their keys stay and nobody trains anew.
    var trainingRevision: Int?
    var kernelRevision: Int?

    init(_ trainer: Trainer, images: ImageSet, initial: Checkpoint?) {
      network = trainer.network
      parameters = trainer.parameters
      imagesIdentity = images.identity
      imageCount = images.count
      initialIdentity = initial?.identity
      threads = trainer.compute.threads
      let version = dnnl_version()!.pointee
      library = "oneDNN \(version.major).\(version.minor).\(version.patch)"
      trainingRevision = Self.hashed(Self.revision, unless: 1)
      kernelRevision = Self.hashed(KernelKind.revision, unless: 2)
    }

    /// A revision as a key has it.
    static func hashed(_ revision: Int, unless first: Int) -> Int? { revision == first ? nil : revision }

    func key() throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      var hash = ContentHash()
      try encoder.encode(self).withUnsafeBytes { hash.combine($0) }
      return hash.hexadecimal
    }
  }

  private struct Manifest: Codable {
    struct Snapshot: Codable {
      var file: String
      var step: Int
      var stepCount: Int
      var loss: Double
      var accuracy: Double
    }

    var training: Training
    var snapshots: [Snapshot]
  }

  /// The run that `trainer` gives: read from the cache, or trained and kept.
  ///
  /// The training resumes from the state that an interrupted run left (``TrainingProgress/Activity/resumed``). If the state is damaged, the
  /// training starts over (``TrainingProgress/Activity/restarted(reason:)``). A state that cannot be kept is reported and does not end it.
  ///
  /// - Throws: ``TrainingError`` and ``NetworkError`` of the training; ``CheckpointError`` if an entry is damaged (it is not trained over:
  ///   the error names the file) or the directory cannot be used.
  /// - Complexity: a hit reads the entry, and hashes the images: 5 MB per checkpoint of CIFAR10_CNN.
  public func run(
    _ trainer: Trainer, on images: ImageSet, from initial: Checkpoint? = nil, cancellation: CancellationFlag? = nil,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingRun {
    let training = Training(trainer, images: images, initial: initial)
    let key = try training.key()
    let entry = directory.appendingPathComponent(key)
    let resume = ResumeDirectory(directory.appendingPathComponent("\(key).resume"), training: training, interval: stateInterval)
    // A kill may have come between the writing of the entry and the removal of the state.
    defer { if FileManager.default.fileExists(atPath: entry.path) { resume.remove() } }
    if let stored = try read(training, at: entry) { return stored }
    let run = try trainer.train(on: images, from: initial, cancellation: cancellation, keeping: resume, progress: progress)
    try write(run, of: training, to: entry)
    return run
  }

  /// Whether the cache holds a run. It trains nothing.
  public func contains(_ trainer: Trainer, on images: ImageSet, from initial: Checkpoint? = nil) throws -> Bool {
    let entry = directory.appendingPathComponent(try Training(trainer, images: images, initial: initial).key())
    return FileManager.default.fileExists(atPath: entry.path)
  }

  private func read(_ training: Training, at entry: URL) throws -> TrainingRun? {
    guard FileManager.default.fileExists(atPath: entry.path) else { return nil }
    func data(_ name: String) throws -> Data {
      let file = entry.appendingPathComponent(name)
      do { return try Data(contentsOf: file) } catch { throw CheckpointError(.unusableCache(path: file.path, cause: error)) }
    }
    let manifest: Manifest
    do {
      manifest = try JSONDecoder().decode(Manifest.self, from: try data("manifest.json"))
    } catch let error as DecodingError {
      throw CheckpointError(.malformed(origin: entry.path, part: "manifest.json", problem: "\(error)"))
    }
    guard manifest.training == training, !manifest.snapshots.isEmpty else { throw CheckpointError(.otherTraining(directory: entry.path)) }
    return TrainingRun(
      snapshots: try manifest.snapshots.map { snapshot in
        let origin = entry.appendingPathComponent(snapshot.file).path
        return .init(
          step: snapshot.step, stepCount: snapshot.stepCount, loss: snapshot.loss, accuracy: snapshot.accuracy,
          checkpoint: try Checkpoint(serialized: try data(snapshot.file), origin: origin))
      })
  }

  private func write(_ run: TrainingRun, of training: Training, to entry: URL) throws {
    removeLeftovers()
    let files = FileManager.default
    let unfinished = directory.appendingPathComponent(".\(entry.lastPathComponent).\(UUID().uuidString).partial")
    defer { try? files.removeItem(at: unfinished) }
    do {
      try files.createDirectory(at: unfinished, withIntermediateDirectories: true)
      var manifest = Manifest(training: training, snapshots: [])
      for (number, snapshot) in run.snapshots.enumerated() {
        let name = "checkpoint-\(number < 9 ? "0" : "")\(number + 1).bin"
        try Self.create(unfinished.appendingPathComponent(name), snapshot.checkpoint.serialized())
        manifest.snapshots.append(
          .init(file: name, step: snapshot.step, stepCount: snapshot.stepCount, loss: snapshot.loss, accuracy: snapshot.accuracy))
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try Self.create(unfinished.appendingPathComponent("manifest.json"), try encoder.encode(manifest))
      try FolderEntries.flush(unfinished.path)
      do {
        try files.moveItem(at: unfinished, to: entry)
        try FolderEntries.flush(directory.path)
      } catch  where files.fileExists(atPath: entry.path) {
        // Another process finished the same training first; its entry is as good.
      }
    } catch {
      throw CheckpointError(.unusableCache(path: entry.path, cause: error))
    }
  }

  /// Removes what kills left of entries that were being written. Younger ones may be another process's.
  private func removeLeftovers() {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: directory.path)) ?? [] where Self.isUnfinished(name) {
      let folder = directory.appendingPathComponent(name)
      let attributes = try? files.attributesOfItem(atPath: folder.path)
      guard let changed = attributes?[.modificationDate] as? Date, changed.timeIntervalSinceNow < -86_400 else { continue }
      try? files.removeItem(at: folder)  // else the next training tries again
    }
  }

  /// Whether it is the name of an entry that is being written: `.<key>.<UUID>.partial`.
  private static func isUnfinished(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0].isEmpty && UUID(uuidString: String(parts[2])) != nil && parts[3] == "partial"
  }

  /// A new file of the entry; its name reaches the disk with the folder's.
  private static func create(_ file: URL, _ data: Data) throws {
    let file = try UnfinishedFile(of: file.path)
    try data.withUnsafeBytes { bytes in try file.write(bytes) }
    try file.rename()
  }
}
