import Foundation
import Groundwork
import Testing

@testable import ConvolutionalNetworks

@Suite(.serialized) struct CIFAR10DownloadTests {
  /// A server with a tiny archive, a directory to download into, and a download of that archive.
  private struct Scene {
    let server: ArchiveServer
    let data: URL
    let archive: URL
    let bytes: Data
    var download: CIFAR10Download

    var partial: URL { data.appendingPathComponent("tiny.tar.gz.partial") }
    func run(_ lines: inout [String]) throws -> CIFAR10Download.Outcome { try download.run(into: data) { lines.append($0) } }
    func message() -> String {
      do { return "\(try download.run(into: data) { _ in })" } catch { return "\(error)" }
    }
    func leftovers() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: data.path).sorted() }
  }

  private func withScene(path: String = "tiny.tar.gz", _ body: (inout Scene) throws -> Void) throws {
    try withTemporaryDirectory { directory throws in
      let files = FileManager.default
      let served = directory.appendingPathComponent("served")
      let source = directory.appendingPathComponent("source/cifar-10-batches-bin")
      for folder in [served, source] { try files.createDirectory(at: folder, withIntermediateDirectories: true) }
      // Noise, so that the archive is large enough to be cut in two.
      for number in 1...2 {
        var record = Data([UInt8(number)])
        var generator = SplitMix64(seed: UInt64(number))
        for _ in 0..<3_072 { record.append(UInt8(generator.next(below: 256))) }
        try record.write(to: source.appendingPathComponent("data_batch_\(number).bin"))
      }
      let archive = served.appendingPathComponent("tiny.tar.gz")
      try Tool.run("tar", ["-czf", archive.path, "-C", directory.appendingPathComponent("source").path, "cifar-10-batches-bin"])
        .requireSuccess()
      let md5 = String(try Tool.run("md5sum", [archive.path]).output.prefix(32))
      let server = try ArchiveServer(serving: served)
      var download = CIFAR10Download(
        .init(url: server.url(path), md5: md5, folder: "cifar-10-batches-bin", files: ["data_batch_1.bin", "data_batch_2.bin"]))
      download.firstPauseSeconds = 0.01
      download.attempts = 3
      var scene = Scene(
        server: server, data: directory.appendingPathComponent("data"), archive: archive, bytes: try Data(contentsOf: archive),
        download: download)
      try body(&scene)
    }
  }

  @Test("A download ends with readable batches and nothing else")
  func wholeDownload() throws {
    try withScene { scene throws in
      var lines: [String] = []
      #expect(try scene.run(&lines) == .downloaded)
      #expect(try CIFAR10.load(directory: scene.data).labels == [1, 2])
      #expect(try scene.leftovers() == ["cifar-10-batches-bin"])
      #expect(lines.first?.contains("downloading http://127.0.0.1") == true && lines.last?.contains("is complete") == true)
      #expect(try scene.run(&lines) == .alreadyThere)
      #expect(scene.server.requests == ["/tiny.tar.gz -"])
    }
  }

  @Test("Half a file is resumed and not fetched again")
  func resumed() throws {
    try withScene { scene throws in
      try FileManager.default.createDirectory(at: scene.data, withIntermediateDirectories: true)
      let half = scene.bytes.count / 2
      try scene.bytes.prefix(half).write(to: scene.partial)
      var lines: [String] = []
      #expect(try scene.run(&lines) == .downloaded)
      #expect(scene.server.requests == ["/tiny.tar.gz bytes=\(half)-"])
      #expect(try CIFAR10.load(directory: scene.data).count == 2)
    }
  }

  @Test("A partial file that is whole is only unpacked")
  func wholePartialFile() throws {
    try withScene { scene throws in
      try FileManager.default.createDirectory(at: scene.data, withIntermediateDirectories: true)
      try scene.bytes.write(to: scene.partial)
      var lines: [String] = []
      #expect(try scene.run(&lines) == .downloaded)
      #expect(scene.server.requests.isEmpty)
    }
  }

  @Test("A transfer that breaks off continues where it stopped")
  func brokenTransfer() throws {
    try withScene(path: "cut/tiny.tar.gz") { scene throws in
      var lines: [String] = []
      #expect(try scene.run(&lines) == .downloaded)
      #expect(scene.server.requests == ["/cut/tiny.tar.gz -", "/cut/tiny.tar.gz bytes=\(scene.bytes.count / 2)-"])
      #expect(lines.contains { $0.contains("interrupted") })
      #expect(try CIFAR10.load(directory: scene.data).count == 2)
    }
  }

  @Test("After the last attempt the beginning is kept for the next run")
  func lastAttempt() throws {
    try withScene(path: "cut/tiny.tar.gz") { scene throws in
      scene.download.attempts = 1
      let text = scene.message()
      #expect(text.contains("\(scene.bytes.count / 2) bytes are kept in \(scene.partial.path)") && text.contains("run it again"), "\(text)")
      #expect(try scene.leftovers() == ["tiny.tar.gz.partial"])
      #expect(scene.message() == "downloaded")
    }
  }

  @Test("A wrong checksum sets the archive aside and unpacks nothing")
  func wrongChecksum() throws {
    try withScene { scene throws in
      let right = scene.download.archive.md5
      scene.download.archive.md5 = String(repeating: "0", count: 32)
      let text = scene.message()
      #expect(text.contains("has the MD5 \(right), expected 0000") && text.contains("tiny.tar.gz.bad"), "\(text)")
      #expect(try scene.leftovers() == ["tiny.tar.gz.bad"])
    }
  }

  @Test("A missing file is reported at once")
  func missingFile() throws {
    try withScene(path: "other/gone.tar.gz") { scene throws in
      let text = scene.message()
      #expect(text.contains("the server answered 404") && text.contains("Check the address"), "\(text)")
      #expect(scene.server.requests.count == 1)
    }
  }

  @Test("A partial file longer than the archive is dropped and fetched again")
  func tooLongPartialFile() throws {
    try withScene { scene throws in
      try FileManager.default.createDirectory(at: scene.data, withIntermediateDirectories: true)
      try (scene.bytes + Data(count: 50)).write(to: scene.partial)
      #expect(scene.message() == "downloaded")
      #expect(scene.server.requests.count == 2)
    }
  }

  @Test("An incomplete folder is completed, and its other files are kept")
  func incompleteFolder() throws {
    try withScene { scene throws in
      let folder = scene.data.appendingPathComponent("cifar-10-batches-bin")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data("half".utf8).write(to: folder.appendingPathComponent("data_batch_1.bin"))
      try Data("mine".utf8).write(to: folder.appendingPathComponent("notes.txt"))
      #expect(scene.message() == "downloaded")
      #expect(try CIFAR10.load(directory: scene.data).labels == [1, 2])
      #expect(try Data(contentsOf: folder.appendingPathComponent("notes.txt")) == Data("mine".utf8))
    }
  }

  @Test("An archive without the files is refused")
  func otherArchive() throws {
    try withScene { scene throws in
      scene.download.archive.files.append("data_batch_9.bin")
      #expect(scene.message().contains("does not contain cifar-10-batches-bin/data_batch_9.bin"))
      #expect(try scene.leftovers() == ["tiny.tar.gz.partial"])
    }
  }

  @Test("A missing tool is named")
  func missingTool() {
    #expect("\(DownloadError(.toolMissing(name: "md5sum")))".contains("apt-get install coreutils"))
    do {
      _ = try Tool.run("no-such-tool-here", [])
      Issue.record("no error")
    } catch { #expect("\(error)".contains("no-such-tool-here is not on the PATH"), "\(error)") }
  }
}
