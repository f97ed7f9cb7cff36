import Groundwork
import Synchronization

/// The passes that compute what is left over after the full batches: the network bound once more for fewer images, so that 1 image does
/// not cost 64.
///
/// It is made when first needed and reads the weights of the full one wherever the layouts are equal. Used on a ``ComputeThread`` only.
///
/// **Bits.** Kernels may round differently for another batch. Before a size is used, all layers are computed in both sizes and compared
/// by bits; the smallest size without a difference is taken, or none. It depends on the kernels and not on the weights, so that a process
/// compares once for each network, batch size and number of threads.
struct RemainderPasses {
  /// What the choice of kernels depends on.
  struct Key: Hashable {
    let network: NetworkDescription
    let batchSize: Int
    let threads: Int
  }

  private enum State {
    /// Not yet needed.
    case unmade
    /// No size gives the same bits.
    case impossible
    case made(BoundNetwork)
  }

  private let key: Key
  private let layers: [NetworkDescription.Layer]
  private let sizes: [Int]
  private var state: State

  init(_ key: Key, layers: [NetworkDescription.Layer]) {
    self.key = key
    self.layers = layers
    sizes = Self.sizes(batchSize: key.batchSize)
    state = sizes.isEmpty ? .impossible : .unmade
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
  var imagesPerPass: Int {
    switch state {
    case .unmade: sizes[0]
    case .impossible: key.batchSize
    case .made(let network): network.batchSize
    }
  }

  /// The network that computes `count` images at the least cost: the full one, in one pass, or a smaller one, in as many as it takes.
  mutating func network(for count: Int, full: BoundNetwork) throws -> BoundNetwork {
    if case .unmade = state, Self.isCheaper(sizes[0], count: count, batchSize: key.batchSize) {
      state = try make(full).map { .made($0) } ?? .impossible
    }
    guard case .made(let network) = state, Self.isCheaper(network.batchSize, count: count, batchSize: key.batchSize) else { return full }
    return network
  }

  /// Takes over the weights that the full network has been given.
  func reload() throws {
    if case .made(let network) = state { try network.loadFromLender() }
  }

  /// The sizes that were found; the full batch's if no smaller one gives its bits.
  private static let found = Mutex<[Key: Int]>([:])

  private func make(_ full: BoundNetwork) throws -> BoundNetwork? {
    let known = Self.found.withLock { $0[key] }
    for size in known.map({ [$0] }) ?? sizes where size < key.batchSize {
      let network = try BoundNetwork(layers, batchSize: size, purpose: .inference, sharing: full)
      try network.loadFromLender()
      if known != nil { return network }
      if try Self.haveSameBits(network, full) {
        Self.found.withLock { $0[key] = size }
        return network
      }
    }
    Self.found.withLock { $0[key] = key.batchSize }
    return nil
  }

  /// Whether a batch of noise has the same activations at every layer of both networks.
  static func haveSameBits(_ small: BoundNetwork, _ full: BoundNetwork) throws -> Bool {
    var generator = SplitMix64(seed: 0x5EED)
    let noise = small.input.values.indices.map { _ in generator.normal() }
    noise.withUnsafeBufferPointer {
      small.fill(from: $0)
      full.fill(from: $0)
    }
    for (one, other) in zip(small.layers, full.layers) {
      try one.forward.execute()
      try other.forward.execute()
      let got = try one.output.memory.plainValues(dimensions: one.output.dimensions, small.engine)
      let expected = try other.output.memory.plainValues(dimensions: other.output.dimensions, full.engine)
      guard zip(got, expected).allSatisfy({ $0.bitPattern == $1.bitPattern }) else { return false }
    }
    return true
  }
}
