import Foundation
import TestSupport
import Testing

/// What is committed under `Results/published` is what the program makes of its rows.
@Suite struct PublishedPageTests {
  let program = ExperimentsProgram()

  @Test("The committed page and its text are those that report makes of the committed rows", arguments: ["2-cores", "2-cores-paper"])
  func page(of results: String) throws {
    var published = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { published.deleteLastPathComponent() }
    published.appendPathComponent("Results/published/\(results)")
    let copy = program.folder.url.appendingPathComponent(results)
    try FileManager.default.copyItem(at: published, to: copy)
    let files = ["index.html", "REPORT.md"]
    for name in files { try FileManager.default.removeItem(at: copy.appendingPathComponent(name)) }
    let run = try program.start(["report", "--results", copy.path]).finish()
    #expect(run.status == 0, "\(run.errors)")
    for name in files {
      let texts = try [published, copy].map { try Data(contentsOf: $0.appendingPathComponent(name)) }
      // The differences of two pages of megabytes, which a failed expectation would look for, take hours.
      let isCurrent = texts[0] == texts[1]
      #expect(isCurrent, "\(name) is stale: make claims")
    }
  }
}
