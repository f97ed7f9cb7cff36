import Foundation
import Groundwork
import TestSupport
import Testing

/// What a program that is stopped, or a disk that is full, leaves of a file.
struct UnfinishedFileTests {
  private let folder = TemporaryDirectory("unfinished-file")

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  private func put(_ text: String, into file: borrowing UnfinishedFile) throws {
    try Array(text.utf8).withUnsafeBytes { bytes in try file.write(bytes) }
  }

  private func text(_ name: String) throws -> String {
    try String(decoding: Data(contentsOf: folder.url.appendingPathComponent(name)), as: UTF8.self)
  }

  private func names() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) }

  @Test("A file has its name only when it is complete, and nothing else lies beside it then")
  func putInPlace() throws {
    try UnfinishedFile.write(Array("old".utf8), to: path("a"))
    let file = try UnfinishedFile(of: path("a"))
    try put("new", into: file)
    #expect(try text("a") == "old" && names().count == 2)
    try file.putInPlace()
    #expect(try text("a") == "new" && names() == ["a"])
  }

  @Test("A file that is dropped leaves the old one, and no other")
  func dropped() throws {
    try UnfinishedFile.write(Array("old".utf8), to: path("a"))
    do {
      let file = try UnfinishedFile(of: path("a"))
      try put("half of it", into: file)
    }
    #expect(try text("a") == "old" && names() == ["a"])
  }

  @Test("What a stopped process left under a name of its own is overwritten")
  func leftover() throws {
    try Data("a long leftover".utf8).write(to: folder.url.appendingPathComponent("a.tmp"))
    let file = try UnfinishedFile(of: path("a"), temporary: path("a.tmp"))
    try put("new", into: file)
    try file.putInPlace()
    #expect(try text("a") == "new" && names() == ["a"])
  }

  @Test("Two writers of one file do not meet: the last keeps it")
  func twoWriters() throws {
    let first = try UnfinishedFile(of: path("a"))
    let second = try UnfinishedFile(of: path("a"))
    try put("first", into: first)
    try put("second", into: second)
    try second.putInPlace()
    try first.putInPlace()
    #expect(try text("a") == "first" && names() == ["a"])
  }

  @Test("An error says which step failed, on what, and why")
  func failures() throws {
    try FileManager.default.createDirectory(atPath: path("folder/inside"), withIntermediateDirectories: true)
    let renamed = #expect(throws: FileFailure.self) { try UnfinishedFile.write([UInt8](), to: path("folder")) }
    #expect(renamed?.step == .renamed && renamed?.description.contains("cannot be renamed into place: Is a directory") == true)
    #expect(try names() == ["folder"])
    let created = #expect(throws: FileFailure.self) { try UnfinishedFile.write([UInt8](), to: path("none/a")) }
    #expect(created?.step == .created && created?.reason == SystemFailure(code: ENOENT))
    let opened = #expect(throws: FileFailure.self) { try FolderEntries.flush(around: path("none/a")) }
    #expect(opened == FileFailure(.opened, path("none"), SystemFailure(code: ENOENT)))
  }

  @Test("On a full disk the old file stays as it was", .enabled(if: SmallDisk.isPossible))
  func fullDisk() throws {
    let disk = try SmallDisk(kilobytes: 64)
    let place = disk.url.appendingPathComponent("a")
    try Data("old".utf8).write(to: place)
    let failure = #expect(throws: FileFailure.self) { try UnfinishedFile.write([UInt8](repeating: 1, count: 200_000), to: place.path) }
    #expect(failure?.reason == SystemFailure(code: ENOSPC))
    #expect(try Data(contentsOf: place) == Data("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.url.path) == ["a"])
  }
}
