import Mistique

/// How the intermediates of a model that was logged were made: run, read or reused.
struct MadeIntermediates {
  private let report: LoggingReport
  private let reused: [String: ReusedIntermediate]
  private let read: Set<String>

  init(_ report: LoggingReport) {
    self.report = report
    reused = Dictionary(report.reused.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    read = Set(report.intermediatesRead)
  }

  /// One cell of the table: `run`, `reused from bikes.hourly`, `read from bikes.hourly`.
  func cell(of name: String) -> String {
    guard let source = reused[name] else { return report.verified.contains(name) ? "run, equal to what is stored" : "run" }
    return "\(read.contains(name) ? "read" : "reused") from \(source.model)"
  }

  /// One line: how many stages ran, and what did not.
  var summary: String {
    let stages = Output.counted(report.stagesRun.count, "stage ran", "stages ran")
    let names = report.stagesRun.isEmpty ? "" : ": \(report.stagesRun.joined(separator: ", "))"
    let rest = reused.isEmpty ? "" : "; \(reused.count) of \(report.intermediates) intermediates reused, \(read.count) of them read"
    return stages + names + rest
  }
}
