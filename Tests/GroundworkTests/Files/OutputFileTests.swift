import Foundation
import Groundwork
import TestSupport
import Testing

/// What becomes of the name that a user gave.
struct OutputFileTests {
  private let folder = TemporaryDirectory("output-file")

  private func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

  private func write(_ text: String, to name: String) throws {
    let file = try OutputFile(url(name))
    try put(text, into: file)
    try file.commit()
  }

  private func put(_ text: String, into file: borrowing OutputFile) throws {
    try Array(text.utf8).withUnsafeBytes { bytes in try file.write(bytes) }
  }

  private func text(_ name: String) throws -> String { try String(decoding: Data(contentsOf: url(name)), as: UTF8.self) }

  private func status(_ name: String) throws -> stat {
    var status = stat()
    try #require(lstat(url(name).path, &status) == 0)
    return status
  }

  private func names() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) }

  @Test("A new file has the mode that the user's mask leaves, and nothing else lies beside it")
  func newFile() throws {
    try write("new", to: "a")
    #expect(try text("a") == "new")
    let mask = umask(0)
    umask(mask)
    #expect(try status("a").st_mode & 0o777 == 0o666 & ~mask)
    #expect(try names() == ["a"])
  }

  @Test("A name may be as long as the file system allows, in any script")
  func longNames() throws {
    for name in [String(repeating: "a", count: 255), String(repeating: "👩‍🔬", count: 23), String(repeating: "é", count: 127)] {
      try write("long", to: name)
      #expect(try text(name) == "long")
    }
    #expect(throws: SystemFailure(code: ENAMETOOLONG)) { try write("long", to: String(repeating: "a", count: 256)) }
  }

  @Test("A file that is replaced keeps its mode", arguments: [0o600, 0o640, 0o755, 0o4711] as [mode_t])
  func mode(_ mode: mode_t) throws {
    try write("old", to: "a")
    #expect(chmod(url("a").path, mode) == 0)
    try write("new", to: "a")
    #expect(try text("a") == "new" && status("a").st_mode & 0o7777 == mode)
  }

  @Test("What is dropped before it is complete leaves the old file, and no other")
  func dropped() throws {
    try write("old", to: "a")
    do {
      let file = try OutputFile(url("a"))
      try put("half of it", into: file)
    }
    #expect(try text("a") == "old" && names() == ["a"])
  }

  @Test("Links stay, relative ones, chains and dangling ones too, and what they lead to is written")
  func links() throws {
    let manager = FileManager.default
    try manager.createDirectory(at: url("deep"), withIntermediateDirectories: true)
    try write("old", to: "deep/target")
    #expect(chmod(url("deep/target").path, 0o600) == 0)
    try manager.createSymbolicLink(atPath: url("deep/link").path, withDestinationPath: "target")
    try manager.createSymbolicLink(atPath: url("chain").path, withDestinationPath: "deep/link")
    try manager.createSymbolicLink(atPath: url("dangling").path, withDestinationPath: url("deep/made").path)
    try write("new", to: "chain")
    try write("made", to: "dangling")
    #expect(try text("deep/target") == "new" && status("deep/target").st_mode & 0o777 == 0o600)
    #expect(try text("deep/made") == "made")
    for link in ["chain", "dangling", "deep/link"] { #expect(try status(link).st_mode & S_IFMT == S_IFLNK) }
  }

  @Test("Links in a circle and folders are refused")
  func refused() throws {
    try FileManager.default.createSymbolicLink(atPath: url("circle").path, withDestinationPath: "circle")
    #expect(throws: SystemFailure(code: ELOOP)) { _ = try OutputFile(url("circle")) }
    #expect(throws: SystemFailure(code: EISDIR)) { _ = try OutputFile(folder.url) }
    #expect(throws: SystemFailure(code: ENOENT)) { _ = try OutputFile(url("no/folder")) }
    #expect(throws: SystemFailure(code: ENOTDIR)) {
      try write("a file", to: "file")
      _ = try OutputFile(url("file/below"))
    }
  }

  @Test("A FIFO stays one and its reader gets the bytes")
  func fifo() throws {
    #expect(mkfifo(url("fifo").path, 0o600) == 0)
    let reader = try Command(["cat", url("fifo").path])
    try write("through the pipe", to: "fifo")
    #expect(reader.finish().output == "through the pipe")
    #expect(try status("fifo").st_mode & S_IFMT == S_IFIFO)
  }

  @Test("A device stays one", .enabled(if: getuid() == 0))
  func device() throws {
    // The same as /dev/null, which a fault in what is tested must not be able to replace.
    try #require(mknod(url("null").path, S_IFCHR | 0o666, 0x103) == 0)
    try write("into it", to: "null")
    #expect(try status("null").st_mode & S_IFMT == S_IFCHR)
    try #require(mknod(url("full").path, S_IFCHR | 0o666, 0x107) == 0)
    #expect(throws: SystemFailure(code: ENOSPC)) { try write("into it", to: "full") }
    #expect(try names() == ["null", "full"])
  }

  @Test("A file that may not be written is not replaced", .enabled(if: getuid() != 0))
  func readOnly() throws {
    try write("old", to: "a")
    #expect(chmod(url("a").path, 0o444) == 0)
    #expect(throws: SystemFailure(code: EACCES)) { try write("new", to: "a") }
  }

  @Test("On a full disk the old file stays as it was", .enabled(if: SmallDisk.isPossible))
  func fullDisk() throws {
    let disk = try SmallDisk(kilobytes: 64)
    let place = disk.url.appendingPathComponent("a")
    try Data("old".utf8).write(to: place)
    #expect(throws: SystemFailure(code: ENOSPC)) {
      let file = try OutputFile(place)
      try put(String(repeating: "x", count: 200_000), into: file)
      try file.commit()
    }
    #expect(try Data(contentsOf: place) == Data("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.url.path) == ["a"])
  }
}
