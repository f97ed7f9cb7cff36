import Foundation

/// Hands the tasks that are not measured yet to Slurm: what is shared first, then the measurements, then a job that gathers.
package struct Submitter: Sendable {
  package let plan: ClusterPlan
  package let folder: ClusterFolder
  package let output: RunOutput
  private let queue = SlurmQueue()

  package init(_ plan: ClusterPlan, in folder: ClusterFolder, output: RunOutput = .terminal) {
    self.plan = plan
    self.folder = folder
    self.output = output
  }

  /// Submits. Goes on from an earlier submission of the same configuration whose jobs have ended, however they did; what it measured is kept.
  ///
  /// - Parameters:
  ///   - isFresh: removes what an earlier submission has measured.
  ///   - gathering: the arguments with which the program gathers, without its name.
  ///   - isDryRun: prints the scripts and calls of sbatch, and neither writes nor submits anything.
  /// - Throws: `ClusterError`, `ToolError` when Slurm is not installed, `FileError`.
  package func submit(_ request: Submission, _ options: SlurmOptions, gathering: [String], isFresh: Bool = false, isDryRun: Bool = false)
    throws
  {
    guard !isDryRun else {
      let submission = try current(request, isFresh: isFresh || folder.isGathered)
      let jobs = try jobs(of: submission, asked: request.experiments, options, gathering: gathering, isFresh: isFresh || folder.isGathered)
      for job in jobs { try show(job, submission, options) }
      return
    }
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    let earlier = folder.isSubmitted ? try folder.submission().jobs.map(\.id) : []
    let waiting = try queue.waiting(of: earlier)
    guard waiting.isEmpty else { throw ClusterError.stillQueued(waiting) }
    if isFresh || folder.isGathered { try folder.removeAll() }
    var submission = try current(request, isFresh: false)
    let jobs = try jobs(of: submission, asked: request.experiments, options, gathering: gathering, isFresh: false)
    submission.jobs = []
    try folder.createLogs()
    try folder.write(submission)
    var (ids, stage, last): ([String], String, [String]) = ([], "", [])
    for var job in jobs {
      if let request = Interruption.request { throw request }
      // A stage waits for all jobs of the one before it.
      if job.stage != stage { (last, ids, stage) = (ids, [], job.stage) }
      job.dependsOn = last
      let script = try folder.write(job.script(options, scale: plan.scale), named: job.scriptName)
      let arguments = try job.arguments(script: script.path, workingDirectory: submission.workingDirectory, logs: folder.logs)
      let id = try queue.submit(arguments, submitted: submission.jobs.map(\.id))
      ids.append(id)
      submission.jobs.append(.init(id: id, stage: job.stage, tasks: job.tasks))
      try folder.write(submission)
      output.line("job \(id): \(describe(job))")
    }
    output.line(
      "Logs: \(folder.logs.path). When all is done, job \(submission.jobs.last?.id ?? "") gathers. What is missing: experiments gather --scale \(plan.scale)"
    )
  }

  /// The earlier submission and the experiments that are asked for now, or the request when there is none to go on from. What was submitted earlier is
  /// still gathered.
  private func current(_ request: Submission, isFresh: Bool) throws -> Submission {
    guard !isFresh, folder.isSubmitted else { return request }
    var earlier = try folder.submission()
    try earlier.checkSame(as: request, in: folder.root)
    earlier.experiments = plan.inOrder(earlier.experiments + request.experiments)
    earlier.force = request.force
    return earlier
  }

  private func jobs(
    of submission: Submission, asked: [String], _ options: SlurmOptions, gathering: [String], isFresh: Bool
  ) throws -> [SlurmJob] {
    let all = asked.flatMap(plan.tasks)
    guard !all.isEmpty else { throw ClusterError.nothingToRun(plan.scale) }
    let missing = try all.filter { task in
      guard !isFresh, folder.state(of: plan.pieces[task]) == .measured else { return true }
      try submission.checkPiece(folder.provenance(of: plan.pieces[task]), in: folder.root)
      return false
    }.sorted()
    if missing.count < all.count {
      output.line("\(all.count - missing.count) of \(all.count) tasks are measured already and are not submitted.")
    }
    let seconds = missing.map { plan.pieces[$0].cost.seconds }
    if let longest = seconds.max() {
      let (all, count) = (Quantity.seconds(seconds.reduce(0, +)), missing.count)
      output.line("\(count) \(count == 1 ? "task" : "tasks"), stated as \(all) in all, the longest \(Quantity.seconds(longest)).")
    }
    let needed = Set(missing.map { plan.pieces[$0].experiment })
    let preparing = plan.preparations.indices.filter { !plan.preparations[$0].neededBy.isDisjoint(with: needed) }
    func task(_ stage: String) -> [String] { [submission.executable, "task", "--submission", folder.root.path, "--stage", stage] }
    return arrays(SlurmJob.preparing, preparing, task(SlurmJob.preparing), options) { plan.preparations[$0].cost(plan.scale) }
      + arrays(SlurmJob.measuring, missing, task(SlurmJob.measuring), options) { plan.pieces[$0].cost }
      + [
        SlurmJob(
          stage: SlurmJob.gathering, number: 1, tasks: [],
          limits: TaskLimits(Cost(seconds: 1_200, diskBytes: 0, memoryBytes: 1_600_000_000), options),
          command: [submission.executable] + gathering)
      ]
  }

  /// One array for tasks of like cost.
  private func arrays(
    _ stage: String, _ tasks: [Int], _ command: [String], _ options: SlurmOptions, cost: (Int) -> Cost
  ) -> [SlurmJob] {
    Dictionary(grouping: tasks) { TaskLimits(cost($0), options) }.sorted { $0.key > $1.key }.enumerated().map { index, group in
      SlurmJob(stage: stage, number: index + 1, tasks: group.value.sorted(), limits: group.key, command: command)
    }
  }

  private func describe(_ job: SlurmJob) -> String {
    let limits = "\(Quantity.seconds(Double(job.limits.minutes) * 60)) and \(job.limits.mebibytes) MiB each"
    switch job.stage {
    case SlurmJob.preparing: return "prepares \(job.tasks.map { plan.preparations[$0].name }.joined(separator: ", ")), at most \(limits)"
    case SlurmJob.measuring: return "measures tasks \(SlurmJob.ranges(job.tasks)), at most \(limits)"
    default: return "gathers, draws and reports"
    }
  }

  private func show(_ job: SlurmJob, _ submission: Submission, _ options: SlurmOptions) throws {
    var job = job
    job.dependsOn = job.stage == SlurmJob.preparing ? [] : ["<the jobs before>"]
    let script = folder.scripts.appendingPathComponent(job.scriptName).path
    let arguments = try job.arguments(script: script, workingDirectory: submission.workingDirectory, logs: folder.logs)
    output.line("# \(script): \(describe(job))")
    for task in job.tasks where job.stage == SlurmJob.measuring {
      output.line("#   task \(task): \(plan.pieces[task].label), \(plan.pieces[task].cost)")
    }
    output.line("# sbatch \(arguments.map(ShellText.quoted).joined(separator: " "))")
    output.line(job.script(options, scale: plan.scale))
  }
}
