/// Why tasks are not submitted, not begun or not gathered.
package enum ClusterError: Error, Equatable, CustomStringConvertible {
  case noTask(Int, count: Int)
  case noSubmission(folder: String)
  case otherConfiguration(folder: String, fact: String, earlier: String, now: String)
  case otherBuild(executable: String)
  case otherData(file: String, pieces: [String])
  case stillQueued([String])
  case refused(by: String, problem: String, submitted: [String])
  case badPath(String)
  case nothingToRun(Scale)

  package var description: String {
    switch self {
    case .noTask(let number, let count):
      "There is no task \(number): tasks go from 0 to \(count - 1). Submit again with this build."
    case .noSubmission(let folder):
      "Nothing was submitted at this scale: \(folder) holds no submission.json. Submit first: experiments submit all"
    case .otherConfiguration(let folder, let fact, let earlier, let now):
      "\(folder) holds tasks of another \(fact) (\(earlier), now \(now)), whose rows do not belong with new ones. "
        + "Submit as then, or with --fresh, which removes what they measured."
    case .otherBuild(let executable):
      "\(executable) is not the build that was submitted: it was built again, from another source. Gather with the source that was submitted, or submit "
        + "with --fresh: rows of two builds are not mixed."
    case .otherData(let file, let pieces):
      "\(pieces.joined(separator: " and ")) were measured on two different files named \(file): the data changed between them. "
        + "Submit with --fresh, which removes what was measured, or bring the earlier file back and remove the rows of the later task."
    case .stillQueued(let jobs):
      "Jobs of an earlier submission are queued or running: \(jobs.joined(separator: ", ")). Wait for them (squeue), or end them first: "
        + "scancel \(jobs.joined(separator: " "))"
    case .refused(let program, let problem, let submitted):
      "\(program) failed: \(problem)."
        + (submitted.isEmpty
          ? "" : " Submitted before it: \(submitted.joined(separator: ", ")); end them with scancel \(submitted.joined(separator: " ")).")
        + " Correct that and submit again: what was measured is kept."
    case .badPath(let path):
      "Slurm cannot write logs to '\(path)': its name holds a backslash or a line break. Choose another results folder."
    case .nothingToRun(let scale):
      "None of these experiments can be run at scale \(scale). experiments list --scale \(scale) shows which can."
    }
  }
}
