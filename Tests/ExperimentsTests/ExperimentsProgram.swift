import Foundation
import TestSupport
import Testing

/// The program as a user runs it, in a folder of its own.
struct ExperimentsProgram {
  let folder = TemporaryDirectory("experiments")

  /// It is built beside the tests.
  static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent("experiments").path

  func start(_ arguments: [String], data: String = "", python: String = "") throws -> Command {
    try Command([Self.path] + arguments, in: folder.url, environment: ["MISTIQUE_DATA": data, "MISTIQUE_PYTHON": python])
  }

  /// The lines of `rows.csv` of an experiment at scale smoke, or of the bench.
  func rows(_ run: String) throws -> [[Substring]] {
    let file = folder.url.appendingPathComponent("Results/runs/\(run)/rows.csv")
    return try String(decoding: Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  /// `rows.csv` of an experiment or of the bench as a table by the header's names.
  func records(_ run: String) throws -> RecordedRows {
    let rows = try rows(run)
    let header = try #require(rows.first).map(String.init)
    return RecordedRows(
      all: rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0.map { $0.trimmingCharacters(in: .whitespaces) })) })
  }
}

/// The rows that a run has recorded.
struct RecordedRows {
  let all: [[String: String]]

  /// The one value of a metric at a place.
  func value(_ metric: String, _ place: [String: String] = [:]) throws -> Double {
    let found = all.filter { record in record["metric"] == metric && place.allSatisfy { record[$0.key] == $0.value } }
    #expect(found.count == 1, "\(metric) at \(place)")
    return try #require(found.first?["value"].flatMap(Double.init))
  }
}
