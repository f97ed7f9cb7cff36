import ExperimentKit

/// What a run came to as text for a terminal: a table, what was left out, and the recommendation.
enum PoliciesTable {
  /// Columns of a terminal that the table fits.
  static let width = 100

  static func text(_ table: MeasurementTable, baseline: String) throws -> String {
    let outcomes = try PolicyOutcome.all(table)
    let raw = try table.value("rawBytes")
    var taken = TextTable(header: ["policy", "bytes", "of raw", "logging"] + PolicyQuestion.allCases.map(\.rawValue))
    var kept = TextTable(header: ["policy", "neighbours", "at worst", "in", "SVCCA", "mean error", "greatest"])
    for outcome in outcomes {
      taken.append(
        [
          outcome.name, Quantity.bytes(outcome.storedBytes), Quantity.percent(outcome.storedBytes / outcome.rawBytes),
          Quantity.ratio(outcome.overhead),
        ] + PolicyQuestion.allCases.map { Quantity.seconds(outcome.readSeconds[$0] ?? 0) })
      kept.append([
        outcome.name, outcome.neighbours.map(Recommendation.share) ?? "-", outcome.worst.map { Recommendation.share($0.neighbours) } ?? "-",
        outcome.worst.map { $0.neighbours < 1 ? $0.intermediate : "-" } ?? "-", outcome.similarity.map { Quantity.plain($0) } ?? "-",
        Quantity.plain(outcome.meanError), Quantity.plain(outcome.greatestError),
      ])
    }
    var text = "\nWhat each policy takes, over all intermediates; the values as they are take \(Quantity.bytes(raw)):\n\n"
    text += taken.rendered(width: width) + "\nWhat it keeps of full precision:\n\n" + kept.rendered(width: width) + "\n"
    text += "logging: over \(baseline). Questions: warm reads of every intermediate.\n"
    text += "neighbours: the share of nearest rows that are still among them. Errors: of single values, in standard deviations.\n"
    for outcome in outcomes where outcome.lostValues > 0 {
      text +=
        "\(outcome.name) makes \(Quantity.grouped(outcome.lostValues)) of the compared values NaN or infinite that are not, or the other way round.\n"
    }
    for (reason, names) in try PolicyOutcome.skipped(table) { text += "Left out: \(names.joined(separator: ", ")). \(reason)\n" }
    text += "\n" + Recommendation(outcomes).sentences.joined(separator: " ") + "\n"
    return text
  }
}
