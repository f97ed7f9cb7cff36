import Foundation
import Testing

@testable import ExperimentKit

/// The scripts and arguments that Slurm is given.
struct SlurmJobTests {
  private func job(_ tasks: [Int], stage: String = SlurmJob.measuring, command: [String] = ["/opt/experiments", "task"]) -> SlurmJob {
    SlurmJob(
      stage: stage, number: 1, tasks: tasks,
      limits: TaskLimits(Cost(seconds: 900, diskBytes: 0, memoryBytes: 1_000_000_000), SlurmOptions()),
      command: command)
  }

  @Test(
    "Task numbers are written as ranges",
    arguments: [([], ""), ([4], "4"), ([0, 1, 2], "0-2"), ([0, 2, 3, 7], "0,2-3,7"), ([5, 6], "5-6")] as [([Int], String)])
  func ranges(numbers: [Int], text: String) { #expect(SlurmJob.ranges(numbers) == text) }

  @Test("Limits are the stated cost times a factor, rounded up, so that tasks of like cost share an array")
  func limits() {
    func limits(_ seconds: Double, _ bytes: Int64) -> [Int] {
      let limits = TaskLimits(Cost(seconds: seconds, diskBytes: 0, memoryBytes: bytes), SlurmOptions())
      return [limits.minutes, limits.mebibytes]
    }
    #expect(limits(0, 0) == [10, 1024])
    #expect(limits(200, 859_000_000) == [10, 2048])
    #expect(limits(201, 800_000_000) == [20, 1024])
    #expect(limits(85_000, 24_000_000_000) == [5120, 32768])
  }

  @Test("A script requeues, asks for what the options say, and survives any path")
  func script() throws {
    var options = SlurmOptions()
    (options.partition, options.atOnce, options.processors, options.further) = ("long", 10, 4, ["--account=vision"])
    let script = job([0, 1, 5], command: ["/a b/ü'x/experiments", "task", "--submission", "/sh $red"]).script(options, scale: .paper)
    #expect(
      script == """
        #!/bin/bash
        #SBATCH --job-name=mistique-paper-measure
        #SBATCH --array=0-1,5%10
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=4
        #SBATCH --mem=2048M
        #SBATCH --time=80
        #SBATCH --partition=long
        #SBATCH --account=vision
        exec '/a b/ü'\\''x/experiments' task --submission '/sh $red' "$SLURM_ARRAY_TASK_ID"

        """)
    let single = job([], stage: SlurmJob.gathering).script(SlurmOptions(), scale: .smoke)
    #expect(!single.contains("--array") && single.hasSuffix("exec /opt/experiments task\n"))
  }

  @Test("Logs, the folder and what is waited for are arguments; a percent sign in a path is none of Slurm's patterns")
  func arguments() throws {
    var one = job([3])
    one.dependsOn = ["12", "13"]
    let arguments = try one.arguments(script: "/s/measure-1.sh", workingDirectory: "/w w", logs: URL(fileURLWithPath: "/l/100%/logs"))
    #expect(
      arguments == [
        "--parsable", "--chdir=/w w", "--output=/l/100%%/logs/%a.log", "--dependency=afterok:12:13", "--kill-on-invalid-dep=yes",
        "/s/measure-1.sh",
      ])
    #expect(throws: ClusterError.badPath("/l\\m")) {
      try one.arguments(script: "s", workingDirectory: "/", logs: URL(fileURLWithPath: "/l\\m"))
    }
  }
}
