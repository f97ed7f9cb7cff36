/// What a training needs besides the weights to resume as if it had never stopped: the optimizer's moments.
extension TrainingGraph {
  /// The moments of every trained tensor as row-major tensors `moment0`, `moment1`, ..., in an order that follows from the network: they
  /// do not depend on the layouts that oneDNN chose.
  func moments() throws -> [Checkpoint.Tensor] {
    var tensors: [Checkpoint.Tensor] = []
    for state in states {
      let dimensions = state.weights.layout.dimensions
      let staging = try TensorMemory(state.weights.layout, network.engine)
      for values in state.moments {
        _ = staging.values.update(fromContentsOf: values)
        let plain = try staging.plainValues(dimensions: dimensions, network.engine)
        tensors.append(.init(name: "moment\(tensors.count)", shape: dimensions, values: plain))
      }
    }
    return tensors
  }

  /// Brings back what ``moments()`` gave in a graph of the same network and optimizer.
  /// - Returns: whether they fit; if not, nothing was changed.
  func load(moments: [Checkpoint.Tensor]) throws -> Bool {
    let expected = states.flatMap { state in state.moments.map { _ in state.weights.layout.dimensions } }
    guard moments.map(\.shape) == expected else { return false }
    var next = 0
    for state in states {
      let staging = try TensorMemory(state.weights.layout, network.engine)
      state.moments = try state.moments.map { _ in
        try staging.load(moments[next].values, dimensions: moments[next].shape, network.engine)
        next += 1
        return Array(staging.values)
      }
    }
    return true
  }

  /// Lets layer *i* draw the dropout of layer *i* + `offset`: the layers are the upper ones of a larger network.
  func shiftDropout(by offset: Int) { for layer in network.layers { layer.dropout?.layer += offset } }
}

extension Layout {
  /// The logical dimensions, without padding.
  var dimensions: [Int] {
    withUnsafeBytes(of: descriptor.dims) { bytes in bytes.bindMemory(to: Int64.self).prefix(Int(descriptor.ndims)).map(Int.init) }
  }
}
