import Foundation
import TestSupport

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
}
