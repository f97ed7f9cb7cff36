import ArrayFiles
import Foundation
import TestSupport
import Testing

/// Which rows `mistique export` writes, in which order, and into which files.
struct ExportPlacesTests {
  private let fixture: ToolFixture

  /// Four examples of two values, 0 to 7, as `mine.net.values`.
  init() throws {
    fixture = try ToolFixture(hours: 20)
    var file = try NPYWriter(url("values.npy"), type: "<f4", shape: [4, 2])
    try (0..<8).map { Float($0) }.withUnsafeBytes { try file.write($0) }
    try file.commit()
    try fixture.output("import", "Store", "mine.net", "values.npy")
  }

  private func url(_ path: String) -> URL { fixture.folder.url.appendingPathComponent(path) }

  @Test("Rows come in the order asked, repeats included, in every format, and so do their ids", arguments: ["npy", "npz", "safetensors"])
  func order(ending: String) throws {
    let told = try fixture.run(
      "export", "Store", "mine.net.values.*", "--rows", "2,0-1,2", "--to", "out.\(ending)", "--ids", "ids.npy")
    #expect(told.status == 0 && told.errors.contains("4 x 2, float32"), "\(told.errors)")
    let array = try NumericArray.all(in: url("out.\(ending)"))[0]
    #expect(array.shape == [4, 2])
    let expected = [Float](arrayLiteral: 4, 5, 0, 1, 2, 3, 4, 5).withUnsafeBytes { Array($0) }
    try array.forEachBlock(of: 4) { _, bytes in #expect(Array(bytes) == expected) }
    #expect(try NPYFile(url("ids.npy")).integers() == [2, 0, 1, 2])
  }

  @Test("CSV has the rows in the order asked, repeats included, with their ids in front")
  func csv() throws {
    try fixture.output("export", "Store", "mine.net.values.*", "--rows", "2,0-1,2", "--to", "out.csv", "--ids", "ids.npy")
    let lines = try fixture.read("out.csv").split(separator: "\n")
    #expect(lines.map { $0.split(separator: ",")[0] } == ["row_id", "2", "0", "1", "2"])
    let stored = try fixture.output("get", "Store", "mine.net.values.*").split(separator: "\n")
    #expect(lines == [0, 3, 1, 2, 3].map { stored[$0] })
    #expect(try NPYFile(url("ids.npy")).integers() == [2, 0, 1, 2])
  }

  @Test("Two outputs that are one file by links or linked folders are refused, and nothing is written")
  func oneFile() throws {
    try FileManager.default.createSymbolicLink(at: url("link.npy"), withDestinationURL: url("a.npy"))
    try FileManager.default.createDirectory(at: url("folder"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(at: url("same"), withDestinationURL: url("folder"))
    for (to, ids) in [("a.npy", "link.npy"), ("link.npy", "a.npy"), ("folder/b.npy", "same/b.npy"), ("same/../a.npy", "a.npy")] {
      try fixture.expectError(["export", "Store", "mine.net.values.*", "--to", to, "--ids", ids], status: 64, "are one file")
    }
    for name in ["a.npy", "folder/b.npy"] { #expect(!FileManager.default.fileExists(atPath: url(name).path)) }
    try FileManager.default.createSymbolicLink(at: url("link.png"), withDestinationURL: url("p.png"))
    try fixture.expectError(
      ["topk", "Store", "mine.net.values.n0", "--output", "p.png", "--plot", "link.png"], status: 64, "lead to one file")
    // Files of one name in two folders are two.
    try fixture.output("export", "Store", "mine.net.values.*", "--to", "a.npy", "--ids", "folder/a.npy")
  }

  @Test("A file that cannot be written is named", arguments: ["npy", "npz", "safetensors", "csv"])
  func unwritable(ending: String) throws {
    try FileManager.default.createDirectory(at: url("folder.\(ending)"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: url("ids.npy"), withIntermediateDirectories: true)
    try fixture.expectError(
      ["export", "Store", "mine.net.values.*", "--to", "folder.\(ending)"], "folder.\(ending)", "cannot be written: Is a directory")
    try fixture.expectError(
      ["export", "Store", "mine.net.values.*", "--to", "a.\(ending)", "--ids", "ids.npy"], "ids.npy: it cannot be written: Is a directory")
  }
}
