import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// Frames that one logging has read and the next ones take from memory.
@Suite struct RecentFramesTests {
  private let folder = TemporaryDirectory("recent-frames")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  private func frame(_ value: Double, rows: Int) -> DataFrame {
    DataFrame(rowIDs: .range(0..<Int64(rows)), columns: [("x", Column(.float64(Array(repeating: value, count: rows))))])
  }

  private func manifest(_ number: UInt64) -> ChunkReference {
    ChunkReference(partition: PartitionID(Fingerprint(low: number, high: 0)), index: 0)
  }

  @Test("What was wanted last is kept, within the limit; a frame larger than it never is")
  func limit() {
    let recent = RecentFrames(limit: 3 * 8 * 100)
    func kept(_ numbers: ClosedRange<UInt64>) -> [UInt64] { numbers.filter { recent[manifest($0)] != nil } }
    for number in UInt64(1)...3 { recent.keep(frame(Double(number), rows: 100), of: manifest(number)) }
    #expect(recent[manifest(1)] != nil)
    recent.keep(frame(4, rows: 100), of: manifest(4))
    #expect(kept(1...4) == [1, 3, 4])
    recent.keep(frame(5, rows: 301), of: manifest(5))
    #expect(kept(1...5) == [1, 3, 4])
    recent.keep(frame(4, rows: 100), of: manifest(4))
    #expect(kept(1...4) == [1, 3, 4], "the same again counts once")
    recent.keep(frame(6, rows: 300), of: manifest(6))
    #expect(kept(1...6) == [6])
    #expect(recent[manifest(6)]?.columns[0].approximateBytes == 2_400)
  }

  @Test("A second variant reads what it shares with the first, a third takes it from memory, and a store that is opened anew reads again")
  func variants() throws {
    func plan(_ last: Int) -> RecipeModel.Plan { .chain([1, 2, 3, last], rows: 2500, hasFrames: true) }
    var store = try IntermediateStore.withRecipes(at: folder.url)
    try store.logIntermediates(of: RecipeModel(plan(4)), as: Self.identity("a"))
    let second = try store.logIntermediates(of: RecipeModel(plan(5)), as: Self.identity("b"))
    #expect(second.intermediatesRead == ["step 2"] && second.stagesRun == ["step 3"])
    #expect(try store.differing(from: plan(5), Self.identity("b")).isEmpty)
    try HarmedPartition(with: store.places(of: "step 2", in: Self.identity("a")).chunk, of: store).harm(.body)
    let third = try store.logIntermediates(of: RecipeModel(plan(6)), as: Self.identity("c"))
    #expect(third.intermediatesRead == ["step 2"] && third.stagesRun == ["step 3"] && third.damaged.isEmpty)
    try store.close()

    store = try IntermediateStore.withRecipes(at: folder.url)
    let fourth = try store.logIntermediates(of: RecipeModel(plan(7)), as: Self.identity("d"))
    #expect(fourth.damaged.map(\.name).contains("step 2") || !fourth.damagedPartitions.isEmpty, "\(fourth)")
    #expect(fourth.stagesRun.contains("step 2"))
    #expect(try store.differing(from: plan(7), Self.identity("d")).isEmpty)
  }
}
