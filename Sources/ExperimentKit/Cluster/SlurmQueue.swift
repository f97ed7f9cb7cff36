import Foundation

/// The two programs of Slurm that are used.
struct SlurmQueue {
  /// Submits a job; returns its number. Throws: `ToolError` when sbatch is not there, `ClusterError.refused`.
  func submit(_ arguments: [String], submitted: [String]) throws -> String {
    let result = try ToolProcess.run("sbatch", arguments)
    // `12` or `12;cluster`.
    let id = result.output.trimmingCharacters(in: .whitespacesAndNewlines).prefix { $0 != ";" }
    guard result.status == 0, !id.isEmpty, id.allSatisfy(\.isNumber) else {
      throw ClusterError.refused(by: "sbatch", problem: Self.problem(result), submitted: submitted)
    }
    return String(id)
  }

  /// Those of `jobs` that wait or run. Throws: `ToolError`, `ClusterError.refused`.
  func waiting(of jobs: [String]) throws -> [String] {
    guard !jobs.isEmpty else { return [] }
    // Of all jobs: asking for one that Slurm has forgotten is an error. %F is an array's own number.
    let result = try ToolProcess.run("squeue", ["--noheader", "--format=%F"])
    guard result.status == 0 else { throw ClusterError.refused(by: "squeue", problem: Self.problem(result), submitted: []) }
    let queued = Set(result.output.split(whereSeparator: \.isWhitespace).map(String.init))
    return jobs.filter(queued.contains)
  }

  private static func problem(_ result: ToolProcess.Result) -> String {
    let text = result.messages.split(whereSeparator: \.isNewline).joined(separator: " ")
    return text.isEmpty ? "it ended with status \(result.status) and printed '\(result.output)'" : text
  }
}
