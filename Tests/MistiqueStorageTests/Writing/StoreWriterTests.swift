import Foundation
import MistiqueStorage
import TestSupport
import Testing

@Suite struct StoreWriterTests {
  @Test("A second writer is refused while the first is open, and let in afterwards")
  func oneWriter() throws {
    let fixture = try StoreFixture()
    var first: StoreWriter? = try fixture.writer()
    #expect { try fixture.writer() } throws: { ($0 as? StoreError)?.code == .locked }
    _ = first
    first = nil
    _ = try fixture.writer()
  }

  @Test("A new writer removes what a stopped one left and nothing else")
  func leftovers() throws {
    let fixture = try StoreFixture()
    let schema = IntermediateSchema.maps(channels: 64, height: 4, width: 4)
    let first = try fixture.write(activations(1200 * 1024, seed: 3), schema: schema, writer: try fixture.writer())
    let orphan = try fixture.write(
      activations(1024 * 50, seed: 8), schema: schema, writer: try fixture.writer(committed: Set(first.partitions.map(\.id))))
    let temporary = fixture.folder.path + "/partitions/\(first.partitions[0].id.description.prefix(2))/half.mqp.tmp"
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: temporary))
    // What somebody else put there is nobody's leftover.
    try Data([4]).write(to: fixture.folder.url.appendingPathComponent("partitions/stray file"))
    _ = try fixture.writer(committed: Set(first.partitions.map(\.id)))
    let names = Set(fixture.folder.files().keys.map { String($0.split(separator: "/").last!) })
    #expect(names == Set(first.partitions.map { "\($0.id).mqp" } + ["writer.lock", "stray file"]))
    #expect(!orphan.partitions.isEmpty)
  }
}
