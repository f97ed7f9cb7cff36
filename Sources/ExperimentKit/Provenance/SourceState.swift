import Foundation

/// Which source a run was made from: a commit, changed or not; or the stated reason why none is known.
package struct SourceState: Sendable, Equatable, Codable {
  /// The full commit hash; null together with a `reason`.
  package let commit: String?
  /// Whether tracked files differ from the commit or untracked ones are there.
  package let isDirty: Bool?
  /// Why there is no commit. Null when there is one.
  package let reason: String?

  init(commit: String, isDirty: Bool) {
    self.commit = commit
    self.isDirty = isDirty
    reason = nil
  }

  init(noCommitBecause reason: String) {
    commit = nil
    isDirty = nil
    self.reason = reason
  }

  /// Asks git about the checkout that holds `directory`. Never throws: what git cannot tell becomes the reason.
  static func current(in directory: URL = URL(fileURLWithPath: ".", isDirectory: true)) -> SourceState {
    do {
      let head = try ToolProcess.run("git", ["rev-parse", "--verify", "HEAD"], in: directory)
      guard head.status == 0 else { return SourceState(noCommitBecause: explanation(of: head)) }
      let changes = try ToolProcess.run("git", ["status", "--porcelain"], in: directory)
      guard changes.status == 0 else { return SourceState(noCommitBecause: explanation(of: changes)) }
      return SourceState(commit: head.output.trimmingCharacters(in: .whitespacesAndNewlines), isDirty: !changes.output.isEmpty)
    } catch {
      return SourceState(noCommitBecause: "\(error)")
    }
  }

  /// What the running executable was built from: the checkout that holds `directory`, unless the executable lies outside of it.
  package static func ofExecutable(in directory: URL) -> SourceState {
    let state = current(in: directory)
    guard state.commit != nil, let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      let top = try? ToolProcess.run("git", ["rev-parse", "--show-toplevel"], in: directory), top.status == 0
    else { return state }
    let root = top.output.trimmingCharacters(in: .newlines)
    guard !path.hasPrefix(root + "/") else { return state }
    return SourceState(noCommitBecause: "the executable is not of the checkout that it was started in")
  }

  private static func explanation(of result: ToolProcess.Result) -> String {
    let first = result.messages.split(separator: "\n").first.map(String.init) ?? "it printed no message"
    return "git ended with status \(result.status): \(first)"
  }

  /// `1a2b3c4d`, `1a2b3c4d, changed`, or `no commit`: for the foot of a figure.
  package var short: String {
    guard let commit else { return "no commit" }
    return "commit \(commit.prefix(8))" + (isDirty == true ? ", changed" : "")
  }

  /// Written in full, nulls included, so that a missing commit cannot be mistaken for a missing field.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(commit, forKey: .commit)
    try container.encode(isDirty, forKey: .isDirty)
    try container.encode(reason, forKey: .reason)
  }
}
