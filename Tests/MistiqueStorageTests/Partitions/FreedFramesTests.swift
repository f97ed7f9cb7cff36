import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct FreedFramesTests {
  @Test("Frames that a partition does not have are not counted as freed")
  func beyond() throws {
    let freed = FreedFrames([1, 3, 9, 4_000])
    #expect(freed.count(of: 0) == 0 && freed.count(of: 4) == 2 && freed.count(of: 10) == 3 && freed.count(of: 5_000) == 4)
    #expect(FreedFrames([1, 2, 9]).count(without: FreedFrames([2, 70, 4_000])) == 2)
    #expect(FreedFrames([1, 2]).count(without: freed) == 1 && FreedFrames().count(without: freed) == 0)
    let fixture = try StoreFixture()
    let commit = try fixture.write(activations(64, seed: 1), schema: .maps(channels: 1, height: 4, width: 4), writer: try fixture.writer())
    let partitions = commit.partitions.map { (id: $0.id, freed: FreedFrames((0..<64).map { 1_000 + $0 })) }
    let verified = try fixture.store.verify(partitions)
    #expect(verified.damaged.isEmpty)
    #expect(verified.freedFrames == 0)
    #expect(verified.frames == commit.partitions.reduce(0) { $0 + $1.footer.frames.count })
  }
}
