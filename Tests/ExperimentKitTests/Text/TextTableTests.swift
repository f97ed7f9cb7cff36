import Testing

@testable import ExperimentKit

struct TextTableTests {
  @Test("A text table fits the width it is given", arguments: [50, 80, 200])
  func width(width: Int) {
    var table = TextTable(header: ["name", "text", "more"])
    table.append([
      "fig6", "a long sentence that has to be broken somewhere, ideally between words 🔬 but not lost", "0123456789012345678901234567890",
    ])
    let text = table.rendered(width: width)
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { TextTable.columns(of: String($0)) <= width })
    #expect(text.contains("🔬") && lines[1].hasPrefix("----"))
  }
}
