import Foundation

/// Everything one must know to judge a result or get it again, as `provenance.json` beside the rows.
public struct Provenance: Sendable, Equatable {
  /// What was asked for.
  public struct Settings: Sendable, Equatable, Codable {
    public let experiment: String
    public let scale: Scale
    public let seed: UInt64
    public let repetitions: Int
    /// The caller's own settings, by name.
    public let configuration: [String: String]

    /// The caller's setting `data`, where runs on other data than usual have baselines of their own.
    var dataVariant: String? { configuration["data"] }
  }

  /// What the run took.
  public struct Usage: Sendable, Equatable, Codable {
    public let startedAt: Date
    public let finishedAt: Date
    /// Measured time of this attempt and of the units resumed from earlier ones; less than finish minus start if the run paused.
    public let wallSeconds: Double
    public let peakMemoryBytes: Int64
    /// False where the kernel counts the peak only for the whole process.
    public let isPeakOfThisRun: Bool
    /// What the experiment said it stored; null with no statement, which is not the same as zero.
    public let diskBytes: Int64?
    /// Units taken over from an interrupted attempt.
    public let resumedUnits: Int

    /// Written in full, nulls included.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(startedAt, forKey: .startedAt)
      try container.encode(finishedAt, forKey: .finishedAt)
      try container.encode(wallSeconds, forKey: .wallSeconds)
      try container.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
      try container.encode(isPeakOfThisRun, forKey: .isPeakOfThisRun)
      try container.encode(diskBytes, forKey: .diskBytes)
      try container.encode(resumedUnits, forKey: .resumedUnits)
    }
  }

  public let settings: Settings
  public let source: SourceState
  public let machine: Machine
  public let versions: [String: String]
  public let data: DataRecord
  public let usage: Usage

  /// What a figure drawn from this run carries on its face.
  public var stamp: FigureStamp {
    FigureStamp(data: data, source: source, scale: settings.scale, experiment: settings.experiment)
  }
}
