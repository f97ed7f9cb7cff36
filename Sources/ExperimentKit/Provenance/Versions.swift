import Foundation
import Synchronization

/// The versions of the tools a result depends on.
enum Versions {
  private static let known = Mutex<[String: String]>([:])

  /// The versions the caller gives, with those of swift and gnuplot added where it gives none.
  ///
  /// Throws: `ProvenanceError` when one of the two is not to be had, or a given one is empty.
  static func complete(_ given: [String: String]) throws -> [String: String] {
    if let empty = given.first(where: { $0.value.isEmpty }) {
      throw ProvenanceError(fact: "version of \(empty.key)", place: "the versions the caller gave", remedy: "Give it.")
    }
    var versions = given
    for (tool, words) in [("swift", 3), ("gnuplot", 4)] where versions[tool] == nil {
      versions[tool] = try version(of: tool, keeping: words)
    }
    return versions
  }

  /// `Swift version 6.3.1`, `gnuplot 5.4 patchlevel 4`: the first words of the line that holds the word version or the tool's name.
  private static func version(of tool: String, keeping words: Int) throws -> String {
    if let version = known.withLock({ $0[tool] }) { return version }
    let missing = ProvenanceError(
      fact: "version of \(tool)", place: "the output of '\(tool) --version'", remedy: "Install it, or give its version to the run.")
    guard let result = try? ToolProcess.run(tool, ["--version"]), result.status == 0 else { throw missing }
    let line = result.output.split(separator: "\n").first { $0.contains("version") || $0.hasPrefix(tool) }
    guard let line else { throw missing }
    let version = line.split(separator: " ").prefix(words).joined(separator: " ")
    known.withLock { $0[tool] = version }
    return version
  }
}
