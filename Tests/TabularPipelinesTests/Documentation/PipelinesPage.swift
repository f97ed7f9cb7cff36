import Foundation
import TabularPipelines
import Testing

/// The documentation page about pipelines, read from the sources.
struct PipelinesPage {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources/TabularPipelines/TabularPipelines.docc")

  let text: String

  init() throws { text = try String(contentsOf: Self.folder.appendingPathComponent("Pipelines.md"), encoding: .utf8) }

  /// The one block of YAML.
  func yaml() throws -> String {
    let parts = text.components(separatedBy: "```yaml\n")
    try #require(parts.count == 2, "the page should have one block of YAML")
    return try #require(parts[1].components(separatedBy: "```").first)
  }

  /// What lies between the marks around the table of transformers.
  func table() throws -> String {
    let begin = try #require(text.range(of: "<!-- transformers: begin"))
    let start = try #require(text[begin.upperBound...].range(of: "-->\n")).upperBound
    let end = try #require(text[start...].range(of: "<!-- transformers: end")).lowerBound
    return String(text[start..<end])
  }
}
