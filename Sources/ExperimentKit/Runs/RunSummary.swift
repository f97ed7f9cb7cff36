import Foundation

/// The closing table: what was run, its key figures, which claims hold, where the pictures are.
package struct RunSummary: Sendable {
  private let laboratory: Laboratory
  private let results: ResultsFolder

  package init(_ laboratory: Laboratory, results: ResultsFolder) {
    self.laboratory = laboratory
    self.results = results
  }

  /// The summary of every published run at `scale`, for a terminal of `width` columns (unlimited when nil).
  ///
  /// Claims that do not hold are listed in full under the table. A damaged run is shown as damaged, never left out.
  package func text(at scale: Scale, width: Int? = nil) -> String {
    var table = TextTable(header: ["experiment", "data", "key figures", "claims", "time", "pictures"])
    var failures: [ClaimResult] = []
    var missing: [String] = []
    for experiment in laboratory.experiments {
      guard AtomicFile.exists(results.run(of: experiment.name, at: scale)) else {
        if laboratory.usual.contains(where: { $0.name == experiment.name }) { missing.append(experiment.name) }
        continue
      }
      do {
        let claims = try AtomicFile.readJSON([ClaimResult].self, from: results.claims(of: experiment.name, at: scale))
        failures += claims.filter(\.isFailure)
        table.append(try row(of: experiment, claims: claims, at: scale))
      } catch {
        table.append([experiment.name, "DAMAGED", "\(error)", "", "", ""])
      }
    }
    var text = "Results at scale \(scale), in \(results.root.appendingPathComponent("runs/\(scale)").path)\n\n"
    text += table.rendered(width: width)
    if !failures.isEmpty { text += "\nClaims that do not hold:\n" + failures.map { "  \($0)\n" }.joined() }
    if !missing.isEmpty { text += "\nNot run at this scale: \(missing.joined(separator: ", "))\n" }
    return text
  }

  /// The width of the terminal on standard output; nil when it is not one.
  package static var terminalWidth: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private func row(of experiment: Experiment, claims: [ClaimResult], at scale: Scale) throws -> [String] {
    let provenance = try AtomicFile.readJSON(Provenance.self, from: results.provenance(of: experiment.name, at: scale))
    let rows = try MeasurementTable(reading: results.rows(of: experiment.name, at: scale))
    let keyFigures = experiment.outcome.keyFigures.map { figure in
      do {
        return "\(figure.label) \(try figure.text(rows))"
      } catch {
        return "\(figure.label): \(error)"
      }
    }
    let folder = results.run(of: experiment.name, at: scale)
    let pictures = experiment.outcome.figures.map { figure in
      let file = folder.appendingPathComponent("\(figure.name).png")
      return AtomicFile.exists(file) ? "\(experiment.name)/\(file.lastPathComponent)" : "\(figure.name): not drawn"
    }
    return [
      experiment.name, provenance.data.kind.rawValue, keyFigures.joined(separator: "\n"), Self.count(claims),
      Quantity.seconds(provenance.usage.wallSeconds), pictures.joined(separator: "\n"),
    ]
  }

  /// `3 hold`, `2 hold, 1 does NOT`, `1 in ERROR` ...
  static func count(_ claims: [ClaimResult]) -> String {
    let counts = Dictionary(grouping: claims, by: \.outcome).mapValues(\.count)
    var parts: [String] = []
    if let holding = counts[.holds] { parts.append("\(holding) hold") }
    if let failing = counts[.doesNotHold] { parts.append("\(failing) NOT") }
    if let broken = counts[.error] { parts.append("\(broken) in ERROR") }
    if let idle = counts[.notApplicable] { parts.append("\(idle) not applicable") }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }
}
