import Foundation

/// The catalogue of experiments, in the order they are listed and run.
///
/// Owns the names. Never runs anything.
package struct Laboratory: Sendable {
  package let experiments: [Experiment]
  /// Those that are run, compared and made baselines of when none is named.
  package let usual: [Experiment]

  /// - Parameter onDemand: names of experiments that only run when they are asked for by name: `all` and no pattern means them.
  ///
  /// Throws: `ExperimentError` when a name or alias is malformed or leads to two experiments.
  package init(_ experiments: [Experiment], onDemand: Set<String> = []) throws {
    var owners: [String: String] = [:]
    for experiment in experiments {
      for figure in experiment.outcome.figures { try ExperimentError.checkName(figure.name) }
      for name in [experiment.name] + experiment.identity.aliases {
        try ExperimentError.checkName(name)
        if let owner = owners.updateValue(experiment.name, forKey: name) {
          throw ExperimentError.nameTaken(name, by: [owner, experiment.name])
        }
      }
    }
    self.experiments = experiments
    usual = experiments.filter { !onDemand.contains($0.name) }
  }

  /// The experiments a request means: an exact name or alias, a figure or table number (`6`, `fig 6`, `Figure 7a`, `table 2`), a
  /// pattern with `*` and `?`, or `all`.
  ///
  /// Throws: `UnknownExperiment` with near matches and every name there is.
  package func resolve(_ request: String) throws -> [Experiment] {
    let wanted = request.trimmingCharacters(in: .whitespaces).lowercased()
    if wanted == "all" { return usual }
    if let exact = experiment(named: wanted) { return [exact] }
    for candidate in Self.numberedNames(wanted) {
      if let numbered = experiment(named: candidate) { return [numbered] }
    }
    if wanted.contains(where: { "*?[".contains($0) }) {
      let matching = usual.filter { experiment in
        ([experiment.name] + experiment.identity.aliases).contains { fnmatch(wanted, $0, 0) == 0 }
      }
      if !matching.isEmpty { return matching }
    }
    throw UnknownExperiment(request: request, near: near(wanted), all: experiments.map(\.name))
  }

  /// The experiments several requests mean, each once, in catalogue order.
  package func resolve(_ requests: [String]) throws -> [Experiment] {
    let names = try Set(requests.flatMap { try resolve($0).map(\.name) })
    return experiments.filter { names.contains($0.name) }
  }

  private func experiment(named name: String) -> Experiment? {
    experiments.first { $0.name == name || $0.identity.aliases.contains(name) }
  }

  /// `6` and `Figure 6` mean `fig6`; `table 2` means `table2`.
  private static func numberedNames(_ wanted: String) -> [String] {
    let compact = wanted.filter { !" .-".contains($0) }
    for (prefix, stem) in [("figure", "fig"), ("fig", "fig"), ("table", "table"), ("tab", "table")] where compact.hasPrefix(prefix) {
      return [stem + compact.dropFirst(prefix.count)]
    }
    return compact.first?.isNumber == true ? ["fig" + compact] : []
  }

  private func near(_ wanted: String) -> [String] {
    let scored = experiments.compactMap { experiment -> (name: String, distance: Int)? in
      let names = [experiment.name] + experiment.identity.aliases
      if names.contains(where: { $0.contains(wanted) || (wanted.count > 2 && wanted.contains($0)) }) { return (experiment.name, 0) }
      let distance = names.map { Self.editDistance($0, wanted) }.min() ?? Int.max
      return distance <= max(2, wanted.count / 3) ? (experiment.name, distance) : nil
    }
    return scored.sorted { $0.distance < $1.distance }.prefix(5).map(\.name)
  }

  /// Levenshtein's distance, row by row.
  static func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.unicodeScalars)
    let right = Array(right.unicodeScalars)
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}

/// A request that means no experiment.
package struct UnknownExperiment: Error, Equatable, CustomStringConvertible {
  package let request: String
  package let near: [String]
  package let all: [String]

  package var description: String {
    let hint = near.isEmpty ? "" : " Did you mean \(near.joined(separator: ", "))?"
    return "There is no experiment '\(request)'.\(hint) All experiments: \(all.joined(separator: ", ")). "
      + "Give a name, an alias, a figure number or a pattern such as 'fig*'."
  }
}
