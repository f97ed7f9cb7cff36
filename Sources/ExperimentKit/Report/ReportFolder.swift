import Foundation

/// A folder of results that a report is made of and put into: the runs of one scale, each in a folder of its own, or published results side by side.
package struct ReportFolder: Sendable, Equatable {
  /// Runs that may be replaced while nobody looks.
  private struct Runs: Sendable, Equatable {
    let results: ResultsFolder
    let scale: Scale
  }

  package let url: URL
  /// The runs that are in it; nil for published results, which no run replaces.
  private let runs: Runs?
  /// Whether files are called `<experiment>.rows.csv` rather than `<experiment>/rows.csv`.
  package var isFlat: Bool { runs == nil }

  private init(url: URL, runs: Runs?) {
    self.url = url
    self.runs = runs
  }

  /// The runs at one scale.
  package init(runs results: ResultsFolder, at scale: Scale) {
    self.init(url: results.runs(at: scale), runs: Runs(results: results, scale: scale))
  }

  /// `folder` as a folder of results with runs at `scale`, or else as one of published results.
  ///
  /// Throws: `ReportError.noResults` when it is neither.
  package init(_ folder: URL, at scale: Scale) throws {
    let runs = Self(runs: ResultsFolder(root: folder), at: scale)
    if AtomicFile.exists(runs.url) {
      self = runs
      return
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard names.contains(where: { $0.hasSuffix(".\(Self.provenance)") || $0.hasSuffix(".\(Self.rows)") }) else {
      throw ReportError.noResults(folder: folder.path, scale: scale)
    }
    self.init(url: folder, runs: nil)
  }

  /// Ends or undoes the replacement of an experiment's run that a crash cut: else the run would seem not to be there.
  func recover(_ experiment: String) throws {
    if let runs { try runs.results.recoverCut(experiment, at: runs.scale) }
  }

  static let rows = "rows.csv"
  static let provenance = "provenance.json"
  static let claims = "claims.json"

  /// The path of a record of an experiment, from this folder on.
  func path(_ record: String, of experiment: String) -> String { isFlat ? "\(experiment).\(record)" : "\(experiment)/\(record)" }

  /// The path of a figure's file, from this folder on.
  func path(figure file: String, of experiment: String) -> String { isFlat ? file : "\(experiment)/\(file)" }

  func file(_ path: String) -> URL { url.appendingPathComponent(path) }

  /// The way to this folder from another one: empty, or relative and with a slash at its end.
  func way(from other: URL) -> String {
    let (here, there) = (url.standardizedFileURL.pathComponents, other.standardizedFileURL.pathComponents)
    let common = zip(here, there).prefix { $0 == $1 }.count
    let steps = Array(repeating: "..", count: there.count - common) + here.dropFirst(common)
    return steps.map { $0 + "/" }.joined()
  }
}

/// Why no report is made.
package enum ReportError: Error, Equatable, CustomStringConvertible {
  case noResults(folder: String, scale: Scale)
  case nothingRun(folder: String)
  case half(String, present: String, absent: String)
  case otherExperiment(String, found: String, file: String)

  package var description: String {
    switch self {
    case .noResults(let folder, let scale):
      "\(folder) holds neither runs at scale \(scale) nor published results. Run experiments first (experiments run all --scale \(scale)), or give "
        + "the folder of results with --results."
    case .nothingRun(let folder):
      "\(folder) holds no complete run of an experiment, so there is nothing to report. Run one first."
    case .half(let experiment, let present, let absent):
      "\(experiment) has \(present) and no \(absent). Restore what is missing, or run the experiment again."
    case .otherExperiment(let experiment, let found, let file):
      "\(file) is of \(found) and not of \(experiment). Restore it, or run the experiment again."
    }
  }
}
