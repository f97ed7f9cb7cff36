import Foundation

/// Where and how one part of a run was measured, when parts of it were measured by tasks of a cluster.
package struct PartRecord: Sendable, Equatable, Codable {
  /// The part's name; null for an experiment that is one piece.
  package let part: String?
  package let machine: Machine
  package let usage: Provenance.Usage

  /// Written in full, nulls included.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(part, forKey: .part)
    try container.encode(machine, forKey: .machine)
    try container.encode(usage, forKey: .usage)
  }
}

extension Machine {
  /// What several machines have in common: where texts differ all of them, of cores and memory the least. Trap: there must be one.
  init(combining machines: [Machine]) {
    func texts(_ fact: (Machine) -> String) -> String {
      var seen: Set<String> = []
      return machines.map(fact).filter { seen.insert($0).inserted }.joined(separator: " and ")
    }
    self.init(
      cpuModel: texts(\.cpuModel), cores: machines.map(\.cores).min()!, memoryBytes: machines.map(\.memoryBytes).min()!,
      kernel: texts(\.kernel), operatingSystem: texts(\.operatingSystem))
  }
}

extension Provenance {
  /// The provenance of a run from those of its parts, in the parts' order; times are added, the largest memory and disk are kept.
  ///
  /// Throws: `MixedParts` when parts are not of one source, build, data set and number of cores. Trap: there must be one.
  init(combining parts: [(name: String?, provenance: Provenance)]) throws {
    let first = parts[0].provenance
    for (name, other) in parts.dropFirst() {
      guard let fact = Self.difference(first, other) else { continue }
      throw MixedParts(
        experiment: first.settings.experiment, first: parts[0].name ?? "", second: name ?? "", fact: fact.name,
        values: (fact.first, fact.second))
    }
    let usages = parts.map(\.provenance.usage)
    self.init(
      settings: first.settings, source: first.source, machine: Machine(combining: parts.map(\.provenance.machine)),
      versions: first.versions, data: first.data,
      usage: Usage(
        startedAt: usages.map(\.startedAt).min()!, finishedAt: usages.map(\.finishedAt).max()!,
        wallSeconds: usages.reduce(0) { $0 + $1.wallSeconds }, peakMemoryBytes: usages.map(\.peakMemoryBytes).max()!,
        isPeakOfThisRun: usages.allSatisfy(\.isPeakOfThisRun), diskBytes: usages.compactMap(\.diskBytes).max(),
        resumedUnits: usages.reduce(0) { $0 + $1.resumedUnits }),
      parts: parts.map { PartRecord(part: $0.name, machine: $0.provenance.machine, usage: $0.provenance.usage) })
  }

  /// The first fact that must be the same and is not. Networks trained with another number of threads have other weights, so cores are such a fact.
  private static func difference(_ left: Provenance, _ right: Provenance) -> (name: String, first: String, second: String)? {
    func text(_ settings: Settings) -> String {
      "seed \(settings.seed), \(settings.repetitions) repetitions, \(settings.configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
    }
    func text(_ versions: [String: String]) -> String {
      versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    let facts: [(String, String, String)] = [
      ("settings", text(left.settings), text(right.settings)), ("source", left.source.short, right.source.short),
      ("versions", text(left.versions), text(right.versions)), ("data", left.data.debugDescription, right.data.debugDescription),
      ("cores", "\(left.machine.cores)", "\(right.machine.cores)"),
    ]
    return facts.first { $0.1 != $0.2 }.map { (name: $0.0, first: $0.1, second: $0.2) }
  }
}

/// Parts of one experiment that were measured under different circumstances, so that their rows are not those of one run.
package struct MixedParts: Error, CustomStringConvertible {
  package let experiment: String
  package let first: String
  package let second: String
  package let fact: String
  package let values: (String, String)

  package var description: String {
    "The parts of \(experiment) do not belong together. \(fact): '\(first)' has \(values.0), '\(second)' has \(values.1). "
      + "Submit it again with --fresh; where the cores differ, on nodes of one kind (--sbatch=--constraint=...)."
  }
}
