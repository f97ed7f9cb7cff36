import Foundation
import Mistique
import TestSupport
import Testing

/// The tester of random stores is worth something only if it notices a single wrong bit.
@Suite("One flipped bit of what is expected of a store is noticed")
struct StoreCanaryTests {
  private let folder = TemporaryDirectory.fast("canaries")

  private func store(_ content: LoggedIntermediate, _ policy: StoragePolicy) throws -> (IntermediateStore, ModelIdentity) {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent(UUID().uuidString), options: SequenceStore.options)
    let (model, identity) = (RandomModel("canary", [content], putsOutAllRows: false), ModelIdentity(project: "p", name: "m"))
    store.register(kind: RandomModel.kind) { _ in model }
    try store.logIntermediates(of: model, as: identity, policy: policy)
    return (store, identity)
  }

  /// Whether one of many random questions finds something wrong.
  private func isNoticed(_ random: inout SeededRandom, _ ask: (inout SeededRandom) throws -> Void) throws -> Bool {
    for _ in 0..<200 {
      do { try ask(&random) } catch is BrokenProperty { return true }
    }
    return false
  }

  @Test("in maps, by reading and by re-running", arguments: 0..<8 as Range<UInt64>, [QuantizationScheme.none, .pool(2, .maximum), .lp32])
  func maps(seed: UInt64, scheme: QuantizationScheme) throws {
    var random = SeededRandom(seed: seed)
    var maps = LoggedMaps(rows: 6, &random)
    maps.values = maps.values.map { $0.isFinite ? $0 : 1 }
    let policy = StoragePolicy.dedup.quantized(scheme)
    let (store, identity) = try store(.maps(maps), policy)
    var questions = try MapQuestions(store, identity, "i0", policy, maps, rowsPerBlock: 4)
    #expect(try !isNoticed(&random) { try questions.ask(&$0) }, "nothing is wrong yet")
    let place = Int(random.next() % UInt64(questions.pooled.values.count))
    // Not the sign: 0 and -0 count as equal where they were computed.
    questions.pooled.values[place] = Float(bitPattern: questions.pooled.values[place].bitPattern ^ 1 << UInt32(random.next() % 31))
    #expect(try isNoticed(&random) { try questions.ask(&$0) }, "seed \(seed), value \(place)")
    questions.checksReruns = false
    #expect(try isNoticed(&random) { try questions.ask(&$0) }, "seed \(seed), value \(place), by reading")
  }

  @Test("in frames, by reading and by re-running", arguments: 0..<8 as Range<UInt64>)
  func frames(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let whole = (0..<9).map { _ in Int64(bitPattern: random.next()) }
    func frame(_ values: [Int64]) -> DataFrame {
      DataFrame(
        rowIDs: .first(9),
        columns: [
          ("i", Column(.int64(values))), ("f", Column(.float64(values.map { Double(bitPattern: UInt64(bitPattern: $0)) }))),
          ("t", Column(.text(TextValues(values.map { "\($0)" })))),
        ])
    }
    let (store, identity) = try store(.frame(frame(whole)), .dedup)
    var questions = try FrameQuestions(store, identity, "i0", .dedup, frame(whole), rowsPerBlock: 4)
    #expect(try !isNoticed(&random) { try questions.ask(&$0) }, "nothing is wrong yet")
    var flipped = whole
    flipped[Int(random.next() % 9)] ^= 1 << Int64(random.next() % 64)
    questions.frame = frame(flipped)
    #expect(try isNoticed(&random) { try questions.ask(&$0) }, "seed \(seed)")
    questions.checksReruns = false
    #expect(try isNoticed(&random) { try questions.ask(&$0) }, "seed \(seed), by reading")
  }

  @Test("in bounds: a value that is not the one that was logged is outside them")
  func bounds() throws {
    var random = SeededRandom(seed: 3)
    var maps = LoggedMaps(rows: 6, &random)
    maps.values = maps.values.indices.map { Float($0 % 16) }
    let policy = StoragePolicy.dedup.quantized(.kbit(4))
    let (store, identity) = try store(.maps(maps), policy)
    #expect(try !isNoticed(&random) { try MapQuestions(store, identity, "i0", policy, maps, rowsPerBlock: 4).ask(&$0) })
    // Another model is re-run than was logged: its values are what the bounds must hold.
    var other = maps
    other.values = maps.values.map { Float(bitPattern: $0.bitPattern ^ 1 << 30) }
    let changed = RandomModel("canary", [.maps(other)], putsOutAllRows: false)
    store.register(kind: RandomModel.kind) { _ in changed }
    var questions = try MapQuestions(store, identity, "i0", policy, maps, rowsPerBlock: 4)
    questions.checksReruns = false
    #expect(try isNoticed(&random) { try questions.ask(&$0) })
  }
}
