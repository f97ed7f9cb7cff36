import Foundation
import TestSupport
import Testing

@testable import Mistique
@testable import MistiqueStorage

/// Demotion where there is nothing to give back, or something else is damaged.
@Suite struct DemotionFaultsTests {
  private let folder = TemporaryDirectory("demotion-faults")
  private static let bound = QuantizationScheme.ErrorBound.relative(0.2)

  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  private func values(_ result: IntermediateResult) throws -> [Float] { try #require(result.matrix).withValues { Array($0) } }

  @Test("What is stored in one piece has no residual: demoting it changes nothing, and it stays exact", arguments: [false, true])
  func onePiece(isConstant: Bool) throws {
    var random = SeededRandom(seed: 3)
    // Of half precision, as bfloat16 is: the lower bytes are zero.
    let values = (0..<3_000 * 8).map { _ in
      isConstant ? 0 : Float(bitPattern: Float.random(in: -3...3, using: &random).bitPattern & 0xffff_0000)
    }
    let store = try IntermediateStore(at: folder.url)
    let model = GivenNetwork(.maps(channels: 8, height: 1, width: 1), ids: Array(0..<3_000), values: values)
    try store.logIntermediates(of: model, as: Self.identity("m"), policy: .ladder(Self.bound))
    let before = try store.storage().partitionBytes
    let freed = try store.demote("first", of: Self.identity("m"), to: Self.bound)
    #expect(freed.bytes == 0)
    #expect(try store.storage().partitionBytes == before)
    let read = try store.getIntermediates(["t.m.first.*"], accuracy: .exact)[0]
    #expect(try read.isExact && self.values(read) == values)
    #expect(try store.topRows(["t.m.first.n3"], k: 5).rowIDs.count == 5)
  }

  @Test("Rungs of which no frame that is asked for has a residual are exact as they are")
  func exactBase() throws {
    var random = SeededRandom(seed: 4)
    // The first channels are of half precision, in frames of their own.
    let channels = 128
    let values = (0..<3_000 * channels).map { place in
      let value = Float.random(in: -3...3, using: &random)
      return place % channels < channels / 2 ? Float(bitPattern: value.bitPattern & 0xffff_0000) : value
    }
    let store = try IntermediateStore(at: folder.url)
    let model = GivenNetwork(.maps(channels: channels, height: 1, width: 1), ids: Array(0..<3_000), values: values)
    try store.logIntermediates(of: model, as: Self.identity("m"), policy: .ladder(Self.bound))
    #expect(try store.demote("first", of: Self.identity("m"), to: Self.bound).bytes > 0)
    var exact = 0
    for channel in 0..<channels {
      do {
        let read = try store.getIntermediates(["t.m.first.n\(channel)"], plan: .read, accuracy: .exact)[0]
        exact += 1
        let emitted = (0..<3_000).map { values[$0 * channels + channel] }
        #expect(try read.isExact && self.values(read) == emitted, "channel \(channel)")
      } catch let error as StoreError where error.code == .cannotPlan {}
    }
    #expect(exact > 0 && exact < channels)
  }

  @Test("Nothing is given back where something that stays is damaged, so that nobody knows what it needs")
  func damagedNeighbour() throws {
    do {
      let store = try IntermediateStore.withToys(at: folder.url)
      try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("a"), policy: .ladder(.absolute(0.05)))
      try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 9), as: Self.identity("b"))
      let b = try #require(try store.opened.catalog.model(Self.identity("b")))
      let manifest = try #require(try store.opened.catalog.intermediates(of: b)[1].manifest)
      try store.close()
      try damage(store.opened.store.file(manifest.partition), chunk: manifest.index)
    }
    let store = try IntermediateStore.withToys(at: folder.url)
    for _ in 0..<2 {
      #expect { try store.demote("layer1", of: Self.identity("a"), to: .absolute(0.05)) } throws: { ($0 as? StoreError)?.code == .corrupt }
      #expect { try store.drop("layer1", of: Self.identity("a")) } throws: { ($0 as? StoreError)?.code == .corrupt }
    }
    let read = try store.getIntermediates(["t.a.layer1.*"], plan: .read)[0]
    #expect(try read.isExact && values(read)[5] == ToyNetwork.value(layer: 1, row: 0, column: 5, weight: 2))
  }

  /// Changes a byte in the middle of the frame that a chunk is in.
  private func damage(_ file: PartitionFile, chunk: Int) throws {
    let frame = file.footer.frames[try file.entry(chunk).firstFrame]
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file.path))
    defer { try? handle.close() }
    let place = UInt64(frame.offset + frame.storedBytes / 2)
    try handle.seek(toOffset: place)
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: place)
    try handle.write(contentsOf: Data([byte ^ 0x10]))
  }

  @Test("On a full disk a store that is opened anew gives residuals back", .enabled(if: SmallDisk.isPossible))
  func fullDiskAnew() throws {
    let disk = try SmallDisk(megabytes: 8)
    let url = disk.url.appendingPathComponent("store")
    do {
      let store = try IntermediateStore.withToys(at: url)
      try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("a"), policy: .ladder(.absolute(0.05)))
      try store.close()
    }
    try disk.fill()
    let store = try IntermediateStore.withToys(at: url)
    #expect(try store.demote("layer1", of: Self.identity("a"), to: .absolute(0.05)).bytes > 0)
    #expect(try store.verify().isIntact)
  }

  @Test("Under a budget what has lost its residual is stored whole again when there is room and it is asked for")
  func storedAgain() throws {
    let identity = Self.identity("m")
    let policy = try StoragePolicy.budget(bytes: 1 << 30).quantized(.ladder(.absolute(0.05)))
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: policy)
    _ = try store.getIntermediates(["t.m.layer1.*"], plan: .rerun)
    #expect(try store.getIntermediates(["t.m.layer1.*"], plan: .read)[0].isExact)
    #expect(try store.demote("layer1", of: identity, to: .absolute(0.05)).bytes > 0)
    let rerun = try store.getIntermediates(["t.m.layer1.*"])[0]
    #expect(rerun.plan.choice == .rerun && rerun.materialized != nil)
    let read = try store.getIntermediates(["t.m.layer1.*"], plan: .read)[0]
    #expect(try read.isExact && read.isIdentical(to: store.getIntermediates(["t.m.layer1.*"], plan: .rerun)[0]))
    #expect(try store.verify().isIntact)
  }

  @Test("What both rungs of do not fit is not stored again and again: its base stays")
  func noRoom() throws {
    let identity = Self.identity("m")
    func logged(budget: Int, at name: String) throws -> IntermediateStore {
      let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent(name))
      let policy = try StoragePolicy.budget(bytes: budget).quantized(.ladder(.absolute(0.05)))
      try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: policy)
      return store
    }
    let probe = try logged(budget: 1 << 30, at: "probe")
    let before = try probe.storage().partitionBytes
    _ = try probe.getIntermediates(["t.m.layer1.*"], plan: .rerun)
    let budget = before + (try probe.storage().partitionBytes - before) / 2
    let store = try logged(budget: budget, at: "store")
    var stored = 0
    for _ in 0..<6 {
      if case .stored = try store.getIntermediates(["t.m.layer1.*"], plan: .rerun)[0].materialized { stored += 1 }
      #expect(try store.storage().partitionBytes <= budget)
    }
    #expect(stored == 0, "an answer that says it is stored can be read exactly")
    #expect(try store.verify().isIntact)
  }
}
