import Foundation
import Testing

@testable import ConvolutionalNetworks

struct TrainerTests {
  private let images = GeneratedImages(seed: 31).images(count: 400)

  @Test("The same seed gives the same bits, and another one does not")
  func seed() throws {
    let first = try Trainer(.small, .quick(), compute: .single).train(on: images)
    #expect(try Trainer(.small, .quick(), compute: .single).train(on: images) == first)
    #expect(try Trainer(.small, .quick(seed: 2), compute: .single).train(on: images).final != first.final)
  }

  @Test("The bits of CIFAR10_CNN repeat at the same number of threads")
  func threads() throws {
    var parameters = TrainingParameters(epochs: 1, seed: 5)
    parameters.checkpointCount = 3
    let few = images[0..<192]
    let trainer = Trainer(.cifar10CNN(), parameters, compute: ComputeThread(threads: 2))
    #expect(try trainer.train(on: few) == trainer.train(on: few))
  }

  @Test("Checkpoints are evenly spaced, and the last is the end")
  func checkpoints() throws {
    var steps: [Int] = []
    let run = try Trainer(.small, .quick(), compute: .single).train(on: images) { progress in
      steps.append(progress.step)
      #expect(progress.stepCount == 12 && progress.loss.isFinite && (0...1).contains(progress.accuracy) && progress.imagesPerSecond > 0)
    }
    #expect(steps == Array(1...12))
    #expect(run.snapshots.map(\.step) == [1, 2, 3, 4, 6, 7, 8, 9, 10, 12])
    #expect(Set(run.snapshots.map(\.checkpoint)).count == 10)
  }

  @Test("A small network learns the generated classes", arguments: [Optimizer.adam(), .momentum(0.9)])
  func learns(optimizer: Optimizer) throws {
    let images = GeneratedImages(seed: 8).images(count: 1_500)
    var parameters = TrainingParameters.quick()
    parameters.epochs = 8
    parameters.optimizer = optimizer
    parameters.learningRate = optimizer == .adam() ? 0.003 : 0.02
    // Mirroring turns the direction of the stripes, which is what tells the generated classes apart.
    parameters.mirrorsImages = false
    let run = try Trainer(.small, parameters, compute: .single).train(on: images[0..<1_200])
    let accuracy = try InferenceNetwork(.small, weights: run.final, compute: .single).accuracy(on: images[1_200..<1_500])
    #expect(accuracy > 0.25, "held-out accuracy \(accuracy); chance is 0.1")
    #expect(run.snapshots.last!.loss < 0.9 * run.snapshots[0].loss)
  }

  @Test("Frozen layers keep their bits, and the others learn")
  func frozen() throws {
    var network = NetworkDescription.small
    for index in 0...4 { network.layerDescriptions[index] = network.layerDescriptions[index].frozen() }
    let initial = try Checkpoint.initial(for: network, seed: 50)
    let trained = try Trainer(network, .quick(), compute: .single).train(on: images, from: initial).final
    for layer in [1, 3] { #expect(trained.tensors(ofLayer: layer) == initial.tensors(ofLayer: layer)) }
    for layer in [6, 7] { #expect(trained.tensors(ofLayer: layer) != initial.tensors(ofLayer: layer)) }
  }

  @Test("A frozen layer in the middle still passes the gradient on")
  func frozenMiddle() throws {
    var network = NetworkDescription.small
    network.layerDescriptions[2] = network.layerDescriptions[2].frozen()
    let initial = try Checkpoint.initial(for: network, seed: 50)
    let trained = try Trainer(network, .quick(), compute: .single).train(on: images, from: initial).final
    #expect(trained.tensors(ofLayer: 3) == initial.tensors(ofLayer: 3))
    #expect(trained.tensors(ofLayer: 1) != initial.tensors(ofLayer: 1))
  }

  @Test("Dropout drops the stated share and keeps the mean")
  func dropout() throws {
    let engine = try Engine()
    let memory = try TensorMemory(.plain([100_000]), engine)
    let mask = DropoutMask(rate: 0.25, layer: 3, count: 100_000)
    func apply(step: Int) throws -> [Float] {
      memory.values.update(repeating: 1)
      mask.draw(seed: 9, step: step)
      try mask.operation(on: memory).execute()
      return Array(memory.values)
    }
    let first = try apply(step: 1)
    #expect(abs(first.reduce(0, +) / 100_000 - 1) < 0.02)
    #expect(Set(first) == [0, Float(4) / 3])
    #expect(try apply(step: 1) == first)
    #expect(try apply(step: 2) != first)
  }

  @Test("A cancelled training stops before the next step")
  func cancelled() throws {
    let flag = CancellationFlag()
    #expect(throws: TrainingError.cancelled(step: 3, of: 12)) {
      try Trainer(.small, .quick(), compute: .single).train(on: images, cancellation: flag) { if $0.step == 3 { flag.cancel() } }
    }
  }

  @Test("A training that is impossible says why")
  func errors() throws {
    #expect(throws: TrainingError.tooFewSteps(steps: 2, checkpoints: 10, images: 64, batchSize: 32)) {
      try Trainer(.small, .quick(), compute: .single).train(on: images[0..<64])
    }
    var network = NetworkDescription.small
    network.layerDescriptions = network.layerDescriptions.map { $0.frozen() }
    #expect(throws: TrainingError.nothingToTrain(network: "small")) { try Trainer(network, .quick(), compute: .single).train(on: images) }
    network = .small
    network.layerDescriptions.removeLast()
    #expect(throws: TrainingError.self) { _ = try Trainer(network, .quick(), compute: .single).train(on: images) }
    var parameters = TrainingParameters.quick()
    parameters.learningRate = 1e30
    parameters.optimizer = .momentum(0.9)
    #expect(throws: TrainingError.self) { _ = try Trainer(.small, parameters, compute: .single).train(on: images) }
  }

  @Test("The Keras network learns real images", .enabled(if: realData != nil))
  func realImages() throws {
    let images = try CIFAR10.load(directory: realData!, limit: 2_500)
    let run = try Trainer(.cifar10CNN(), TrainingParameters(epochs: 3, seed: 1), compute: .single).train(on: images[0..<2_000])
    let accuracy = try InferenceNetwork(.cifar10CNN(), weights: run.final, compute: .single).accuracy(on: images[2_000..<2_500])
    #expect(accuracy > 0.2, "held-out accuracy \(accuracy); chance is 0.1")
  }
}
