import Foundation

extension Checkpoint {
  /// The 13 convolutions of a pre-trained VGG16, read from a safetensors file, as the tensors of a network's convolution layers.
  ///
  ///     let network = NetworkDescription.cifar10VGG16()
  ///     let convolutions = try Checkpoint.vgg16Convolutions(from: url, for: network)
  ///     // "layer1.weights" (64, 3, 3, 3), "layer1.bias" (64), "layer2.weights", ...
  ///
  /// Tensors are found by torchvision's names (`features.0.weight`) or Keras's (`block1_conv1/kernel`), with the usual prefixes and
  /// spellings; Keras's kernels are brought from (height, width, in, out) to (out, in, height, width). The first convolution is changed so
  /// that it takes the network's input, normalised as its `normalization` says or, without one, as CIFAR-10's images are: see ``PretrainedInput``, also for
  /// what that cannot do at the image's border. All other tensors of the file, such as the classifier, are left aside.
  ///
  /// - Parameters:
  ///   - url: a safetensors file.
  ///   - network: 13 convolutions with biases on 3 channels, of whatever widths; its other layers do not matter. Of an input other than (3, 32, 32) it says
  ///     how that is normalised, unless `input` is ``PretrainedInput/normalized``.
  ///   - input: what the weights were trained on; nil takes it from the names: ``PretrainedInput/torchvision`` for torchvision's,
  ///     ``PretrainedInput/caffe`` for Keras's.
  /// - Throws: ``VGG16WeightsError``, ``SafetensorsError``, ``NetworkError``.
  /// - Complexity: reads 59 MB for VGG16 in F32.
  public static func vgg16Convolutions(
    from url: URL, for network: NetworkDescription, input: PretrainedInput? = nil
  ) throws -> Checkpoint {
    try vgg16Convolutions(in: try SafetensorsFile(contentsOf: url), for: network, input: input)
  }

  /// Channels of the 13 convolutions of a file, as its header has them: whether they fit a network is known without their values.
  ///
  /// - Throws: ``VGG16WeightsError`` when convolutions are missing or have no shape of a convolution, ``SafetensorsError``.
  /// - Complexity: reads the header.
  package static func vgg16Widths(of url: URL) throws -> [Int] {
    let file = try SafetensorsFile(contentsOf: url)
    let best = try best(in: file)
    return try (0..<VGG16Naming.convolutions).map { number in
      let entry = try best.entry(.weights, of: number, in: file)
      guard entry.shape.count == 4 else {
        throw VGG16WeightsError(
          .wrongShape(
            origin: file.origin, name: entry.name, expected: best.naming.fileShape([0, 0, 3, 3]), got: entry.shape))
      }
      return best.naming == .torchvision ? entry.shape[0] : entry.shape[3]
    }
  }

  /// The tensors by the naming of which most was found.
  private static func best(in file: SafetensorsFile) throws -> Found {
    let found = VGG16Naming.allCases.map { Found($0, in: file) }
    let best = found[1].missing.count < found[0].missing.count ? found[1] : found[0]
    guard best.missing.isEmpty else {
      throw VGG16WeightsError(.missing(origin: file.origin, wanted: best.missing, names: file.names))
    }
    return best
  }

  static func vgg16Convolutions(
    in file: SafetensorsFile, for network: NetworkDescription, input: PretrainedInput? = nil
  ) throws -> Checkpoint {
    let convolutions = try network.layers().filter { $0.description?.kindName == "convolution" }
    guard convolutions.count == VGG16Naming.convolutions, convolutions[0].inputShape.channels == 3 else {
      throw VGG16WeightsError(
        .otherNetwork(
          network: network.name, convolutions: convolutions.count, inputChannels: convolutions.first?.inputShape.channels ?? 0))
    }
    if let layer = convolutions.first(where: { $0.parameterShapes.count < 2 }) {
      throw VGG16WeightsError(.noBias(network: network.name, layer: layer.index))
    }
    let best = try best(in: file)
    let input = input ?? (best.naming == .torchvision ? .torchvision : .caffe)
    let isPicture = network.input == ActivationShape(channels: ImageSet.channels, height: ImageSet.side, width: ImageSet.side)
    let images = InputNormalization(mean: Normalization.means, deviation: Normalization.deviations)
    guard let own = network.normalization ?? (isPicture || input == .normalized ? images : nil) else {
      throw VGG16WeightsError(.unknownInput(network: network.name, shape: network.input))
    }
    var tensors: [Tensor] = []
    for (number, layer) in convolutions.enumerated() {
      let shape = layer.parameterShapes[0]
      let kernels = try best.tensor(.weights, of: number, in: file, shape: best.naming.fileShape(shape))
      let bias = try best.tensor(.bias, of: number, in: file, shape: layer.parameterShapes[1])
      tensors.append(
        Tensor(name: TensorRole.weights.name(layer: layer.index), shape: shape, values: best.naming.kernels(kernels.values, shape: shape)))
      tensors.append(Tensor(name: TensorRole.bias.name(layer: layer.index), shape: layer.parameterShapes[1], values: bias.values))
    }
    return Checkpoint(input.folded(weights: tensors[0], bias: tensors[1], for: own) + tensors[2...])
  }

  /// The tensors of a file that one naming finds.
  private struct Found {
    let naming: VGG16Naming
    private var names: [String: [String]] = [:]
    /// Common names of what was not found.
    private(set) var missing: [String] = []

    init(_ naming: VGG16Naming, in file: SafetensorsFile) {
      self.naming = naming
      for number in 0..<VGG16Naming.convolutions {
        for part in [VGG16Naming.Part.weights, .bias] {
          let wanted = naming.name(part, of: number)
          names[wanted] = file.names.filter { naming.matches($0, part, of: number) }
          if names[wanted]!.isEmpty { missing.append(wanted) }
        }
      }
    }

    func entry(_ part: VGG16Naming.Part, of number: Int, in file: SafetensorsFile) throws -> SafetensorsFile.Entry {
      let wanted = naming.name(part, of: number)
      let candidates = names[wanted] ?? []
      guard candidates.count == 1, let entry = file.entries.first(where: { $0.name == candidates[0] }) else {
        throw VGG16WeightsError(.ambiguous(origin: file.origin, wanted: wanted, names: candidates))
      }
      return entry
    }

    func tensor(_ part: VGG16Naming.Part, of number: Int, in file: SafetensorsFile, shape: [Int]) throws -> Tensor {
      let entry = try entry(part, of: number, in: file)
      // Before the values are looked at: a shape tells more than what follows from it.
      guard entry.shape == shape else {
        throw VGG16WeightsError(.wrongShape(origin: file.origin, name: entry.name, expected: shape, got: entry.shape))
      }
      let tensor = try file.tensor(entry.name)
      guard tensor.values.allSatisfy(\.isFinite) else { throw VGG16WeightsError(.notFinite(origin: file.origin, name: tensor.name)) }
      return tensor
    }
  }
}
