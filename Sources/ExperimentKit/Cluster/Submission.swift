import Foundation

/// What was submitted, as `submission.json` in the folder that all tasks share: everything a task must know, so that it needs no environment.
package struct Submission: Sendable, Equatable, Codable {
  /// What the rows depend on. Tasks of another one are never mixed with these.
  package struct Configuration: Sendable, Equatable, Codable {
    package let scale: Scale
    package let seed: UInt64
    package let repetitions: Int
    package let settings: [String: String]
    /// Of the tools and libraries, as found where it was submitted.
    package let versions: [String: String]
    /// The folder with data that the user named; null for the standard one.
    package let dataDirectory: String?
    /// Size and time of the executable.
    package let build: String
  }

  /// A job of the cluster and the tasks it is for.
  package struct Job: Sendable, Equatable, Codable {
    package let id: String
    package let stage: String
    package let tasks: [Int]
  }

  package let configuration: Configuration
  /// The state of the source at the first submission: later edits do not change what the executable was built from.
  package let source: SourceState
  package let executable: String
  /// Where tasks run: the checkout, with `Data/` in it.
  package let workingDirectory: String
  /// Runs even what is stated not to fit.
  package var force: Bool
  /// The names of the experiments that are gathered.
  package var experiments: [String]
  package var jobs: [Job]

  /// From how experiments are run here. Throws: `ProvenanceError` when a version is not to be found.
  package init(_ options: RunOptions, experiments: [String], dataDirectory: String?) throws {
    configuration = Configuration(
      scale: options.scale, seed: options.seed, repetitions: options.repetitions, settings: options.configuration,
      versions: try Versions.complete(options.versions),
      dataDirectory: dataDirectory.map { Self.absolute(URL(fileURLWithPath: $0, isDirectory: true)) },
      build: Self.build)
    source = options.source ?? SourceState.ofExecutable(in: options.sourceDirectory)
    executable = Self.absolute(URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath())
    workingDirectory = FileManager.default.currentDirectoryPath
    force = options.force
    self.experiments = experiments
    jobs = []
  }

  /// Throws `ClusterError.otherBuild` when this process is neither of the build that was submitted nor of the same commit: it may declare other parts, and
  /// judge by other claims.
  func checkSource(_ here: SourceState) throws {
    let isSameCommit = here.commit != nil && here.isDirty == false && here == source
    guard Self.build == configuration.build || isSameCommit else { throw ClusterError.otherBuild(executable: executable) }
  }

  /// How a task runs its experiment. Throws: `ClusterError.otherBuild` when this process is not of the build that was submitted.
  package func options() throws -> RunOptions {
    guard Self.build == configuration.build else { throw ClusterError.otherBuild(executable: executable) }
    var options = RunOptions(scale: configuration.scale)
    options.seed = configuration.seed
    options.repetitions = configuration.repetitions
    options.configuration = configuration.settings
    options.versions = configuration.versions
    options.force = force
    options.source = source
    return options
  }

  /// Throws `ClusterError.otherConfiguration` naming the first fact in which `other` differs; `folder` is where this one is.
  func checkSame(as other: Submission, in folder: URL) throws {
    let (old, new) = (configuration, other.configuration)
    let facts = [
      ("seed", "\(old.seed)", "\(new.seed)"), ("number of repetitions", "\(old.repetitions)", "\(new.repetitions)"),
      ("setting", Self.text(old.settings), Self.text(new.settings)), ("version", Self.text(old.versions), Self.text(new.versions)),
      ("data folder", old.dataDirectory ?? "Data", new.dataDirectory ?? "Data"),
    ]
    try Self.requireSame(facts, in: folder)
    guard old == new else {
      throw ClusterError.otherConfiguration(folder: folder.path, fact: "build", earlier: "built before", now: "built again")
    }
  }

  /// Throws `ClusterError.otherConfiguration` when a measured piece in `folder` is not of this submission: one that was cut while it was removed may have left some.
  func checkPiece(_ piece: Provenance, in folder: URL) throws {
    let (asked, found) = (configuration, piece.settings)
    let facts = [
      ("scale", "\(found.scale)", "\(asked.scale)"), ("seed", "\(found.seed)", "\(asked.seed)"),
      ("number of repetitions", "\(found.repetitions)", "\(asked.repetitions)"),
      ("setting", Self.text(found.configuration), Self.text(asked.settings)),
      ("source", piece.source.short, source.short),
    ]
    try Self.requireSame(facts, in: folder)
  }

  /// Throws `ClusterError.otherConfiguration` naming the first of the facts that is not what it was.
  private static func requireSame(_ facts: [(name: String, earlier: String, now: String)], in folder: URL) throws {
    if let fact = facts.first(where: { $0.earlier != $0.now }) {
      throw ClusterError.otherConfiguration(folder: folder.path, fact: fact.name, earlier: fact.earlier, now: fact.now)
    }
  }

  private static func text(_ values: [String: String]) -> String {
    values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  private static var build: String { RunOptions.executableIdentity?.replacing("\u{1F}", with: " bytes, ") ?? "unknown" }

  private static func absolute(_ url: URL) -> String { url.absoluteURL.standardizedFileURL.path }
}
