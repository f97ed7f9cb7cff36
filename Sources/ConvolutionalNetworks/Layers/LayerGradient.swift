import COneDNN

/// The gradient of a tensor in memory, and whether its reader may write over it: a sum hands the same memory to all its inputs.
struct TensorGradient {
  let memory: TensorMemory
  var isShared = false

  init(_ memory: TensorMemory, isShared: Bool = false) {
    self.memory = memory
    self.isShared = isShared
  }
}

/// The backward pass of one layer: operations that turn the gradient of the output into those of the inputs and of the weights.
struct LayerGradient {
  /// What is asked of the layer: a frozen layer trains no weights, and no gradient goes to inputs below which nothing is trained.
  struct Needs {
    let inputs: [Bool]
    let weights: Bool

    var anyInput: Bool { inputs.contains(true) }
  }

  var operations: [Operation] = []
  /// One for each input of the layer; nil where it is not needed.
  var inputs: [TensorGradient?] = []
  var weights: TensorMemory?
  var bias: TensorMemory?
}

extension BoundLayer {
  /// Binds the backward pass for the gradient of the output, which the operations write over if it is not shared.
  func backward(_ outputGradient: TensorGradient, needs: LayerGradient.Needs) throws -> LayerGradient {
    precondition(purpose != .inference, "a layer bound for inference has no backward pass")
    var gradient = LayerGradient()
    var incoming = outputGradient
    if let dropout {
      incoming = try gradient.operations.own(incoming, in: parts.output.layout, engine)
      gradient.operations.append(dropout.operation(on: incoming.memory))
    }
    if layer.appliesReLU { incoming = try reluBackward(incoming, &gradient.operations) }
    switch layer.description!.kind {
    case .convolution:
      guard convolution!.hasGradient else { throw NetworkError.noGradient(layer: layer.name) }
      try convolution!.bindBackward(parts, incoming.memory, needs, &gradient, engine)
    case .dense:
      try DenseGeometry(input: input.dimensions, output: output.dimensions).bindBackward(parts, incoming.memory, needs, &gradient, engine)
    case .batchNormalization:
      try batchNormalization!.bindBackward(parts, incoming.memory, needs, &gradient, engine)
    case .maxPool, .averagePool, .globalAveragePool, .globalMaxPool:
      if needs.anyInput { try pooling!.bindBackward(parts, incoming.memory, &gradient, engine) }
    case .add:
      gradient.inputs = inputDimensions.map { _ in TensorGradient(incoming.memory, isShared: true) }
    case .flatten, .relu, .softmax, .dropout:
      gradient.inputs = [incoming]
    case .activation, .layerNormalization, .concatenate, .shortcut:
      throw NetworkError.noGradient(layer: layer.name)
    }
    // A bias that the layer has not stays zero.
    if !layer.hasBias { gradient.bias = nil }
    // Back to the dimensions that the layers below give their outputs.
    let seen = layer.description!.kind == .flatten ? output.dimensions : input.dimensions
    for (place, inner) in gradient.inputs.enumerated() where needs.inputs[place] {
      let memory = try gradient.operations.reshape(inner!.memory, from: seen, to: inputDimensions[place], engine)
      gradient.inputs[place] = TensorGradient(memory, isShared: inner!.isShared)
    }
    return gradient
  }

  /// Sets the gradient to zero where the activation is zero. It looks at the output, so that the value before ReLU need not be kept;
  /// a dropped output is zero too, and so is its gradient.
  private func reluBackward(_ gradient: TensorGradient, _ operations: inout [Operation]) throws -> TensorGradient {
    let outer = try operations.adapt(gradient.memory, to: parts.output.layout, engine)
    let isOwn = !gradient.isShared || outer !== gradient.memory
    let inner = isOwn ? outer : try TensorMemory(parts.output.layout, engine)
    operations.append(try .reluBackward(output: parts.output, from: outer, to: inner, engine))
    return TensorGradient(inner)
  }
}

extension [Operation] {
  /// The gradient in `layout` and in memory that may be written over.
  fileprivate mutating func own(_ gradient: TensorGradient, in layout: Layout, _ engine: Engine) throws -> TensorGradient {
    let adapted = try adapt(gradient.memory, to: layout, engine)
    guard gradient.isShared, adapted === gradient.memory else { return TensorGradient(adapted) }
    return TensorGradient(try copy(adapted, engine))
  }
}
