import Foundation
import Testing

@testable import ExperimentKit

struct ProvenanceTests {
  private func git(_ arguments: [String], in folder: URL) throws {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    let result = try ToolProcess.run("git", identity + arguments, in: folder)
    try #require(result.status == 0, "\(result.messages)")
  }

  @Test("Provenance knows the commit and whether the checkout is changed")
  func commit() throws {
    let folder = try TemporaryFolder()
    try git(["init", "-q"], in: folder.url)
    let empty = SourceState.current(in: folder.url)
    #expect(empty.commit == nil && empty.reason?.isEmpty == false)
    _ = try folder.write("1", to: "file")
    try git(["add", "file"], in: folder.url)
    try git(["commit", "-q", "-m", "first"], in: folder.url)
    let clean = SourceState.current(in: folder.url)
    #expect(clean.commit?.count == 40 && clean.isDirty == false && clean.reason == nil)
    _ = try folder.write("2", to: "file")
    #expect(SourceState.current(in: folder.url).isDirty == true)
    #expect(SourceState.current(in: folder.url).short.hasSuffix(", changed"))
  }

  @Test("Provenance hashes an input again when it changed and not before")
  func hashing() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "empty -n\\ file")
    #expect(try InputFile(hashing: file).sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    try Data("abc".utf8).write(to: file)
    #expect(try InputFile(hashing: file).sha256.hasPrefix("ba7816bf"))
    #expect(throws: FileError.self) { try InputFile(hashing: folder.url.appendingPathComponent("none")) }
  }

  @Test("Provenance refuses an empty version")
  func versions() throws {
    #expect { try Versions.complete(["zstd": ""]) } throws: { "\($0)".contains("version of zstd") }
    #expect(try Versions.complete(["swift": "x", "gnuplot": "y", "zstd": "1"]) == ["swift": "x", "gnuplot": "y", "zstd": "1"])
    #expect(try Versions.complete(["gnuplot": "y"])["swift"]?.contains("Swift version") == true)
  }
}
