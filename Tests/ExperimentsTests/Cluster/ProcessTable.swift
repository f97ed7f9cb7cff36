import Foundation

/// The processes of the machine, as /proc has them.
struct RunningProcess {
  let id: pid_t
  let parent: pid_t
  let name: String
  let arguments: [String]
  let environment: [String: String]

  /// Every process that this user may look at.
  static func all() -> [RunningProcess] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0).flatMap(RunningProcess.init) }
  }

  init?(_ id: pid_t) {
    guard let status = Self.text("/proc/\(id)/stat"), let end = status.lastIndex(of: ")"), let start = status.firstIndex(of: "(") else {
      return nil
    }
    let facts = status[status.index(after: end)...].split(separator: " ")
    // A zombie has ended.
    guard facts.count > 2, facts[0] != "Z", let parent = pid_t(facts[1]) else { return nil }
    self.id = id
    self.parent = parent
    name = String(status[status.index(after: start)..<end])
    arguments = (Self.text("/proc/\(id)/cmdline") ?? "").split(separator: "\0").map(String.init)
    let pairs = (Self.text("/proc/\(id)/environ") ?? "").split(separator: "\0").map {
      $0.split(separator: "=", maxSplits: 1).map(String.init)
    }
    environment = Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
  }

  func end() { kill(id, SIGKILL) }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
