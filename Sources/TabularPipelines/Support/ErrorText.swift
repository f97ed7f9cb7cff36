extension String {
  /// The text as an error quotes it, cut after `limit` characters: a megabyte of garbage does not make a megabyte of error.
  func shortened(to limit: Int = 60) -> String { utf8.count <= limit ? self : prefix(limit) + "..." }
}
