import ExperimentKit
import Foundation
import Mistique

/// `pipelines.py` in a Python that has pandas: reads the same files and runs the same stages, to be timed in turn with ours.
final class PandasWorker {
  struct ReadColumn: Decodable {
    let name: String
    let present: Int
    /// Of numbers and booleans.
    let sum: Double?
  }

  private struct Answer: Decodable {
    var error: String?
    var versions: [String: String?]?
    var seconds: Double?
    var rows: Int?
    var columns: [ReadColumn]?
  }

  private let python: PythonProcess
  /// Of pandas, xgboost, sklearn and pyarrow: those that are there.
  let versions: [String: String]

  /// The Pythons that are tried, in this order: the user's, that of make bench-peers, those on the PATH.
  static func candidates(_ option: String?) -> [String] {
    let named = [option, ProcessInfo.processInfo.environment["MISTIQUE_PYTHON"]].compactMap { $0 }.filter { !$0.isEmpty }
    return named + [".build-peers/bin/python", "python3", "/usr/bin/python3"]
  }

  /// `nil` where no Python with pandas is to be had; one that has XGBoost and scikit-learn too is preferred.
  init?(data folder: URL, option: String?) throws {
    let candidates = Self.candidates(option)
    guard
      let executable = try PythonProcess.find(importing: "pandas, xgboost, sklearn", among: candidates)
        ?? PythonProcess.find(importing: "pandas", among: candidates)
    else { return nil }
    guard let script = Bundle.module.url(forResource: "Peers/pipelines", withExtension: "py") else { throw CocoaError(.fileNoSuchFile) }
    python = try PythonProcess(executable, [script.path, folder.path])
    let hello = try python.ask(["op": "version"], as: Answer.self)
    versions = (hello.versions ?? [:]).compactMapValues { $0 }
  }

  /// Seconds of `pandas.read_csv`, and what it read if that is wanted, which is found out after the clock has stopped.
  func readCSV(_ file: URL, _ options: [String: Any], digest: Bool = false) throws -> (seconds: Double, rows: Int, columns: [ReadColumn]) {
    let answer = try ask(["op": "read_csv", "path": file.path, "options": options, "digest": digest])
    guard let seconds = answer.seconds, let rows = answer.rows else { throw PeerError(what: "pandas gave no time") }
    return (seconds, rows, answer.columns ?? [])
  }

  /// Makes or loads what a pipeline has fitted, and finds the fastest of the ways there are to run it.
  func prepare(_ pipeline: String, _ options: [String: Any]) throws {
    _ = try ask(options.merging(["op": "prepare", "pipeline": pipeline]) { $1 })
  }

  /// Seconds of a re-run; the predictions go into `files` after the clock has stopped, float64.
  func rerun(_ pipeline: String, writing files: [URL] = []) throws -> Double {
    let answer = try ask(["op": "rerun", "pipeline": pipeline, "write": files.map(\.path)])
    guard let seconds = answer.seconds else { throw PeerError(what: "Python gave no time of \(pipeline)") }
    return seconds
  }

  private func ask(_ request: [String: Any]) throws -> Answer {
    let answer = try python.ask(request, as: Answer.self)
    if let error = answer.error { throw PeerError(what: error) }
    return answer
  }
}
