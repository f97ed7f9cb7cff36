/// A layer's tensors on their way from and to a ``Checkpoint``.
extension BoundLayer {
  /// Copies the layer's tensors out of a checkpoint that ``Checkpoint/validate(for:)`` has accepted.
  func load(_ checkpoint: Checkpoint) throws {
    for (role, memory, dimensions) in held {
      try memory.load(checkpoint[role.name(layer: layer.index)]!.values, dimensions: dimensions, engine)
    }
  }

  /// Copies the lender's tensors into those that are not shared with it because the layouts differ.
  func loadFromLender() throws {
    for (own, lent) in zip(held, lender?.held ?? []) where own.memory !== lent.memory {
      var operations: [Operation] = []
      let seen = try operations.reshape(lent.memory, from: lent.dimensions, to: own.dimensions, engine)
      operations.append(try .reorder(from: seen, to: own.memory, engine))
      try operations.execute()
    }
  }

  /// The layer's tensors, row-major.
  func tensors() throws -> [Checkpoint.Tensor] { try held.map { role, memory, _ in try tensor(role, memory) } }

  /// The gradients of weights and bias, named and shaped as these; none if there are none.
  func tensors(of gradient: LayerGradient) throws -> [Checkpoint.Tensor] {
    try [(TensorRole.weights, gradient.weights), (.bias, gradient.bias)].compactMap { role, memory in
      try memory.map { try tensor(role, $0) }
    }
  }

  /// Its tensors in the order of a checkpoint, with the dimensions in which the kernel sees them. A bias that the layer has not is zero and is none.
  private var held: [(role: TensorRole, memory: TensorMemory, dimensions: [Int])] {
    let memories = [parts.weights, layer.hasBias ? parts.bias : nil, parts.runningStatistics?.mean, parts.runningStatistics?.variance]
    return zip(TensorRole.allCases, memories).compactMap { role, memory in memory.map { (role, $0, dimensions(of: role)) } }
  }

  private func tensor(_ role: TensorRole, _ memory: TensorMemory) throws -> Checkpoint.Tensor {
    let values = try memory.plainValues(dimensions: dimensions(of: role), engine)
    return Checkpoint.Tensor(name: role.name(layer: layer.index), shape: shape(of: role), values: values)
  }

  private func shape(of role: TensorRole) -> [Int] {
    switch role {
    case .weights: layer.parameterShapes[0]
    case .bias: layer.parameterShapes[1]
    case .mean, .variance: layer.statisticsShapes[0]
    }
  }

  private func dimensions(of role: TensorRole) -> [Int] {
    role == .weights ? weightDimensions : [shape(of: role).reduce(1, *)]
  }
}
