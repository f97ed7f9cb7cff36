/// A number of things as an error says it: `1 row`, `2 rows`.
func quantity(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

extension String {
  /// The text as an error quotes it, cut after `limit` characters: a megabyte of garbage does not make a megabyte of error.
  func shortened(to limit: Int = 60) -> String { utf8.count <= limit ? self : prefix(limit) + "..." }
}
