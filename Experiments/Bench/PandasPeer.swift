import Foundation

/// `pipelines.py` in a Python that has pandas: reads the same files and runs the same stages, to be timed in turn with ours.
struct PandasPeer {
  /// What a column holds, so that two readers can be compared.
  struct ReadColumn: Decodable {
    let name: String
    let present: Int
    /// Of numbers and booleans.
    let sum: Double?
  }

  /// A file that was read.
  struct Reading: Decodable {
    /// Of `pandas.read_csv` alone.
    let seconds: Double
    let rows: Int
    /// Only where they were asked for.
    let columns: [ReadColumn]?
  }

  private let worker: PythonWorker
  /// Of pandas, xgboost, sklearn and pyarrow: those that are there.
  let versions: [String: String]

  /// The Pythons that are tried, in this order: the user's, that of make bench-peers, those on the PATH.
  private static func candidates(_ option: String?) -> [String] {
    let named = [option, ProcessInfo.processInfo.environment["MISTIQUE_PYTHON"]].compactMap { $0 }.filter { !$0.isEmpty }
    return named + [".build-peers/bin/python"] + PythonWorker.onPath
  }

  /// `nil` where no Python with pandas is to be had; one that has XGBoost and scikit-learn too is preferred.
  static func python(option: String?) throws -> URL? {
    let candidates = candidates(option)
    return try PythonWorker.find(importing: "pandas, xgboost, sklearn", among: candidates)
      ?? PythonWorker.find(importing: "pandas", among: candidates)
  }

  /// `nil` as `python(option:)`.
  init?(data folder: URL, option: String?) throws {
    guard let executable = try Self.python(option: option) else { return nil }
    worker = try PythonWorker(executable, script: "pipelines", arguments: [folder.path])
    versions = try worker.versions()
  }

  /// Reads a file; with `digest`, what it held is found out after the clock has stopped.
  func readCSV(_ file: URL, _ options: [String: Any], digest: Bool = false) throws -> Reading {
    try worker.ask("read_csv", ["path": file.path, "options": options, "digest": digest], as: Reading.self)
  }

  /// Makes or loads what a pipeline has fitted, and finds the fastest of the ways there are to run it.
  func prepare(_ pipeline: String, _ options: [String: Any]) throws {
    try worker.order("prepare", options.merging(["pipeline": pipeline]) { $1 })
  }

  /// Seconds of a re-run; the predictions go into `files` after the clock has stopped, float64.
  func rerun(_ pipeline: String, writing files: [URL] = []) throws -> Double {
    struct Answer: Decodable { let seconds: Double }
    return try worker.ask("rerun", ["pipeline": pipeline, "write": files.map(\.path)], as: Answer.self).seconds
  }
}
