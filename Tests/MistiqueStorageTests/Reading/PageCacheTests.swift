import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// How much of a read the operating system has no copy of.
@Suite struct PageCacheTests {
  @Test(
    "What was evicted from the page cache is cold, what was read is warm",
    .enabled(if: PageCacheProbe.canTell, "the file system here neither evicts nor tells what it has in memory"))
  func coldAndWarm() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let schema = IntermediateSchema.maps(channels: 40, height: 16, width: 16)
    let commit = try fixture.write(activations(1000 * 10_240, seed: 8), schema: schema, writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let plan = try fixture.store.plan(manifest, columns: [0..<schema.columnCount], rows: .all)
    let read = { _ = try fixture.store.read(plan, counters: ReadCounters()) }
    try read()
    #expect(plan.coldBytes() == 0)

    try PageCacheProbe.evict(fixture.folder.path)
    #expect(plan.coldBytes() == plan.estimate.storedBytes)

    try PageCacheProbe.evict(fixture.folder.path)
    try read()
    #expect(plan.coldBytes() == 0)
  }

  @Test("What is in memory counts as warm, and so does a read of nothing")
  func warm() throws {
    let fixture = try StoreFixture()
    let commit = try fixture.write(
      activations(100, seed: 8), schema: .maps(channels: 1, height: 1, width: 1), writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let plan = try fixture.store.plan(manifest, columns: [0..<1], rows: .all)
    _ = try fixture.store.read(plan, counters: ReadCounters())
    #expect(plan.coldBytes() == 0)
    #expect(try fixture.store.plan(manifest, columns: [], rows: .all).coldBytes() == 0)
  }
}

/// What the test machine can do, found out by other means than those under test.
private enum PageCacheProbe {
  /// Whether temporary files lie on a file system that is known to answer, and whose files leave memory when they are asked to.
  static let canTell: Bool = {
    let folder = TemporaryDirectory("page-cache")
    let answering: Set = ["ext2/ext3", "xfs", "btrfs"]  // as coreutils names them; the first is ext4 too
    guard let type = try? Command.run(["stat", "-f", "-c", "%T", folder.path]).output,
      answering.contains(type.trimmingCharacters(in: .whitespacesAndNewlines))
    else { return false }
    let path = "\(folder.path)/probe"
    guard FileManager.default.createFile(atPath: path, contents: Data(count: 1 << 16)) else { return false }
    do { try evict(folder.path) } catch { return false }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    guard let map = mmap(nil, 1 << 16, PROT_READ, MAP_SHARED, descriptor, 0), map != MAP_FAILED else { return false }
    defer { munmap(map, 1 << 16) }
    var isResident = [UInt8](repeating: 1, count: (1 << 16) / Int(getpagesize()))
    return mincore(map, 1 << 16, &isResident) == 0 && isResident.allSatisfy { $0 & 1 == 0 }
  }()

  /// Flushes every file below `folder` and asks the kernel to forget it.
  static func evict(_ folder: String) throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      fsync(descriptor)
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
      close(descriptor)
    }
  }
}
