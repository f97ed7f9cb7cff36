import ExperimentKit
import Foundation
import Testing

@testable import experiments

/// Parts of an experiment may be measured on different machines only if no claim and no key figure sets a time of one against a time of another.
///
/// So all times of one part are made eight times as long, as a slow node would: nothing that is judged may change. Eight, because ratios stay exact.
enum PartTimes {
  /// The columns that say which part a row is of. An experiment that is divided must be here.
  private static let columns = [
    "fig6a-zillow-storage": ["predictions"], "fig6b-dnn-storage": ["workload", "policy"], "fig11a-logging-overhead": ["pipeline"],
    "fig11b-logging-overhead": ["workload"], "table2-svcca": ["scheme"], "similarity-cost": ["workload"],
  ]

  /// Checks the divided experiments that were run under `results` at scale smoke.
  static func check(in results: URL) throws {
    let laboratory = try Catalogue.laboratory(try Settings(option: nil, environment: [:]))
    let divided = laboratory.experiments.filter { !$0.parts(.smoke).isEmpty }
    #expect(Set(divided.map(\.name)) == Set(columns.keys))
    let folder = ResultsFolder(root: results)
    for experiment in divided {
      let table = try MeasurementTable(reading: folder.rows(of: experiment.name, at: .smoke))
      let judged = judgements(experiment, table)
      #expect(judged.contains { $0.contains("holds") || $0.contains("does not hold") }, "\(experiment.name)")
      let dependent = try dependent(experiment, table, columns: try #require(columns[experiment.name]))
      #expect(dependent.isEmpty, "\(experiment.name): times of \(dependent) are set against times of other parts")
    }
    // The canary: reading is compared scheme with scheme, which is why this experiment is one piece.
    let whole = try #require(laboratory.experiments.first { $0.name == "fig7b-read-cost" })
    let rows = try MeasurementTable(reading: folder.rows(of: whole.name, at: .smoke))
    #expect(try whole.parts(.smoke).isEmpty && !dependent(whole, rows, columns: ["scheme"]).isEmpty)
  }

  /// The values of `columns` whose times some judgement sets against other times.
  private static func dependent(_ experiment: Experiment, _ table: MeasurementTable, columns: [String]) throws -> [[String]] {
    let judged = judgements(experiment, table)
    let places = try Set(table.rows.map { try place(of: $0, in: table, columns) })
    #expect(places.count >= max(2, experiment.parts(.smoke).count), "\(experiment.name)")
    return try places.filter { slow in
      try judgements(experiment, slowed(table) { try place(of: $0, in: table, columns) == slow }) != judged
    }
  }

  private static func place(of row: MeasurementRow, in table: MeasurementTable, _ columns: [String]) throws -> [String] {
    try columns.map { name in row.coordinates[try #require(table.parameters.firstIndex(of: name))] }
  }

  private static func slowed(_ table: MeasurementTable, where isSlow: (MeasurementRow) throws -> Bool) throws -> MeasurementTable {
    var result = try MeasurementTable(parameters: table.parameters)
    for row in table.rows {
      let place: MeasurementTable.Parameters = Dictionary(uniqueKeysWithValues: zip(table.parameters, row.coordinates))
      if row.unit == "s", try isSlow(row) {
        try result.append(row.metric, row.value.double * 8, unit: row.unit, at: place)
      } else {
        try result.append(row.metric, row.value, unit: row.unit, at: place)
      }
    }
    return result
  }

  /// Every claim, at the scale where all are judged, and every key figure, as text.
  private static func judgements(_ experiment: Experiment, _ table: MeasurementTable) -> [String] {
    experiment.outcome.claims.map { claim in
      let result = claim.result(for: table, at: .paper)
      return "\(result.id) \(result.outcome.rawValue) \(result.numbers.map { "\($0.name) \($0.value)" }) \(result.remark ?? "")"
    }
      + experiment.outcome.keyFigures.map { figure in
        do { return "\(figure.label) \(try figure.text(table))" } catch { return "\(figure.label): \(error)" }
      }
  }
}
