import Foundation
import Testing

/// The rows of a run that must be the same in every run of one build, and its claims: no seconds, and nothing that is made of seconds.
enum ExactRows {
  /// How often a timing is repeated depends on how long it takes: of repetitions only the first counts.
  static func of(_ run: URL) throws -> [String] {
    let lines = try lines(of: run)
    let header = try #require(lines.first)
    let (metric, unit) = (header.count - 3, header.count - 2)
    let repetition = try #require(header.firstIndex(of: "repetition"))
    return lines.dropFirst().filter { row in
      row.count == header.count && row[repetition] == "1" && !["s", "x"].contains(row[unit]) && !timed.contains(row[metric])
    }.map { $0.joined(separator: ",") }
  }

  /// The fields of every line, the header's first.
  private static func lines(of run: URL) throws -> [[String]] {
    let text = String(decoding: try Data(contentsOf: run.appendingPathComponent("rows.csv")), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  /// Plans are chosen by predicted times, which follow measured ones (see `decisions`); how good they were is a ratio of times.
  private static let timed = [
    "planDecision", "chosenRead", "chosenStages", "plan_regret", "always_read_regret", "always_rerun_regret", "predictions_within_2x",
    "gamma",
  ]

  /// The clear decisions of the planner by place: 1 for reading, 0 for re-running. Which are clear depends on times.
  private static func decisions(_ run: URL) throws -> [String: String] {
    let lines = try lines(of: run)
    let found = lines.filter { $0.count > 3 && $0[$0.count - 3] == "planDecision" && $0.last?.hasPrefix("-") == false }
    return Dictionary(found.map { ($0.dropLast().joined(separator: ","), $0.last!) }) { first, _ in first }
  }

  /// How many decisions are clear in both runs, and where they differ.
  static func plans(_ run: URL, _ other: URL) throws -> (compared: Int, different: [String]) {
    let (mine, theirs) = (try decisions(run), try decisions(other))
    let both = mine.keys.filter { theirs[$0] != nil }
    return (both.count, both.filter { mine[$0] != theirs[$0] }.sorted())
  }

  static func claims(_ run: URL) throws -> [String] {
    let data = try Data(contentsOf: run.appendingPathComponent("claims.json"))
    let claims = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    return try claims.map { claim in
      "\(try #require(claim["id"] as? String)): \(try #require(claim["outcome"] as? String))"
    }
  }
}
