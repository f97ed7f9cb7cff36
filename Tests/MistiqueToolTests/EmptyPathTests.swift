import TestSupport
import Testing

/// Paths that are empty, as where a variable of the shell has no value: the current folder is never meant by them.
struct EmptyPathTests {
  /// What is asked, and how the error calls what has the empty path.
  static let cases: [([String], String)] = [
    (["check", ""], "<pipeline.yaml>"), (["check", "p.yaml", "--data", ""], "--data"),
    (["log", "", "--data", ".", "--store", "S"], "<model.yaml>"), (["log", "p.yaml", "--data", "", "--store", "S"], "--data"),
    (["log", "p.yaml", "--data", ".", "--store", ""], "--store"), (["log", "n.yaml", "--weights", "", "--store", "S"], "--weights"),
    (["log", "n.yaml", "--images", "", "--store", "S"], "--images"), (["log", "n.yaml", "--labels", "", "--store", "S"], "--labels"),
    (["import", "", "mine.net", "."], "<store>"), (["import", "S", "mine.net", ""], "<folder or file>"),
    (["export", "", "p.m.x.*", "--to", "a.npy"], "<store>"), (["export", "S", "p.m.x.*", "--to", ""], "--to"),
    (["export", "S", "p.m.x.*", "--to", "a.npy", "--ids", ""], "--ids"), (["models", ""], "<store>"),
    (["get", "S", "p.m.x.*", "--output", ""], "--output"), (["topk", "S", "p.m.x.y", "--output", ""], "--output"),
    (["topk", "S", "p.m.x.y", "--plot", ""], "--plot"), (["get", "S", "p.m.x.*", "--data", ""], "--data"),
    (["get", "S", "p.m.x.*", "--images", ""], "--images"), (["vis", "S", "p.m.x.*", "--labels", ""], "--labels"),
  ]

  @Test("An empty path is refused by every command, with what it was given to", arguments: cases)
  func refused(arguments: [String], name: String) throws {
    try ToolFixture(hours: 1).expectError(arguments, status: 64, name, "The path is empty")
  }
}
