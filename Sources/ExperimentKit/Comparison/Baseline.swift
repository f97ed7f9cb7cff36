import Foundation

/// The rows of a run that later runs are held to, with the facts of the run and the reason it was made the baseline.
package struct Baseline: Sendable, Equatable {
  /// The sidecar `<experiment>.provenance.json`.
  package struct Sidecar: Sendable, Equatable, Codable {
    /// Why this baseline was set or changed.
    package let reason: String
    package let provenance: Provenance
    /// What became of each claim, by its id; `nil` in baselines that are older than this.
    package var outcomes: [String: ClaimResult.Outcome]?
    /// The claims whose outcome times a quarter off would change (``Claim/margin``), sorted: shown by a comparison, not judged, if the run is close too.
    package var close: [String]?
    /// How many rows it has, so that a file that was cut shows; `nil` in baselines that are older than this, which are refused.
    package var rows: Int?
  }

  /// The experiment's parameters without the repetition, then `gate`; medians over the repetitions.
  package let table: MeasurementTable
  package let sidecar: Sidecar
  static let gateColumn = "gate"

  /// Takes the gated and reported metrics of a run, and the outcomes of its claims.
  ///
  /// Throws: `BaselineError` when the reason is empty, a gated metric was not measured, an exact one differs between repetitions, or a claim could not be
  /// judged.
  package init(_ rows: MeasurementTable, gates: [Gate], claims: [Claim] = [], provenance: Provenance, reason: String) throws {
    let experiment = provenance.settings.experiment
    guard !reason.allSatisfy(\.isWhitespace) else { throw BaselineError.noReason(experiment) }
    guard !gates.isEmpty else { throw BaselineError.noGates(experiment) }
    var table = try MeasurementTable(parameters: rows.parametersWithoutRepetition + [Self.gateColumn])
    let parameters = rows.parametersWithoutRepetition
    for gate in gates where !rows.grouped(by: gate.metric).contains(where: { gate.covers(gate.metric, parameters, $0.coordinates) }) {
      throw BaselineError.notMeasured(
        experiment, metric: gate.metric, place: gate.place.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    }
    for metric in gates.metrics {
      let groups = rows.grouped(by: metric)
      for group in groups {
        guard let gate = gates.gate(of: metric, parameters, group.coordinates) else { continue }
        if gate.rule == .exact, let other = group.values.first(where: { $0 != group.values[0] }) {
          throw BaselineError.notReproducible(experiment, metric: gate.metric, values: [group.values[0].description, other.description])
        }
        try table.append(
          MeasurementRow(coordinates: group.coordinates + [gate.text], metric: gate.metric, unit: group.unit, value: group.median))
      }
    }
    self.table = table
    let results = claims.results(for: rows, at: provenance.settings.scale)
    if let broken = results.first(where: { $0.outcome == .error }) {
      throw BaselineError.notJudged(experiment, claim: broken.id, why: broken.remark ?? "")
    }
    sidecar = Sidecar(
      reason: reason, provenance: provenance, outcomes: Dictionary(results.map { ($0.id, $0.outcome) }) { first, _ in first },
      close: claims.filter { $0.changesWithTimes(in: rows, at: provenance.settings.scale, gates: gates) }.map(\.id).sorted(),
      rows: table.rows.count)
  }

  /// Reads the baseline of an experiment. Throws: `BaselineError.none` and `.notCounted`, `CSVError`, `RecordError`.
  package init(reading results: ResultsFolder, of experiment: String, at scale: Scale, variant: String? = nil) throws {
    let file = results.baseline(of: experiment, at: scale, variant: variant)
    guard AtomicFile.exists(file) else { throw BaselineError.none(experiment, scale, path: file.path) }
    table = try MeasurementTable(reading: file)
    guard table.parameters.last == Self.gateColumn else {
      throw CSVError(file: file.path, line: 1, problem: "the last parameter column is not '\(Self.gateColumn)'")
    }
    let record = results.baselineSidecar(of: experiment, at: scale, variant: variant)
    sidecar = try AtomicFile.readJSON(Sidecar.self, from: record)
    // A file that was cut at the end of a line would guard nothing of what is gone.
    guard let count = sidecar.rows else { throw BaselineError.notCounted(experiment, scale, path: record.path) }
    guard count == table.rows.count else {
      throw CSVError(file: file.path, line: table.rows.count + 1, problem: "it has \(table.rows.count) rows, and its record says \(count)")
    }
  }

  /// Writes both files, the sidecar first: rows never stand without their reason.
  package func write(to results: ResultsFolder, variant: String? = nil) throws {
    let settings = sidecar.provenance.settings
    try AtomicFile.writeJSON(sidecar, to: results.baselineSidecar(of: settings.experiment, at: settings.scale, variant: variant))
    try table.write(to: results.baseline(of: settings.experiment, at: settings.scale, variant: variant))
  }
}

extension MeasurementTable {
  struct Group {
    let coordinates: [String]
    let unit: String
    var values: [MeasuredValue]

    /// The one value, kept exact, or the median of several.
    var median: MeasuredValue {
      values.allSatisfy { $0 == values[0] } ? values[0] : .real(Timings.median(of: values.map(\.double)))
    }
  }

  var parametersWithoutRepetition: [String] { parameters.filter { $0 != Self.repetition } }

  /// The repetitions of every measurement of a metric, in order of first appearance.
  func grouped(by metric: String) -> [Group] {
    var groups: [Group] = []
    var places: [[String]: Int] = [:]
    for row in rows where row.metric == metric {
      let coordinates = coordinatesWithoutRepetition(of: row)
      if let place = places[coordinates] {
        groups[place].values.append(row.value)
      } else {
        places[coordinates] = groups.count
        groups.append(Group(coordinates: coordinates, unit: row.unit, values: [row.value]))
      }
    }
    return groups
  }
}

/// Why there is no baseline.
package enum BaselineError: Error, Equatable, CustomStringConvertible {
  case noReason(String)
  case noGates(String)
  case notMeasured(String, metric: String, place: [String] = [])
  case notReproducible(String, metric: String, values: [String])
  case notJudged(String, claim: String, why: String)
  case none(String, Scale, path: String)
  case notCounted(String, Scale, path: String)
  case otherScale(String, run: Scale)
  case dirty(String)
  case unknownSource(String)
  case unknownVersion(String, version: String)

  package var description: String {
    switch self {
    case .noReason(let name):
      "A baseline of \(name) changes only with a reason. Say in a sentence why the numbers are now the right ones."
    case .noGates(let name):
      "\(name) declares no gates, so it has nothing to be held to. Declare them in its outcome."
    case .notMeasured(let name, let metric, let place):
      "\(name) gates '\(metric)'\(place.isEmpty ? "" : " at \(place.joined(separator: " "))"), but the run holds no row of it. Record it, or remove the gate."
    case .notReproducible(let name, let metric, let values):
      "\(name) gates '\(metric)' exactly, but its repetitions differ: \(values.joined(separator: ", ")). "
        + "Fix the seed, or state a tolerance."
    case .notJudged(let name, let claim, let why):
      "\(name) claims \(claim), which could not be judged: \(why) Mend the claim or the rows first."
    case .none(let name, let scale, let path):
      "\(name) has no baseline at scale \(scale) (\(path)). Run it, look at the numbers, and write one with a reason."
    case .notCounted(let name, let scale, let path):
      "\(path) does not say how many rows the baseline has, so that nobody would see that it was cut. Set it anew: experiments run \(name) --scale \(scale), "
        + "then experiments baseline \(name) --scale \(scale) --reason \"why\""
    case .dirty(let name):
      "The run of \(name) is of a source with changes that were not committed: nobody could measure it again. Commit and run it, or give --dirty."
    case .unknownSource(let name):
      "The run of \(name) does not say of which commit it is: nobody could measure it again. Run it with the program in the checkout, or give --dirty."
    case .unknownVersion(let name, let version):
      "The run of \(name) does not say what its \(version) were, by which its baselines differ. Run the experiment again."
    case .otherScale(let name, let run):
      "The run of \(name) under this folder says it was made at scale \(run). Run the experiment again."
    }
  }
}
