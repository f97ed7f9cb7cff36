import Foundation

/// A network's tensors from a file of weights that another program wrote.
extension Checkpoint {
  /// Reads the tensors of every layer from a safetensors file: under PyTorch's names where the layer names its module, else under this target's.
  ///
  ///     module: layer1.0.bn1      layer1.0.bn1.weight, .bias, .running_mean, .running_var
  ///     no module, layer 3        layer3.weights, .bias, .mean, .variance
  ///
  /// Names may stand behind `module.` or `model.`, as `DataParallel` and others save them. Layouts are PyTorch's: (out, in / groups, rows, columns) of
  /// convolutions, (out, in) of dense layers, the normalised shape of layer normalizations.
  ///
  /// - Parameters:
  ///   - url: a safetensors file; F32, F16, BF16 and F64 are read, F64 rounded.
  ///   - network: whose layers are looked for.
  /// - Returns: the checkpoint, and the names in the file that no layer has asked for. PyTorch's counts of batches are not among them.
  /// - Throws: ``NetworkWeightsError``, ``SafetensorsError``, ``NetworkError``.
  public static func reading(_ url: URL, for network: NetworkDescription) throws -> (checkpoint: Checkpoint, unused: [String]) {
    try reading(try SafetensorsFile(contentsOf: url), for: network)
  }

  static func reading(_ file: SafetensorsFile, for network: NetworkDescription) throws -> (checkpoint: Checkpoint, unused: [String]) {
    let source = ModuleWeights(file: file, names: Set(file.names))
    var used: Set<String> = []
    let layers = try network.layers()
    let tensors = try layers.flatMap { layer in
      try source.refuseBias(layer)
      return try zip(TensorRole.allCases, layer.tensorShapes).map { role, held in
        let name = try source.name(role, of: layer)
        used.insert(name)
        return Tensor(name: held.name, shape: held.shape, values: try source.values(name, role, of: layer, shape: held.shape))
      }
    }
    let unused = file.names.filter { !used.contains($0) && !$0.hasSuffix("num_batches_tracked") }
    return (Checkpoint(tensors), unused)
  }
}

/// Where a layer's tensors are in a file.
private struct ModuleWeights {
  let file: SafetensorsFile
  let names: Set<String>

  /// The name without what may stand before it.
  private func plainName(_ role: TensorRole, of layer: NetworkDescription.Layer) -> String {
    guard let module = layer.description?.module else { return role.name(layer: layer.index) }
    return "\(module).\(role.moduleName)"
  }

  /// The name as the file has it.
  private func found(_ plain: String) -> String? { ["", "module.", "model."].map { $0 + plain }.first(where: names.contains) }

  func name(_ role: TensorRole, of layer: NetworkDescription.Layer) throws -> String {
    let plain = plainName(role, of: layer)
    if let name = found(plain) { return name }
    let hasWeights = found(plainName(.weights, of: layer)) != nil
    throw NetworkWeightsError(
      layer: layer.name, origin: file.origin,
      .missing(
        plain, available: file.names, hasModule: layer.description?.module != nil,
        canLackBias: role == .bias && hasWeights && !layer.isNormalization))
  }

  func values(_ name: String, _ role: TensorRole, of layer: NetworkDescription.Layer, shape: [Int]) throws -> [Float] {
    func refuse(_ problem: NetworkWeightsError.Problem) -> NetworkWeightsError {
      NetworkWeightsError(layer: layer.name, origin: file.origin, problem)
    }
    let got = file.entries.first { $0.name == name }!.shape
    // Before the values are looked at: a shape tells more than what follows from it.
    let values: [Float]
    if Self.isSame(got, shape) {
      values = try file.tensor(name).values
    } else if case .layerNormalization(.group, _)? = layer.description?.kind, got == [shape[0]] {
      values = try file.tensor(name).values.flatMap { Array(repeating: $0, count: shape.dropFirst().reduce(1, *)) }
    } else if case .layerNormalization(.example, _)? = layer.description?.kind, got == [shape[0]] {
      throw refuse(.onePerChannel(name, expected: shape))
    } else {
      throw refuse(.wrongShape(name, expected: shape, got: got))
    }
    if let place = values.firstIndex(where: { !$0.isFinite }) { throw refuse(.notFinite(name, place: place, value: values[place])) }
    if role == .variance, let place = values.firstIndex(where: { $0 < 0 }) {
      throw refuse(.negativeVariance(name, place: place, value: values[place]))
    }
    return values
  }

  /// Whether weights of one shape are those of the other: a convolution over time, (O, I, k), is one over maps of one row, (O, I, 1, k).
  private static func isSame(_ got: [Int], _ shape: [Int]) -> Bool {
    got == shape || shape.count == 4 && shape[2] == 1 && got == [shape[0], shape[1], shape[3]]
  }

  /// A bias in the file that the network does not have would be left out of every activation.
  func refuseBias(_ layer: NetworkDescription.Layer) throws {
    guard layer.description?.hasWeights == true, !layer.hasBias, let name = found(plainName(.bias, of: layer)) else { return }
    throw NetworkWeightsError(layer: layer.name, origin: file.origin, .unwantedBias(name))
  }
}

extension TensorRole {
  /// The tensor's name in a module of PyTorch.
  fileprivate var moduleName: String {
    switch self {
    case .weights: "weight"
    case .bias: "bias"
    case .mean: "running_mean"
    case .variance: "running_var"
    }
  }
}
