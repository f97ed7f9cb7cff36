import Foundation
import Testing

@testable import ConvolutionalNetworks

/// Training above frozen layers: their activations are computed once, and the result is that of the whole graph.
struct FrozenFeaturesTests {
  private let images = GeneratedImages(seed: 37).images(count: 400)
  private let network = NetworkDescription(
    name: "frozen", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [
      .convolution(8).frozen(), .maxPool(2), .convolution(12, padding: .valid).frozen(), .maxPool(2), .dense(24).dropout(0.25),
      .dense(10, relu: false),
    ])

  private func trainer(_ network: NetworkDescription? = nil, mirrors: Bool = true) -> Trainer {
    var parameters = TrainingParameters.quick(seed: 9)
    parameters.mirrorsImages = mirrors
    return Trainer(network ?? self.network, parameters, compute: .single)
  }

  private func difference(_ one: Checkpoint, _ other: Checkpoint) -> Float {
    guard one.tensors.map(\.name) == other.tensors.map(\.name), one.tensors.map(\.shape) == other.tensors.map(\.shape) else {
      return .infinity
    }
    return zip(one.tensors, other.tensors).flatMap { zip($0.values, $1.values).map { abs($0 - $1) } }.max() ?? 0
  }

  private func train(_ session: TrainingSession, steps: Int = 12) throws -> (losses: [Double], checkpoint: Checkpoint) {
    (try (1...steps).map { try session.run(step: $0).loss }, try session.checkpoint())
  }

  @Test("The head learns what it would learn in the whole graph", arguments: [false, true])
  func head(mirrors: Bool) throws {
    let initial = try Checkpoint.initial(for: network, seed: 9)
    let trainer = trainer(mirrors: mirrors)
    let whole = try train(try TrainingSession(trainer, images: images, initial: initial, splits: false) { _ in })
    let kept = try train(try TrainingSession(trainer, images: images, initial: initial) { _ in })
    let computed = try train(
      try TrainingSession(trainer, images: images, initial: initial, memoryCeiling: 0) { _ in Issue.record("nothing is kept") })
    #expect(kept == computed)
    #expect(difference(kept.checkpoint, whole.checkpoint) < 1e-6)
    #expect(zip(kept.losses, whole.losses).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(kept.checkpoint.tensors.map(\.name) == initial.tensors.map(\.name))
    for layer in [1, 3] { #expect(kept.checkpoint.tensors(ofLayer: layer) == initial.tensors(ofLayer: layer)) }
    for layer in [5, 6] { #expect(kept.checkpoint.tensors(ofLayer: layer) != initial.tensors(ofLayer: layer)) }
  }

  @Test("Every snapshot is of the whole network")
  func snapshots() throws {
    let initial = try Checkpoint.initial(for: network, seed: 9)
    var activities: [TrainingProgress.Activity] = []
    let run = try trainer().train(on: images, from: initial) { activities.append($0.activity) }
    for snapshot in run.snapshots {
      try snapshot.checkpoint.validate(for: network)
      for layer in [1, 3] { #expect(snapshot.checkpoint.tensors(ofLayer: layer) == initial.tensors(ofLayer: layer)) }
    }
    let features = [64, 128, 192, 256, 320, 384, 400].map { TrainingProgress.Activity.features(images: $0, of: 400) }
    #expect(activities == features + Array(repeating: .step, count: 12))
  }

  @Test("The computation of the frozen layers can be cancelled")
  func cancelled() {
    let flag = CancellationFlag()
    var reports = 0
    #expect(throws: TrainingError.cancelled(step: 0, of: 12)) {
      try trainer().train(on: images, cancellation: flag) { _ in
        reports += 1
        flag.cancel()
      }
    }
    #expect(reports == 1)
  }

  @Test("A training above frozen layers resumes after a cancellation")
  func resumed() throws {
    let initial = try Checkpoint.initial(for: network, seed: 9)
    let whole = try trainer().train(on: images, from: initial)
    try withTemporaryDirectory { directory throws in
      let cache = CheckpointCache(directory: directory)
      let flag = CancellationFlag()
      _ = try? cache.run(trainer(), on: images, from: initial, cancellation: flag) { if $0.step == 8 { flag.cancel() } }
      var resumed = false
      let run = try cache.run(trainer(), on: images, from: initial) { resumed = resumed || $0.activity == .resumed }
      #expect(resumed)
      #expect(run == whole)
    }
  }

  @Test("A network is cut below its lowest trained layer")
  func cut() throws {
    let split = try #require(try FrozenSplit(network))
    #expect(split.offset == 4)
    #expect(split.body.layerDescriptions.count == 4 && split.head.layerDescriptions.count == 2)
    #expect(split.head.input == ActivationShape(channels: 12, height: 7, width: 7))
    let whole = try Checkpoint.initial(for: network, seed: 2)
    let head = split.head(of: whole)
    #expect(head.tensors.map(\.name) == ["layer1.weights", "layer1.bias", "layer2.weights", "layer2.bias"])
    try head.validate(for: split.head)
    #expect(split.whole(head: head, initial: whole) == whole)
  }

  @Test("Activations and dropout as layers are cut where those as properties are")
  func cutActivationLayers() throws {
    var network = network
    network.layerDescriptions = [
      .convolution(8, relu: false).frozen(), .relu, .maxPool(2), .convolution(12, relu: false, padding: .valid).frozen(), .relu,
      .maxPool(2),
      .dropout(0), .flatten, .dense(24, relu: false), .relu, .dropout(0.25), .dense(10, relu: false), .softmax,
    ]
    #expect(try FrozenSplit(network)?.offset == 8)
    let initial = try Checkpoint.initial(for: network, seed: 9)
    let whole = try train(try TrainingSession(trainer(network), images: images, initial: initial, splits: false) { _ in })
    let kept = try train(try TrainingSession(trainer(network), images: images, initial: initial) { _ in })
    #expect(difference(kept.checkpoint, whole.checkpoint) < 1e-6)
    #expect(zip(kept.losses, whole.losses).allSatisfy { abs($0 - $1) < 1e-5 })
    network.layerDescriptions[6] = .dropout(0.25)
    #expect(try FrozenSplit(network) == nil, "what a dropout layer drops changes from step to step")
  }

  @Test("A network is not cut where its activations change or nothing is below")
  func notCut() throws {
    #expect(try FrozenSplit(.small) == nil)
    #expect(try FrozenSplit(.cifar10CNN()) == nil)
    var network = network
    network.layerDescriptions[1] = .maxPool(2).dropout(0.25)
    #expect(try FrozenSplit(network) == nil)
    let initial = try Checkpoint.initial(for: network, seed: 9)
    var activities: Set<String> = []
    let run = try trainer(network).train(on: images, from: initial) { activities.insert("\($0.activity)") }
    #expect(activities == ["step"])
    #expect(run.final.tensors(ofLayer: 3) == initial.tensors(ofLayer: 3))
    network.layerDescriptions[0] = .convolution(8)
    #expect(try FrozenSplit(network) == nil)
    network.layerDescriptions = network.layerDescriptions.map { $0.frozen() }
    #expect(try FrozenSplit(network) == nil)
  }
}
