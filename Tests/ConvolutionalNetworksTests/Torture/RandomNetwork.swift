import TestSupport

@testable import ConvolutionalNetworks

/// A small network of random layers with weights, examples and a way to run it, of which something changes from one logging to the next.
struct RandomNetwork {
  private var description: NetworkDescription
  private var checkpoint = Checkpoint([])
  private var batchSize: Int
  private var threads = 1
  /// What the examples are made from, and how many there are.
  private var examples: (seed: UInt64, count: Int)

  private static let shape = ActivationShape(channels: 3, height: 8, width: 8)
  /// Layers have no more values, so that they cost next to nothing.
  private static let mostValues = 2_048
  private static let batchSizes = [8, 16, 24]
  private static let two = ComputeThread(threads: 2)

  init(_ random: inout SeededRandom) throws {
    batchSize = Self.batchSizes.randomElement(using: &random)!
    examples = (random.next(), Int.random(in: 9...20, using: &random))
    description = NetworkDescription(name: "random", input: Self.shape, layers: [])
    for _ in 0..<Int.random(in: 3...7, using: &random) { lengthen(&random) }
    if random.next() % 4 == 0 { description.layerDescriptions.append(.softmax) }
    try fitWeights(&random)
  }

  /// A model of its own, which shares nothing with an earlier one.
  func model() throws -> NetworkModel {
    var random = SeededRandom(seed: examples.seed)
    let values = (0..<examples.count * Self.shape.columnCount).map { _ in Float(random.unit() * 4 - 2) }
    return try NetworkModel(
      description, checkpoint: checkpoint, input: NetworkInput(values: values, shape: Self.shape), batchSize: batchSize,
      compute: threads == 1 ? .single : Self.two)
  }

  /// Changes one thing, or nothing.
  mutating func change(_ random: inout SeededRandom) throws {
    switch random.next() % 12 {
    case 0: break
    case 1...4: changeWeights(&random)
    case 5: batchSize = Self.batchSizes.randomElement(using: &random)!
    case 6: threads = 3 - threads
    case 7: examples.count = Int.random(in: 9...20, using: &random)
    case 8: examples.seed = random.next()
    case 9:
      let numbers = (0..<6).map { _ in Float(0.5 + random.unit()) }
      description.normalization = InputNormalization(mean: Array(numbers[..<3]), deviation: Array(numbers[3...]))
    case 10: changeLayer(&random)
    default:
      if endsInSoftmax || description.layerDescriptions.count > 5 { description.layerDescriptions.removeLast() } else { lengthen(&random) }
    }
    try fitWeights(&random)
  }

  private var endsInSoftmax: Bool { description.layerDescriptions.last?.kind == .softmax }

  // MARK: Layers

  /// Adds a layer that can follow; nothing can follow a softmax.
  private mutating func lengthen(_ random: inout SeededRandom) {
    let names = LayerDescription.Kind.Name.allCases.filter { $0 != .softmax }
    let count = description.layerDescriptions.count
    while true {
      let kind = LayerExamples.kinds(names.randomElement(using: &random)!).randomElement(using: &random)!
      var inputs: [Int]?
      if kind.readsSeveral {
        inputs = (0...Int.random(in: 1...2, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }
      } else if random.next() % 4 == 0 {
        inputs = [Int.random(in: 0...count, using: &random)]
      }
      var longer = description
      longer.layerDescriptions.append(LayerDescription(kind, inputs: inputs))
      guard Self.isPossible(longer) else { continue }
      description = longer
      return
    }
  }

  /// Gives one layer other numbers, training's among them, or leaves all as it is where none are possible.
  private mutating func changeLayer(_ random: inout SeededRandom) {
    let place = Int.random(in: 0..<description.layerDescriptions.count, using: &random)
    var other = description
    other.layerDescriptions[place].kind = LayerExamples.kinds(description.layerDescriptions[place].kind.name).randomElement(using: &random)!
    other.layerDescriptions[place].isFrozen.toggle()
    other.layerDescriptions[0].module = "module\(random.next() % 9)"
    other.name = "random \(random.next() % 9)"
    if Self.isPossible(other) { description = other }
  }

  private static func isPossible(_ description: NetworkDescription) -> Bool {
    guard let layers = try? description.layers() else { return false }
    return layers.allSatisfy { $0.shape.columnCount <= mostValues }
  }

  // MARK: Weights

  /// Keeps the tensors that the network still has, and draws those that it has not had.
  private mutating func fitWeights(_ random: inout SeededRandom) throws {
    let first = try Checkpoint.initial(for: description, seed: random.next())
    let known = Dictionary(uniqueKeysWithValues: checkpoint.tensors.map { ($0.name, $0) })
    checkpoint = Checkpoint(
      first.tensors.map { tensor in
        guard let old = known[tensor.name], old.shape == tensor.shape else { return tensor }
        return old
      })
  }

  /// Changes all weights of one tensor, or one bit of one of them.
  private mutating func changeWeights(_ random: inout SeededRandom) {
    guard let changed = checkpoint.tensors.randomElement(using: &random) else { return }
    var values = changed.values
    if random.next() % 3 == 0 {
      let place = Int.random(in: 0..<values.count, using: &random)
      values[place] = Float(bitPattern: values[place].bitPattern ^ 1)
    } else {
      // A variance stays above 0.
      for place in values.indices { values[place] = values[place] * 1.25 + 0.01 }
    }
    let tensor = Checkpoint.Tensor(name: changed.name, shape: changed.shape, values: values)
    checkpoint = Checkpoint(checkpoint.tensors.map { $0.name == tensor.name ? tensor : $0 })
  }
}
