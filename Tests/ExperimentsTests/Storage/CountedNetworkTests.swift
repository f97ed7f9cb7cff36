import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique
import TestSupport
import Testing

@testable import experiments

/// Networks whose bytes are counted, every checkpoint running once for all policies.
@Suite struct CountedNetworkTests {
  private let folder = TemporaryDirectory("counted")

  /// Three checkpoints: of VGG16 with equal convolutions.
  private static func checkpoints(_ network: NetworkDescription) throws -> [Checkpoint] {
    let first = try Checkpoint.initial(for: network, seed: 1)
    let frozen = Set(
      try network.layers().filter { $0.description?.isFrozen == true }.flatMap { first.tensors(ofLayer: $0.index).map(\.name) })
    return try ([2, 3, 4] as [UInt64]).map { seed in
      let own = try Checkpoint.initial(for: network, seed: seed).tensors.filter { !frozen.contains($0.name) }
      return Checkpoint(first.tensors.filter { frozen.contains($0.name) } + own)
    }
  }

  private static func identity(_ checkpoint: Int) -> ModelIdentity { ModelIdentity(project: "t", name: "n\(checkpoint)") }

  static let vgg16 = NetworkDescription.cifar10VGG16(widths: [8, 16, 32, 64, 64])

  private func network(
    _ description: NetworkDescription = Self.vgg16, images seed: UInt64 = 5, count: Int = 100, in name: String,
    checkCancelled: @escaping () throws -> Void = {}
  ) throws -> CountedNetwork {
    CountedNetwork(
      name: description.name, description: description, checkpoints: try Self.checkpoints(description), identity: Self.identity,
      images: GeneratedImages(seed: seed).images(count: count), folder: folder.url.appendingPathComponent("\(name)-stores"),
      checkCancelled: checkCancelled)
  }

  /// Without times and the catalogue, in which times lie.
  private static func bytes(_ counts: StoredCounts) -> [Int] {
    [
      counts.logicalBytes, counts.partitionBytes, counts.directoryBytes, counts.transformerBytes, counts.chunks, counts.duplicateChunks,
      counts.passedChunks,
    ]
  }

  @Test(
    "What is counted once takes what it takes computed each time, byte for byte: under every policy of figure 6b, and for the CNN, which takes long, under some of each kind",
    arguments: [CountedNetworkTests.vgg16, .cifar10CNN()])
  func equal(description: NetworkDescription) throws {
    let some = ["STORE_ALL", "8BIT", "DEDUP", "pool(2)+DEDUP gzip", Fig6bNetworkStorage.ladder]
    let policies = Fig6bNetworkStorage.policies.filter { description.name == Self.vgg16.name || some.contains($0.name) }
    #expect(policies.count >= some.count)
    let network = try network(description, count: 72, in: "once")
    let counted = try network.counts(of: 0..<72, under: policies)
    let input = NetworkInput(network.images)
    for (policy, counts) in zip(policies, counted) {
      var options = StoreOptions()
      options.keepsPartitions = false
      let store = try IntermediateStore(at: folder.url.appendingPathComponent("each \(policy.name)"), options: options)
      var expected: StoredCounts?
      for (place, checkpoint) in network.checkpoints.enumerated() {
        let model = try NetworkModel(description, checkpoint: checkpoint, input: input)
        let report = try store.logIntermediates(of: model, as: Self.identity(place), policy: policy.policy.asInPaper)
        let now = try StoredCounts(report, of: store, after: expected)
        #expect(Self.bytes(counts[place]) == Self.bytes(now), "\(policy.name), checkpoint \(place)")
        expected = now
      }
      #expect(counts[0].chunks > 0 && counts[0].partitionBytes > 10_000, "\(policy.name)")
    }
  }

  @Test("Frozen layers are computed with the first checkpoint alone, and a pass hands on as often as it is asked")
  func passes() throws {
    let input = NetworkInput(GeneratedImages(seed: 5).images(count: 40))
    let frozen = try #require(try FrozenLayers(of: Self.vgg16))
    for (place, checkpoint) in try Self.checkpoints(Self.vgg16).enumerated() {
      let model = try NetworkModel(Self.vgg16, checkpoint: checkpoint, input: input)
      let pass = try NetworkPass(model, frozen) { false }
      let all = Set(model.stages.flatMap(\.outputs))
      for _ in 0..<2 {
        var emitted: Set<String> = []
        let measured = try pass.execute(ExecutionRequest(intermediates: all)) { name, _ in _ = emitted.insert(name) }
        #expect(emitted == all)
        #expect(measured.contains { $0.stage == 3 } == (place == 0))
      }
    }
  }

  // MARK: Pieces

  private struct Stopped: Error {}

  /// Counts calls, and throws at one of them.
  private final class Stop {
    var calls = 0
    var at = Int.max

    func check() throws {
      calls += 1
      if calls == at { throw Stopped() }
    }
  }

  private static let policies = Fig6bNetworkStorage.policies.filter { ["STORE_ALL gzip", "pool(2)+DEDUP"].contains($0.name) }

  private func ranges(
    _ name: String, images: UInt64 = 5, seed: UInt64 = 2018, scale: ExperimentKit.Scale = .paper, _ stop: Stop = Stop(),
    say: @escaping (String) -> Void = { _ in }
  ) throws -> CountedRanges {
    CountedRanges(
      network: try network(images: images, in: name, checkCancelled: { try stop.check() }),
      pieces: CountedPieces(folder: folder.url.appendingPathComponent(name)), scale: scale, seed: seed, size: 40, say: say,
      makeProgress: { ProgressReporter(label: $0, total: $1, unit: $2, output: .silent) })
  }

  @Test("Counting that is stopped between pieces or within one goes on after the last whole one, and ends with the same numbers")
  func goingOn() throws {
    let whole = Stop()
    let expected = try ranges("whole", whole).counts(under: Self.policies)
    #expect(expected.count == 2 && expected.allSatisfy { $0.count == 3 })
    for at in [whole.calls / 2, whole.calls] {
      let (first, second) = (Stop(), Stop())
      first.at = at
      #expect(throws: Stopped.self) { try ranges("cut \(at)", first).counts(under: Self.policies) }
      var said: [String] = []
      let counts = try ranges("cut \(at)", second) { said.append($0) }.counts(under: Self.policies)
      #expect(counts.map { $0.map(Self.bytes) } == expected.map { $0.map(Self.bytes) })
      #expect(second.calls < whole.calls && said.contains { $0.contains("of 3 ranges were counted before") }, "\(said)")
    }
    let again = Stop()
    let taken = try ranges("whole", again).counts(under: Self.policies)
    #expect(taken == expected, "times are taken over too")
    #expect(again.calls == whole.calls - 3 * 3 * 3, "only the sample is counted anew")
  }

  @Test("Policies that were counted are not counted again when others are asked for beside them")
  func others() throws {
    let both = try ranges("both").counts(under: Self.policies)
    let first = try ranges("one by one").counts(under: [Self.policies[0]])
    let all = try ranges("one by one").counts(under: Self.policies)
    #expect(all[0] == first[0] && Self.bytes(all[1][2]) == Self.bytes(both[1][2]))
  }

  @Test("Weights are counted once however many ranges there are, and everything else is added")
  func sums() throws {
    let counts = try ranges("sum").counts(under: [Self.policies[0]])[0]
    let network = try network(in: "parts")
    let parts = try [0..<40, 40..<80, 80..<100].map { try network.counts(of: $0, under: [Self.policies[0]])[0][2] }
    #expect(counts[2].transformerBytes == parts[0].transformerBytes)
    #expect(counts[2].logicalBytes == parts.reduce(0) { $0 + $1.logicalBytes })
    let others = parts.reduce(0) { $0 + $1.partitionBytes - $1.transformerBytes }
    #expect(counts[2].partitionBytes - counts[2].transformerBytes == others && others > 10_000)
  }

  @Test("Pieces of other images, of another seed or scale, and damaged ones are refused with what differs")
  func refusals() throws {
    _ = try ranges("pieces").counts(under: Self.policies)
    func refusal(_ ranges: CountedRanges) -> String {
      do {
        _ = try ranges.counts(under: Self.policies)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(refusal(try ranges("pieces")) == "none")
    let images = refusal(try ranges("pieces", images: 6))
    #expect(images.contains("pixels") && images.contains("begin anew, rm -r"), "\(images)")
    let seed = refusal(try ranges("pieces", seed: 7))
    #expect(seed.contains("seed 2018, now 7") && !seed.contains("pixels"), "\(seed)")
    let scale = refusal(try ranges("pieces", scale: .small))
    #expect(scale.contains("scale paper, now small"), "\(scale)")

    let file = try #require(
      FileManager.default.enumerator(at: folder.url.appendingPathComponent("pieces"), includingPropertiesForKeys: nil)?
        .compactMap { $0 as? URL }.first { $0.pathExtension == "json" })
    let bytes = try Data(contentsOf: file)
    try bytes.prefix(bytes.count / 2).write(to: file)
    let damaged = refusal(try ranges("pieces"))
    #expect(damaged.contains(file.lastPathComponent) && damaged.contains("Remove it"), "\(damaged)")
    try FileManager.default.removeItem(at: file)
    #expect(refusal(try ranges("pieces")) == "none")
  }

  @Test("A piece that another encoder has counted is refused")
  func encoders() throws {
    let pieces = CountedPieces(folder: folder.url.appendingPathComponent("encoders"))
    func origin(_ sample: String) -> CountedPieces.Origin {
      CountedPieces.Origin(
        scale: .paper, seed: 1, network: "n", policy: "pool(2)+DEDUP gzip", scheme: "s", images: [0, 40], pixels: "p", weights: "w",
        sample: sample)
    }
    var counts = StoredCounts()
    counts.partitionBytes = 7
    try pieces.keep([counts], origin("10 bytes"))
    #expect(try pieces.counts(origin("10 bytes")) == [counts])
    #expect {
      try pieces.counts(origin("11 bytes"))
    } throws: {
      "\($0)".contains("what 64 images take 10 bytes, now 11 bytes")
    }
    try pieces.remove(network: "n", policy: "pool(2)+DEDUP gzip")
    #expect(try pieces.counts(origin("11 bytes")) == nil)
  }
}
