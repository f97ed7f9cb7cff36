import Foundation
import Groundwork

/// One call of sbatch: a script, and where its tasks run and log.
struct SlurmJob {
  let stage: String
  /// Its place among the jobs of its stage, from 1.
  let number: Int
  /// The tasks of an array; empty for a single job.
  let tasks: [Int]
  let limits: TaskLimits
  /// The program and its arguments; an array's task number follows them.
  let command: [String]
  /// The jobs that must have succeeded before.
  var dependsOn: [String] = []

  var scriptName: String { "\(stage)-\(number).sh" }

  /// The script. It assumes bash, and paths in it may hold anything.
  func script(_ options: SlurmOptions, scale: Scale) -> String {
    var directives = ["--job-name=mistique-\(scale)-\(stage)"]
    if !tasks.isEmpty { directives.append("--array=\(Self.ranges(tasks))\(options.atOnce.map { "%\($0)" } ?? "")") }
    directives += [
      // A task that is started again goes on from its journal.
      "--requeue", "--open-mode=append", "--nodes=1", "--ntasks=1", "--cpus-per-task=\(options.processors)", "--mem=\(limits.mebibytes)M",
      "--time=\(limits.minutes)",
    ]
    if let partition = options.partition { directives.append("--partition=\(partition)") }
    directives += options.further
    let words = command.map(ShellText.quoted) + (tasks.isEmpty ? [] : ["\"$SLURM_ARRAY_TASK_ID\""])
    return "#!/bin/bash\n" + directives.map { "#SBATCH \($0)\n" }.joined() + "exec \(words.joined(separator: " "))\n"
  }

  /// The arguments of sbatch. `log` may hold `%a`, the number of a task.
  func arguments(script: String, workingDirectory: String, logs: URL) throws -> [String] {
    let folder = logs.path
    guard !folder.contains(where: { "\\\n".contains($0) }) else { throw ClusterError.badPath(folder) }
    let name = tasks.isEmpty ? "\(stage).log" : stage == SlurmJob.measuring ? "%a.log" : "\(stage)-%a.log"
    var arguments = ["--parsable", "--chdir=\(workingDirectory)", "--output=\(folder.replacing("%", with: "%%"))/\(name)"]
    if !dependsOn.isEmpty {
      arguments += ["--dependency=afterok:\(dependsOn.joined(separator: ":"))", "--kill-on-invalid-dep=yes"]
    }
    return arguments + [script]
  }

  static let preparing = "prepare"
  static let measuring = "measure"
  static let gathering = "gather"

  /// `0-3,7`. The numbers grow.
  static func ranges(_ numbers: [Int]) -> String {
    var parts: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = parts.last, last.upperBound + 1 == number {
        parts[parts.count - 1] = last.lowerBound...number
      } else {
        parts.append(number...number)
      }
    }
    return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }
}
