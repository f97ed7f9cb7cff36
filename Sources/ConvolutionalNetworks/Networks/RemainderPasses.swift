import Foundation
import Groundwork
import Synchronization

/// The passes that compute what is left over after the full batches: the network bound once more for fewer images, so that 1 image does
/// not cost 64.
///
/// It is made when first needed and reads the weights of the full one wherever the layouts are equal. Used on a ``ComputeThread`` only.
///
/// **Bits.** Kernels may round differently for another batch. Before a layer is computed in a size, it is computed in both sizes and compared by
/// bits; the smallest size without a difference is taken, or none. It depends on the kernels and not on the weights, so that a process
/// compares each layer once for each network, batch size and number of threads. But weights can hide a difference: a layer whose output is one value, as of zero
/// weights, or not finite says nothing of other weights, and is compared again for those. A run that starts at a late layer compares the few after it.
struct RemainderPasses {
  /// What the choice of kernels depends on.
  struct Key: Hashable {
    let network: NetworkDescription
    let batchSize: Int
    let threads: Int
  }

  /// What a process knows of the sizes of one key.
  private struct Verdict {
    /// The place of the size in use among all; those before it round differently. One place behind the last for none.
    var place = 0
    /// Layers of which that size is known to give the bits.
    var layers: Set<Int> = []
  }

  private let key: Key
  private let layers: [NetworkDescription.Layer]
  private let sizes: [Int]
  private var made: BoundNetwork?
  /// Layers that had the same bits in the size of `made`, with outputs that say so of these weights only.
  private var equalHere: Set<Int> = []

  init(_ key: Key, layers: [NetworkDescription.Layer]) {
    self.key = key
    self.layers = layers
    sizes = Self.sizes(batchSize: key.batchSize)
  }

  /// The sizes that can pay off, ascending: multiples of 8 that divide the full batch.
  static func sizes(batchSize: Int) -> [Int] {
    stride(from: InferenceNetwork.minimumBatchSize, to: batchSize, by: InferenceNetwork.minimumBatchSize)
      .filter { batchSize % $0 == 0 && isCheaper($0, count: 1, batchSize: batchSize) }
  }

  /// Whether `count` images in passes of `size` cost less than one full pass.
  ///
  /// Eight images cost at most 0.15 of what 64 cost (CIFAR10_CNN, VGG16 with a dense part of 512, ResNet-20, a perceptron; 1 and 2
  /// threads): up to five eighths of a batch the small passes win for all of them.
  static func isCheaper(_ size: Int, count: Int, batchSize: Int) -> Bool { (count + size - 1) / size * size * 8 <= batchSize * 5 }

  /// Images of the smallest pass, as far as is known before one was needed.
  var imagesPerPass: Int { size(at: verdict.place) ?? key.batchSize }

  /// The network that computes `count` images at the least cost: the full one, in one pass, or a smaller one, in as many as it takes.
  ///
  /// - Parameter computed: the layers that will be computed; those that are not yet known to have the same bits are compared, which changes what
  ///   both networks hold.
  mutating func network(for count: Int, computing computed: [Int], full: BoundNetwork) throws -> BoundNetwork {
    while true {
      // Looked at once: another thread may go on to another size while this one makes a network.
      let known = verdict
      guard let size = size(at: known.place), Self.isCheaper(size, count: count, batchSize: key.batchSize) else { return full }
      if made?.batchSize != size { equalHere = [] }
      let network = try network(of: size, full)
      let unknown = Set(computed).subtracting(known.layers).subtracting(equalHere).subtracting([0])
      if unknown.isEmpty { return network }
      let haveSameBits = try Self.haveSameBits(network, full, layers: unknown)
      let telling = try haveSameBits ? unknown.filter { try network.layers[$0 - 1].output.tellsApart(network.engine) } : []
      if haveSameBits { equalHere.formUnion(unknown.subtracting(telling)) }
      Self.verdicts.withLock { verdicts in
        // Another thread may have gone on to another size.
        guard verdicts[key, default: Verdict()].place == known.place else { return }
        if haveSameBits {
          verdicts[key, default: Verdict()].layers.formUnion(telling)
        } else {
          verdicts[key] = Verdict(place: known.place + 1)
        }
      }
    }
  }

  /// Takes over the weights that the full network has been given.
  mutating func reload() throws {
    equalHere = []
    try made?.loadFromLender()
  }

  /// Layers that have been compared in the size in use.
  var comparedLayers: Set<Int> { verdict.layers }

  private static let verdicts = Mutex<[Key: Verdict]>([:])
  private var verdict: Verdict { Self.verdicts.withLock { $0[key] ?? Verdict() } }

  private func size(at place: Int) -> Int? { sizes.indices.contains(place) ? sizes[place] : nil }

  private mutating func network(of size: Int, _ full: BoundNetwork) throws -> BoundNetwork {
    if let made, made.batchSize == size { return made }
    let network = try BoundNetwork(layers, batchSize: size, purpose: .inference, sharing: full)
    try network.loadFromLender()
    made = network
    return network
  }

  /// Whether some layers, all unless they are given, have the same activations in both networks, computed from noise in the layers that they read.
  static func haveSameBits(_ small: BoundNetwork, _ full: BoundNetwork, layers: Set<Int>? = nil) throws -> Bool {
    let computed = withRepeating(layers ?? Set(1...small.layers.count), small)
    let read = Set(computed.flatMap { small.layers[$0 - 1].layer.inputs }).subtracting(computed)
    var generator = SplitMix64(seed: 0x5EED)
    for layer in read.sorted() {
      let columns = layer == 0 ? small.layers[0].layer.inputShape.columnCount : small.layers[layer - 1].layer.shape.columnCount
      let noise = (0..<(small.batchSize * columns)).map { _ in generator.normal() }
      try noise.withUnsafeBufferPointer { noise in
        for network in [small, full] { try network.take(noise, images: small.batchSize, asLayer: layer) }
      }
    }
    for layer in computed.sorted() {
      try small.forward(layer: layer)
      try full.forward(layer: layer)
      guard try small.layers[layer - 1].output.hasSameBits(as: full.layers[layer - 1].output, small.engine) else { return false }
    }
    return true
  }

  /// The layers and those that they read which repeat others: a flatten shares memory in one network and perhaps not in the other, so such layers are
  /// computed and never given.
  private static func withRepeating(_ layers: Set<Int>, _ network: BoundNetwork) -> Set<Int> {
    var computed = layers
    for bound in network.layers.reversed() where computed.contains(bound.layer.index) {
      for input in bound.layer.inputs where input > 0 {
        if network.layers[input - 1].layer.repeatsItsInput { computed.insert(input) }
      }
    }
    return computed
  }
}

extension BoundLayer.Activation {
  /// Whether the values are such that a difference of kernels would show in them: finite, and not all one.
  func tellsApart(_ engine: Engine) throws -> Bool {
    let values = try memory.plainValues(dimensions: dimensions, engine)
    return values.allSatisfy(\.isFinite) && values.contains { $0 != values[0] }
  }

  /// Whether the images of a smaller batch have the bits of the first images of a larger one.
  func hasSameBits(as larger: BoundLayer.Activation, _ engine: Engine) throws -> Bool {
    if let part = try larger.memory.layout.ofFirst(dimensions[0], of: larger.dimensions), part.equals(memory.layout) {
      return memcmp(memory.values.baseAddress!, larger.memory.values.baseAddress!, memory.layout.byteCount) == 0
    }
    let got = try memory.plainValues(dimensions: dimensions, engine)
    let expected = try larger.memory.plainValues(dimensions: larger.dimensions, engine)
    return zip(got, expected).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}
