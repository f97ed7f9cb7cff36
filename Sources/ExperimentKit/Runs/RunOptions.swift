import Foundation

/// How an experiment is run.
public struct RunOptions: Sendable, Equatable {
  public var scale: Scale = .standard
  public var seed: UInt64 = 2018
  /// How often a timed measurement is repeated.
  public var repetitions = 3
  /// Runs even what is stated not to fit.
  public var force = false
  /// The caller's own settings. A run resumes only with the same ones.
  public var configuration: [String: String] = [:]
  /// Versions of the libraries used, by name, e.g. `oneDNN`. Those of swift and gnuplot are found unless given.
  public var versions: [String: String] = [:]
  /// A folder of the checkout whose commit the provenance names.
  public var sourceDirectory = URL(fileURLWithPath: ".", isDirectory: true)

  public init(scale: Scale = .standard) {
    self.scale = scale
  }

  /// What must be the same for an interrupted run to go on: the settings, the source and the executable itself.
  func fingerprint(of experiment: Experiment, source: SourceState) -> String {
    var parts = [experiment.name, scale.rawValue, "\(seed)", "\(repetitions)"]
    parts += experiment.parameters
    parts += configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    parts += versions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    parts += [source.commit ?? "no commit", "\(source.isDirty ?? true)"]
    // A changed but uncommitted source shows in the executable: a rebuild has another time and mostly another size.
    var status = stat()
    if stat("/proc/self/exe", &status) == 0 {
      parts += ["\(status.st_size)", "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"]
    }
    return Fingerprint.hex(Array(parts.joined(separator: "\u{1F}").utf8))
  }
}

/// What came of a run.
public struct RunReport: Sendable {
  public let experiment: String
  public let scale: Scale
  public let folder: URL
  public let provenance: Provenance
  public let claims: [ClaimResult]
  public let pictures: [URL]
  /// Figures that could not be drawn, with the reason. The rows are kept all the same: redraw when it is mended.
  public let figureFailures: [String]

  /// 0 when every claim that applies holds and every figure is drawn, else 1.
  public var exitStatus: Int32 { claims.contains(where: \.isFailure) || !figureFailures.isEmpty ? 1 : 0 }
}
