import Foundation

/// The closing table: what was run, its key figures, which claims hold; and at the end, once, where the pictures are.
package struct RunSummary: Sendable {
  private let laboratory: Laboratory
  private let results: ResultsFolder

  package init(_ laboratory: Laboratory, results: ResultsFolder) {
    self.laboratory = laboratory
    self.results = results
  }

  /// The most columns that the summary takes, and takes where there is no terminal, so that a log can be read too.
  package static let widest = 100

  /// The summary of every published run at `scale`, for a terminal of `width` columns but never more than `widest`.
  ///
  /// Claims that do not hold are listed in full under the table. A damaged run is shown as damaged, never left out.
  package func text(at scale: Scale, width: Int? = nil) -> String {
    let width = min(width ?? Self.widest, Self.widest)
    var table = TextTable(header: ["experiment", "data", "key figures", "claims", "time"])
    var failures: [ClaimResult] = []
    var missing: [String] = []
    var (pictures, undrawn): ([String], [String]) = ([], [])
    for experiment in laboratory.experiments {
      guard AtomicFile.exists(results.run(of: experiment.name, at: scale)) else {
        if laboratory.usual.contains(where: { $0.name == experiment.name }) { missing.append(experiment.name) }
        continue
      }
      var drawn = experiment.outcome.figures
      do {
        let rows = try MeasurementTable(reading: results.rows(of: experiment.name, at: scale))
        drawn = drawn.filter { $0.isOf(rows) }
        let claims = experiment.outcome.claims.results(for: rows, at: scale)
        table.append(try row(of: experiment, rows, claims: claims, at: scale))
        failures += claims.filter(\.isFailure)
      } catch {
        table.append([experiment.name, "DAMAGED", "\(error)", "", ""])
      }
      for figure in drawn {
        let file = "\(experiment.name)/\(figure.name).png"
        if AtomicFile.exists(results.runs(at: scale).appendingPathComponent(file)) {
          pictures.append(file)
        } else {
          undrawn.append(figure.name)
        }
      }
    }
    func list(_ heading: String, _ items: [String], separator: String) -> String {
      guard !items.isEmpty else { return "" }
      let lines = TextTable.wrapped(items.joined(separator: separator), to: width - 2)
      return "\n\(heading):\n" + lines.map { "  \($0)\n" }.joined()
    }
    let place = results.runs(at: scale).relativePath
    return "Results at scale \(scale), in \(place)\n\n" + table.rendered(width: width)
      + list("Claims that do not hold", failures.map(\.description), separator: "\n")
      + list("Not run at this scale", missing, separator: ", ") + list("Not drawn", undrawn, separator: ", ")
      + list("Pictures, in \(place)", pictures, separator: " ")
  }

  /// The width of the terminal on standard output; nil when it is not one.
  package static var terminalWidth: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private func row(of experiment: Experiment, _ rows: MeasurementTable, claims: [ClaimResult], at scale: Scale) throws -> [String] {
    let provenance = try AtomicFile.readJSON(Provenance.self, from: results.provenance(of: experiment.name, at: scale))
    let keyFigures = experiment.outcome.keyFigures.map { figure in
      do {
        return "\(figure.label) \(try figure.text(rows))"
      } catch {
        return "\(figure.label): \(error)"
      }
    }
    return [
      experiment.name, provenance.data.kind.rawValue, keyFigures.joined(separator: "\n"), Self.count(claims),
      Quantity.seconds(provenance.usage.wallSeconds),
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
