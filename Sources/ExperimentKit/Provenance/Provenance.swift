import Foundation

/// Everything one must know to judge or reproduce a result, as `provenance.json` beside the rows.
package struct Provenance: Sendable, Equatable {
  /// What was asked for.
  package struct Settings: Sendable, Equatable, Codable {
    package let experiment: String
    package let scale: Scale
    package let seed: UInt64
    package let repetitions: Int
    /// The caller's own settings, by name.
    package let configuration: [String: String]

    /// The caller's setting `data`, where runs on other data than usual have baselines of their own.
    var dataVariant: String? { configuration["data"] }
  }

  /// What the run took.
  package struct Usage: Sendable, Equatable, Codable {
    package let startedAt: Date
    package let finishedAt: Date
    /// Measured time of this attempt and of the units resumed from earlier ones; less than finish minus start if the run paused.
    package let wallSeconds: Double
    package let peakMemoryBytes: Int64
    /// False where the kernel counts the peak only for the whole process.
    package let isPeakOfThisRun: Bool
    /// What the experiment said it stored; null with no statement, which is not the same as zero.
    package let diskBytes: Int64?
    /// Units taken over from an interrupted attempt.
    package let resumedUnits: Int

    /// Written in full, nulls included.
    package func encode(to encoder: any Encoder) throws {
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

  package let settings: Settings
  package let source: SourceState
  package let machine: Machine
  package let versions: [String: String]
  package let data: DataRecord
  package let usage: Usage
  /// Where each part was measured, when a cluster's tasks measured them; nil for a run of one process.
  package let parts: [PartRecord]?

  package init(
    settings: Settings, source: SourceState, machine: Machine, versions: [String: String], data: DataRecord, usage: Usage,
    parts: [PartRecord]? = nil
  ) {
    self.settings = settings
    self.source = source
    self.machine = machine
    self.versions = versions
    self.data = data
    self.usage = usage
    self.parts = parts
  }
}
