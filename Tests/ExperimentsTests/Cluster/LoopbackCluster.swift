import Foundation
import TestSupport
import Testing

/// Slurm on this machine alone: munge, a controller and two nodes, on free ports of the loopback, with everything in a folder of its own.
///
/// Every process that belongs to it has the path of its configuration in its environment: so it ends exactly those, and no other Slurm's. If the tests
/// are killed, a guard ends them and removes the folder.
final class LoopbackCluster {
  /// Why there can be none here; nil where there can.
  static let obstacle: String? = {
    guard geteuid() == 0 else { return "starting Slurm's daemons needs root" }
    let missing = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo", "timeout"].filter {
      program($0) == nil
    }
    return missing.isEmpty ? nil : "\(missing.joined(separator: ", ")) not installed: apt-get install slurm-wlm munge"
  }()

  static let nodes = ["n1", "n2"]
  /// Nothing is waited for after that, whatever is asked; the daemons end by themselves soon after.
  private static let patienceSeconds = 240.0
  private static let lifetimeSeconds = 300

  let folder: URL
  private let begun = Date.now
  private var daemons: [Command] = []
  /// The tests' end of a pipe that the guard reads: the kernel closes it with this process.
  private var guarded: Int32 = -1
  private var configuration: String { folder.path + "/slurm.conf" }
  /// For everything that talks to this cluster.
  var environment: [String: String] { ["SLURM_CONF": configuration] }

  private static func program(_ name: String) -> String? {
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
    return places.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  init() throws {
    // Sockets take short paths only.
    var template = Array("/tmp/mistique-slurm-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw CocoaError(.fileWriteUnknown) }
    folder = URL(fileURLWithPath: String(cString: path), isDirectory: true)
    do {
      try start()
    } catch {
      stop()
      throw error
    }
  }

  /// Ends what is left of the cluster when this process has ended, however it did.
  private func startGuard() throws {
    let pipe = folder.path + "/alive"
    guard mkfifo(pipe, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    let script = """
      cat "$1/alive" > /dev/null
      for attempt in 1 2 3 4 5; do
        for process in /proc/[0-9]*; do
          id=${process#/proc/}
          if [ "$id" != $$ ] && grep -qzxF "SLURM_CONF=$1/slurm.conf" "$process/environ" 2> /dev/null; then kill -9 "$id"; fi
        done
        sleep 0.2
      done
      rm -rf "$1"
      """
    daemons.append(try Command(["sh", "-c", script, "sh", folder.path], environment: environment))
    // For reading too, so that nothing waits for the guard.
    guarded = open(pipe, O_RDWR | O_CLOEXEC)
    guard guarded >= 0 else { throw CocoaError(.fileReadUnknown) }
  }

  private func start() throws {
    try startGuard()
    let key = folder.appendingPathComponent("munge.key")
    try Data((0..<128).map { _ in UInt8.random(in: 0...255) }).write(to: key)
    guard chmod(key.path, 0o400) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    try FileManager.default.createDirectory(at: folder.appendingPathComponent("state"), withIntermediateDirectories: true)
    try Data(try configurationText().utf8).write(to: URL(fileURLWithPath: configuration))
    let socket = folder.path + "/munge.socket"
    try daemon(
      ["munged", "--foreground", "--force", "--key-file=\(key.path)", "--socket=\(socket)", "--pid-file=\(folder.path)/munged.pid"]
        + ["--log-file=\(folder.path)/munged.log", "--seed-file=\(folder.path)/munged.seed"])
    try wait(10, "munge's socket") { FileManager.default.fileExists(atPath: socket) }
    try daemon(["slurmctld", "-D", "-i", "-f", configuration])
    for node in Self.nodes { try daemon(["slurmd", "-D", "-N", node, "-f", configuration]) }
    try wait(30, "two idle nodes") {
      let nodes = try self.run(["sinfo", "--noheader", "--Node", "--format=%T"])
      return nodes.status == 0 && nodes.output.split(separator: "\n") == ["idle", "idle"]
    }
  }

  private func daemon(_ words: [String]) throws {
    let program = try #require(Self.program(words[0]))
    daemons.append(
      try Command(
        ["timeout", "--signal=KILL", "\(Self.lifetimeSeconds)", program] + words.dropFirst(), in: folder, environment: environment))
  }

  /// Runs one of Slurm's programs.
  func run(_ words: [String]) throws -> Command.Result { try Command(words, environment: environment).finish() }

  /// Processes of this cluster: daemons, tasks, and whoever talks to it.
  private var processes: [RunningProcess] { RunningProcess.all().filter { $0.environment["SLURM_CONF"] == configuration } }

  /// The node that runs a task of an array, if one does.
  func node(ofTask task: Int) -> String? {
    processes.first { $0.environment["SLURM_ARRAY_TASK_ID"] == "\(task)" && $0.environment["SLURMD_NODENAME"] != nil }?
      .environment["SLURMD_NODENAME"]
  }

  /// Ends everything on a node at once, as a power cut does.
  func cut(_ node: String) {
    let processes = processes
    let tasks = processes.filter { $0.environment["SLURMD_NODENAME"] == node }
    let steps = processes.filter { step in step.name.hasPrefix("slurmstepd") && tasks.contains { $0.parent == step.id } }
    let daemon = processes.filter { $0.arguments.contains("-N") && $0.arguments.contains(node) }
    for process in daemon + steps + tasks { process.end() }
  }

  /// Waits until the task of a node that died is queued again, and lets it start at once: Slurm holds it back for two minutes.
  func hastenRestart() throws {
    var waiting: Substring = ""
    try wait(60, "task that waits to be started again") {
      waiting =
        try self.run(["squeue", "--noheader", "--array", "--format=%i %r"]).output.split(separator: "\n").first {
          $0.hasSuffix("BeginTime")
        } ?? ""
      return !waiting.isEmpty
    }
    let job = waiting.prefix { $0 != " " }
    let update = try run(["scontrol", "update", "JobId=\(job)", "StartTime=now"])
    #expect(update.status == 0, "\(update.errors)")
  }

  /// Ends every process of the cluster and removes its folder.
  func stop() {
    for attempt in 0..<50 {
      let left = processes
      // Each `timeout` ends after its daemon and takes note of its end; what is left after a second is ended too.
      for process in left where attempt > 10 || process.name != "timeout" { process.end() }
      if left.isEmpty { break }
      usleep(100_000)
    }
    for daemon in daemons { _ = daemon.finish() }
    daemons = []
    if guarded >= 0 { close(guarded) }
    guarded = -1
    if processes.isEmpty { try? FileManager.default.removeItem(at: folder) }
  }

  /// Whether nothing of it is left.
  var isGone: Bool { processes.isEmpty && !FileManager.default.fileExists(atPath: folder.path) }

  /// What the daemons and tasks have said, for a failed test.
  var logs: String { daemons.map(\.outputSoFar).joined(separator: "\n---\n") }

  /// Waits until something holds. Throws when it does not in time.
  func wait(_ seconds: Double, _ what: String, until holds: () throws -> Bool) throws {
    let deadline = min(Date.now.addingTimeInterval(seconds), begun.addingTimeInterval(Self.patienceSeconds))
    while try !holds() {
      guard Date.now < deadline else { throw NotInTime(what: what, seconds: seconds, logs: String(logs.suffix(6_000))) }
      usleep(20_000)
    }
  }

  struct NotInTime: Error, CustomStringConvertible {
    let what: String
    let seconds: Double
    let logs: String
    var description: String { "no \(what) within \(seconds) s. The daemons said:\n\(logs)" }
  }

  private func configurationText() throws -> String {
    let ports = try Self.freePorts(3)
    let nodes = zip(Self.nodes, ports.dropFirst()).map { node, port in
      "NodeName=\(node) NodeHostname=localhost NodeAddr=127.0.0.1 Port=\(port) CPUs=1 RealMemory=4000\n"
    }
    return """
      ClusterName=loop
      SlurmctldHost=localhost(127.0.0.1)
      SlurmctldPort=\(ports[0])
      SlurmUser=root
      SlurmdUser=root
      AuthType=auth/munge
      AuthInfo=socket=\(folder.path)/munge.socket
      CredType=cred/munge
      StateSaveLocation=\(folder.path)/state
      SlurmctldPidFile=\(folder.path)/slurmctld.pid
      SlurmctldLogFile=\(folder.path)/slurmctld.log
      SlurmdSpoolDir=\(folder.path)/spool.%n
      SlurmdPidFile=\(folder.path)/slurmd.%n.pid
      SlurmdLogFile=\(folder.path)/slurmd.%n.log
      ProctrackType=proctrack/linuxproc
      TaskPlugin=task/none
      JobAcctGatherType=jobacct_gather/none
      SelectType=select/cons_tres
      SelectTypeParameters=CR_CPU
      SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
      MailProg=/bin/true
      ReturnToService=2
      SlurmdTimeout=10
      KillWait=2
      SlurmdParameters=config_overrides
      \(nodes.joined())PartitionName=all Nodes=\(Self.nodes.joined(separator: ",")) Default=YES State=UP

      """
  }

  /// Ports nobody listens on now, each another.
  private static func freePorts(_ count: Int) throws -> [Int] {
    var sockets: [Int32] = []
    defer { for one in sockets { close(one) } }
    return try (0..<count).map { _ in
      let one = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      sockets.append(one)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(one, $0, length) == 0 && getsockname(one, $0, &length) == 0 }
      }
      guard bound else { throw CocoaError(.fileReadUnknown) }
      return Int(UInt16(bigEndian: address.sin_port))
    }
  }
}
