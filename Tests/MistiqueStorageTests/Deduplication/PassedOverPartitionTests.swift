import Foundation
import MistiqueStorage
import TestSupport
import Testing

/// Partitions that a writer passes over because they are damaged or missing.
@Suite struct PassedOverPartitionTests {
  private let schema = IntermediateSchema.maps(channels: 64, height: 4, width: 4)
  private let values = activations(1200 * 1024, seed: 5)

  private func path(_ id: PartitionID, _ fixture: StoreFixture) -> String { PartitionPath.file(id, in: fixture.store.partitionsDirectory) }

  @Test("A missing partition keeps its name: an equal one gets another, and refers to nothing in it")
  func missing() throws {
    let fixture = try StoreFixture()
    let first = try fixture.write(values, schema: schema, writer: try fixture.writer())
    let lost = first.partitions[0].id
    try FileManager.default.removeItem(atPath: path(lost, fixture))
    let reopened = try DataStore(directory: fixture.folder.path)
    let writer = try StoreWriter(store: reopened, committed: { first.committed })
    #expect(writer.damaged.mapValues(\.code) == [lost: .notFound])
    let second = try fixture.write(values, schema: schema, writer: writer)
    #expect(second.partitions[0].rawBytes == first.partitions[0].rawBytes && !second.partitions.map(\.id).contains(lost))
    #expect(!FileManager.default.fileExists(atPath: path(lost, fixture)))
    reopened.dropCaches()
    #expect(throws: Never.self) { try reopened.checkIntact(intermediate: second.intermediates[0]) }
    #expect { try reopened.checkIntact(intermediate: first.intermediates[0]) } throws: { ($0 as? StoreError)?.code == .notFound }
  }

  @Test("A partition that goes while a writer is open: its chunks are stored again, under another name")
  func goneMeanwhile() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let first = try fixture.write(values, schema: schema, writer: writer)
    let lost = first.partitions[0].id
    try FileManager.default.removeItem(atPath: path(lost, fixture))
    let second = try fixture.write(values, schema: schema, writer: writer)
    #expect(second.counters.damagedChunks > 0 && !second.partitions.map(\.id).contains(lost))
    fixture.store.dropCaches()
    #expect(throws: Never.self) { try fixture.store.checkIntact(intermediate: second.intermediates[0]) }
  }

  @Test("A frame whose values are in a damaged partition is nothing to pass columns on from")
  func storedFrame() throws {
    let fixture = try StoreFixture()
    let frame = DataFrame(rowIDs: .first(3000), columns: [("x", Column(.float64((0..<3000).map { Double($0) * 0.37 })))])
    let first = try fixture.write(frame, writer: try fixture.writer())
    let file = path(first.partitions[0].id, fixture)
    try Data(contentsOf: URL(fileURLWithPath: file)).dropLast(9).write(to: URL(fileURLWithPath: file))
    let writer = try StoreWriter(store: try DataStore(directory: fixture.folder.path), committed: { first.committed })
    #expect { try writer.storedFrame(first.intermediates[0]) } throws: {
      ($0 as? StoreError)?.code == .corrupt && "\($0)".contains(file)
    }
  }

  @Test("A writer says that it is outdated when a file that it knows goes, and when one that it passed over comes back")
  func outdated() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let first = try fixture.write(values, schema: schema, writer: writer)
    #expect(!writer.isOutdated)
    let file = path(first.partitions[0].id, fixture)
    let aside = fixture.folder.path + "/aside"
    try FileManager.default.moveItem(atPath: file, toPath: aside)
    #expect(writer.isOutdated)
    // Another handle: this one's writer keeps its lock.
    let elsewhere = TemporaryDirectory("copy")
    let copy = elsewhere.path + "/store"
    try FileManager.default.copyItem(atPath: fixture.folder.path, toPath: copy)
    let store = try DataStore(directory: copy)
    let next = try StoreWriter(store: store, committed: { first.committed })
    #expect(!next.isOutdated && next.damaged.count == 1)
    let place = PartitionPath.file(first.partitions[0].id, in: store.partitionsDirectory)
    try Data("x".utf8).write(to: URL(fileURLWithPath: place))
    #expect(!next.isOutdated, "what lies there is not the partition")
    try FileManager.default.removeItem(atPath: place)
    try FileManager.default.moveItem(atPath: aside, toPath: place)
    #expect(next.isOutdated)
  }

  @Test("Beside damage a writer removes no file that is not committed; without damage it does")
  func unlistedFile() throws {
    let fixture = try StoreFixture()
    let first = try fixture.write(values, schema: schema, writer: try fixture.writer())
    let (listed, other) = (path(first.partitions[0].id, fixture), path(first.partitions[1].id, fixture))
    let whole = try Data(contentsOf: URL(fileURLWithPath: listed))
    let committed: StoreWriter.Committed = first.committed.filter { $0.key != first.partitions[1].id }
    try whole.dropLast(9).write(to: URL(fileURLWithPath: listed))
    _ = try StoreWriter(store: try DataStore(directory: fixture.folder.path), committed: { committed })
    #expect(FileManager.default.fileExists(atPath: other))
    try whole.write(to: URL(fileURLWithPath: listed))
    _ = try StoreWriter(store: try DataStore(directory: fixture.folder.path), committed: { committed })
    #expect(!FileManager.default.fileExists(atPath: other))
  }

  @Test("Abandoning removes what the writer wrote, what was committed and taken back too, and no other file")
  func abandoning() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let kept = try fixture.write(values, schema: schema, writer: writer)
    let commit = try fixture.write(activations(1200 * 1024, seed: 6), schema: schema, writer: writer)
    let stranger = path(commit.partitions[0].id, fixture) + ".mqp"
    let foreign = PartitionPath.file(PartitionID(Fingerprint(low: 1, high: 2)), in: fixture.store.partitionsDirectory)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: foreign).deletingLastPathComponent(), withIntermediateDirectories: true)
    for file in [stranger, foreign] { try Data("x".utf8).write(to: URL(fileURLWithPath: file)) }
    writer.retract(commit)
    _ = try writer.storeBlob(Array("not committed".utf8))
    try writer.flush()
    #expect(fixture.folder.files().keys.filter { $0.hasSuffix(".mqp") }.count == kept.partitions.count + commit.partitions.count + 3)
    writer.abandon()
    let left = Set(fixture.folder.files().keys.filter { $0.hasSuffix(".mqp") }.map { fixture.folder.path + "/" + $0 })
    #expect(left == Set(kept.partitions.map { path($0.id, fixture) } + [stranger, foreign]))
  }

  @Test("Frames of a file that is found damaged only when they are to be given back stay, and others are given back")
  func reclaiming() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let first = try fixture.write(values, schema: schema, writer: writer)
    let (lost, other) = (first.partitions[0].id, first.partitions[1].id)
    try FileManager.default.removeItem(atPath: path(lost, fixture))
    let bytes = try writer.reclaim(removed: [], freed: [lost: FreedFrames([0]), other: FreedFrames([0])])
    #expect(Set(bytes.keys) == [other])
  }

  @Test("A partition of a later version refuses the writer, and no file is removed for it")
  func laterVersion() throws {
    let fixture = try StoreFixture()
    let first = try fixture.write(values, schema: schema, writer: try fixture.writer())
    let file = path(first.partitions[0].id, fixture)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[8] = 9
    try bytes.write(to: URL(fileURLWithPath: file))
    let second = path(first.partitions[1].id, fixture)
    let unlisted = first.committed.filter { $0.key != first.partitions[1].id }
    #expect { _ = try StoreWriter(store: try DataStore(directory: fixture.folder.path), committed: { unlisted }) } throws: {
      ($0 as? StoreError)?.code == .unsupportedVersion
    }
    #expect(FileManager.default.fileExists(atPath: second))
  }
}
