import Foundation
import TestSupport
import Testing

@testable import Mistique

/// Where partition files are put that may be needed again.
@Suite struct SetAsideTests {
  private let folder = TemporaryDirectory("aside")

  @Test("Partitions are set aside on the file system that they are on, also where their folder is a link to it")
  func linkedPartitions() throws {
    let (store, disk) = (folder.url.appendingPathComponent("store"), folder.url.appendingPathComponent("disk"))
    let inner = disk.appendingPathComponent("files/ab")
    for place in [store, inner] { try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) }
    let link = store.appendingPathComponent("partitions")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: disk.appendingPathComponent("files"))
    try Data("x".utf8).write(to: inner.appendingPathComponent("one.mqp"))
    let taken = try #require(try PartitionsSetAside(in: store).take([link.path + "/ab/one.mqp"]))
    #expect(taken.files == 1)
    #expect(FileManager.default.fileExists(atPath: disk.path + "/files.set-aside/ab/one.mqp"))
    #expect(!FileManager.default.fileExists(atPath: store.path + "/partitions.set-aside"))
  }

  @Test(
    "A partition on another file system, as where a folder of partitions is a link, is copied and then removed",
    .enabled(if: TemporaryDirectory.fast("disk").device != TemporaryDirectory("disk").device))
  func linkedFolder() throws {
    let disk = TemporaryDirectory.fast("disk")
    let partitions = folder.url.appendingPathComponent("partitions")
    try FileManager.default.createDirectory(at: partitions, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(at: partitions.appendingPathComponent("ab"), withDestinationURL: disk.url)
    let content = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 37) })
    try content.write(to: disk.url.appendingPathComponent("one.mqp"))
    let taken = try #require(try PartitionsSetAside(in: folder.url).take([partitions.path + "/ab/one.mqp"]))
    #expect(taken.files == 1 && disk.files().isEmpty)
    #expect(folder.files().keys.filter { !$0.hasPrefix("partitions/") } == ["partitions.set-aside/ab/one.mqp"])
    #expect(FileManager.default.contents(atPath: folder.path + "/partitions.set-aside/ab/one.mqp") == content)
  }

  @Test("Partitions of a plain folder are set aside in the store")
  func plainPartitions() throws {
    let inner = folder.url.appendingPathComponent("partitions/ab")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: inner.appendingPathComponent("one.mqp"))
    _ = try PartitionsSetAside(in: folder.url).take([inner.path + "/one.mqp"])
    #expect(FileManager.default.fileExists(atPath: folder.path + "/partitions.set-aside/ab/one.mqp"))
  }
}

extension TemporaryDirectory {
  /// The file system that it is on.
  fileprivate var device: Int? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.systemNumber].flatMap { ($0 as? NSNumber)?.intValue }
  }
}
