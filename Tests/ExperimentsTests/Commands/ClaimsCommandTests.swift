import Foundation
import TestSupport
import Testing

/// The page of what holds of the paper.
@Suite struct ClaimsCommandTests {
  private let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }

  @Test("Results/CLAIMS.md is what the published results give; make claims writes it anew")
  func page() throws {
    let printed = try ExperimentsProgram().start(["claims", root.appendingPathComponent("Results/published/2-cores").path]).finish()
    #expect(printed.status == 0, "\(printed.errors)")
    let page = try String(contentsOf: root.appendingPathComponent("Results/CLAIMS.md"), encoding: .utf8)
    #expect(printed.output == page)
  }

  @Test("README.md counts the statements as the page does")
  func readme() throws {
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let page = try String(contentsOf: root.appendingPathComponent("Results/CLAIMS.md"), encoding: .utf8)
    let counted = try #require(page.firstMatch(of: /decide it: (\d+) hold, (\d+) do not/))
    let told = try #require(readme.firstMatch(of: /Of (\d+) statements .*?, (\d+) hold in .* and (\d+) do not/))
    #expect((told.2, told.3) == (counted.1, counted.2))
    #expect(Int(told.1) == Int(told.2)! + Int(told.3)!)
    let beyond = try #require(page.firstMatch(of: /beyond the paper, (\d+) hold and (\d+) do not/))
    let ours = try #require(readme.firstMatch(of: /beyond the paper, (\d+) hold and (\d+) do not/))
    #expect((ours.1, ours.2) == (beyond.1, beyond.2))
  }

  @Test("A folder without an experiment's claims is an error that names the file")
  func missing() throws {
    let program = ExperimentsProgram()
    let printed = try program.start(["claims", program.folder.path]).finish()
    #expect(printed.status == 1 && printed.errors.contains("fig6a-zillow-storage.provenance.json"))
  }
}
