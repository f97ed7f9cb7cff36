/// One result of the paper as a value: what is run, what it costs, what must come out, and how it is drawn.
///
/// Owns no state and touches no file; `Runner` runs it. Never knows an engine: `run` brings its own.
///
///     let storage = Experiment(
///       .init(name: "fig6-storage", aliases: ["fig6"], title: "Stored bytes by policy", source: "section 8.2, figure 6"),
///       parameters: ["workload", "policy"],
///       costs: [.smoke: Cost(seconds: 5, diskBytes: 50_000_000, memoryBytes: 500_000_000)],
///       outcome: .init(claims: [dedupNeverLarger], figures: [storedBytes], gates: [Gate("storedBytes", .exact, better: .lower)])
///     ) { context in ... }
package struct Experiment: Sendable {
  /// What an experiment is called and where it comes from.
  package struct Identity: Sendable {
    /// The name of its folder and on the command line, e.g. `fig6-storage`: lower-case letters, digits, `-` and `.`.
    package let name: String
    /// Other names it answers to, e.g. `fig6`.
    package let aliases: [String]
    /// One line for people.
    package let title: String
    /// Where in the paper, e.g. `section 8.2, figure 6`.
    package let source: String

    package init(name: String, aliases: [String] = [], title: String, source: String) {
      self.name = name
      self.aliases = aliases
      self.title = title
      self.source = source
    }
  }

  /// What is made of the rows once they are measured.
  package struct Outcome: Sendable {
    package let claims: [Claim]
    package let figures: [Figure]
    package let gates: [Gate]
    package let keyFigures: [KeyFigure]

    package init(claims: [Claim] = [], figures: [Figure] = [], gates: [Gate] = [], keyFigures: [KeyFigure] = []) {
      self.claims = claims
      self.figures = figures
      self.gates = gates
      self.keyFigures = keyFigures
    }
  }

  package let identity: Identity
  /// The parameter columns of its rows; `repetition` is added to every experiment.
  package let parameters: [String]
  /// The expected cost at every scale it can be run at.
  package let costs: [Scale: Cost]
  package let outcome: Outcome
  /// The version, by its name in the provenance, that decides what its rows are held to: each has baselines of its own. `nil` where one serves all machines.
  package var baselineVersion: String?
  /// The parts that may be measured apart from each other, in the order in which `run` comes to them; none when it is one piece.
  package let parts: @Sendable (Scale) -> [ExperimentPart]
  /// Measures, and records rows in the context. Runs on the thread that calls `Runner.run`.
  package let run: @Sendable (RunContext) throws -> Void

  package init(
    _ identity: Identity, parameters: [String], costs: [Scale: Cost], outcome: Outcome,
    parts: @escaping @Sendable (Scale) -> [ExperimentPart] = { _ in [] },
    run: @escaping @Sendable (RunContext) throws -> Void
  ) {
    self.identity = identity
    self.parameters = parameters
    self.costs = costs
    self.outcome = outcome
    self.parts = parts
    self.run = run
  }

  package var name: String { identity.name }
  package var title: String { identity.title }

  /// The expected cost at `scale`. Throws: `ExperimentError.noCost` naming the scales that have one.
  package func cost(at scale: Scale) throws -> Cost {
    guard let cost = costs[scale] else { throw ExperimentError.noCost(name, scale, stated: costs.keys.sorted()) }
    return cost
  }

  /// An empty table with this experiment's columns.
  package func emptyTable() throws -> MeasurementTable {
    try MeasurementTable(parameters: parameters + [MeasurementTable.repetition])
  }
}

/// One number of an experiment that the summary shows, e.g. `DEDUP saves 110x`.
package struct KeyFigure: Sendable {
  package let label: String
  /// Computes the text to show from the rows; throws where the rows do not hold it.
  package let text: @Sendable (MeasurementTable) throws -> String

  package init(_ label: String, _ text: @escaping @Sendable (MeasurementTable) throws -> String) {
    self.label = label
    self.text = text
  }
}

/// An experiment that is put together wrongly, or that cannot be run as requested.
package enum ExperimentError: Error, Equatable, CustomStringConvertible {
  case noCost(String, Scale, stated: [Scale])
  case badName(String)
  case nameTaken(String, by: [String])

  package var description: String {
    switch self {
    case .noCost(let name, let scale, let stated):
      "\(name) states no cost for scale \(scale), so it is not run there. It can be run at: "
        + "\(stated.map(\.rawValue).joined(separator: ", "))."
    case .badName(let name):
      "'\(name)' cannot name an experiment or a figure: use lower-case letters, digits, '-' and '.', beginning with a letter or digit."
    case .nameTaken(let name, let owners):
      "The name '\(name)' is used by \(owners.joined(separator: " and ")). Every name and alias must lead to one experiment."
    }
  }

  static func checkName(_ name: String) throws {
    guard PlainName.isOne(name) else { throw badName(name) }
  }
}
