import Foundation
import Testing

@testable import ExperimentKit

struct AtomicFileTests {
  @Test("A file write on a full disk is an error that says what, where and what to do")
  func diskFull() throws {
    let full = URL(fileURLWithPath: "/dev/full")
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    #expect {
      try AtomicFile.writeAll([1, 2, 3], to: descriptor, of: full)
    } throws: { error in
      guard let error = error as? FileError else { return false }
      return error.isDiskFull && error.description.contains("Cannot write /dev/full") && error.description.contains("Free space there")
    }
  }

  @Test("A file write that fails leaves the old content and no temporary file")
  func failedRename() throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appendingPathComponent("occupied")
    try FileManager.default.createDirectory(at: target.appendingPathComponent("inside"), withIntermediateDirectories: true)
    #expect(throws: FileError.self) { try AtomicFile.write([1], to: target) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["occupied"])
  }

  @Test("A file write keeps a link and the mode of what it leads to: baselines may be kept elsewhere")
  func links() throws {
    let folder = try TemporaryFolder()
    let (link, target) = (folder.url.appendingPathComponent("baseline.csv"), folder.url.appendingPathComponent("elsewhere/b.csv"))
    try AtomicFile.write(Array("old".utf8), to: target)
    #expect(chmod(target.path, 0o640) == 0)
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "elsewhere/b.csv")
    try AtomicFile.write(Array("new".utf8), to: link)
    #expect(try contents(of: target) == "new" && FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "elsewhere/b.csv")
    #expect(try FileManager.default.attributesOfItem(atPath: target.path)[.posixPermissions] as? Int == 0o640)
  }

  @Test("A file write replaces the content whole and makes missing folders")
  func replaces() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("a b/ü/rows.csv")
    try AtomicFile.write(Array("old and long".utf8), to: file)
    try AtomicFile.write(Array("new".utf8), to: file)
    #expect(try contents(of: file) == "new")
    #expect(throws: FileError.self) { try AtomicFile.read(folder.url.appendingPathComponent("none")) }
  }
}
