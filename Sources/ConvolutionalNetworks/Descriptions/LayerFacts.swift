extension LayerDescription.Kind {
  /// Whether the layer reads two or more layers; the others read one.
  var readsSeveral: Bool {
    if case .add = self { return true }
    return self == .concatenate
  }
}

extension NetworkDescription {
  /// What follows from a layer's kind and the shapes of its inputs, of which there is at least one.
  struct Facts {
    let shape: ActivationShape
    var flops = 0.0
    var parameters: [[Int]] = []
    var statistics: [[Int]] = []

    init(_ kind: LayerDescription.Kind, _ inputs: [ActivationShape]) throws(LayerProblem) {
      let from = inputs[0]
      switch kind {
      case .convolution(let convolution):
        shape = try Self.convolved(from, convolution)
        let kernel = [convolution.channels, from.channels / convolution.groups, convolution.kernel.rows, convolution.kernel.columns]
        parameters = convolution.hasBias ? [kernel, [convolution.channels]] : [kernel]
        try Self.checkSizes(shape, parameters)
        flops = 2 * Double(kernel[1...].reduce(1, *)) * Double(shape.columnCount)
      case .maxPool(let pooling):
        shape = try Self.pooled(from, pooling)
        flops = Double(shape.columnCount) * Double(pooling.size.rows * pooling.size.columns - 1)
      case .averagePool(let pooling):
        shape = try Self.pooled(from, pooling)
        flops = Double(shape.columnCount) * Double(pooling.size.rows * pooling.size.columns)
      case .globalAveragePool, .globalMaxPool:
        shape = ActivationShape(channels: from.channels)
        flops = Double(from.columnCount)
      case .batchNormalization(_, let epsilon):
        guard epsilon.isFinite, epsilon > 0 else { throw LayerProblem(.notPositive("epsilon", epsilon)) }
        shape = from
        parameters = [[from.channels], [from.channels]]
        statistics = parameters
        flops = 2 * Double(from.columnCount)
      case .layerNormalization(let over, let epsilon):
        guard epsilon.isFinite, epsilon > 0 else { throw LayerProblem(.notPositive("epsilon", epsilon)) }
        shape = from
        let isWhole = over != .channels && !from.isVector
        let scale = isWhole ? [from.channels, from.height, from.width] : [from.channels]
        parameters = [scale, scale]
        // Mean, variance, then each value's shift, division, scale and shift.
        flops = 8 * Double(from.columnCount)
      case .add:
        shape = from
        flops = Double(from.columnCount) * Double(inputs.count - 1)
      case .concatenate:
        shape = ActivationShape(
          channels: try Self.sum(inputs.map(\.channels)), height: from.height, width: from.width)
        try Self.checkSizes(shape, [])
      case .shortcut(let stride, let before, let behind):
        guard stride > 0 else { throw LayerProblem(.size("stride", stride)) }
        for (what, count) in [("before", before), ("behind", behind)] where !(0...NetworkDescription.largestReach).contains(count) {
          throw LayerProblem(.outside(what, count))
        }
        shape = ActivationShape(
          channels: try Self.sum([before, from.channels, behind]), height: (from.height - 1) / stride + 1,
          width: (from.width - 1) / stride + 1)
        try Self.checkSizes(shape, [])
      case .flatten:
        shape = ActivationShape(channels: from.columnCount)
      case .relu:
        shape = from
        flops = Double(from.columnCount)
      case .activation(let activation):
        if case .leakyReLU(let slope) = activation, !slope.isFinite { throw LayerProblem(.notPositive("slope", slope)) }
        shape = from
        // As for softmax, an exponential or the like counts as one.
        flops = (activation.isPiecewise ? 2 : 4) * Double(from.columnCount)
      case .softmax:
        shape = from
        // Per channel a comparison, a subtraction, an exponential counted as one, an addition and a division.
        flops = 5 * Double(from.columnCount)
      case .dropout:
        shape = from
      case .dense(let units, _, let hasBias):
        guard units > 0 else { throw LayerProblem(.size("units", units)) }
        shape = ActivationShape(channels: units)
        parameters = hasBias ? [[units, from.columnCount], [units]] : [[units, from.columnCount]]
        try Self.checkSizes(shape, parameters)
        flops = 2 * Double(from.columnCount) * Double(units)
      }
    }

    private static func checkSizes(_ shape: ActivationShape, _ parameters: [[Int]]) throws(LayerProblem) {
      let activations = [shape.channels, shape.height, shape.width]
      guard isPossible(activations) else { throw LayerProblem(.tooLarge("activations", factors: activations)) }
      for factors in parameters where !isPossible(factors) { throw LayerProblem(.tooLarge("weights", factors: factors)) }
    }

    /// Channels beside each other; all are at least 0.
    private static func sum(_ channels: [Int]) throws(LayerProblem) -> Int {
      for count in channels where count > largestValueCount { throw LayerProblem(.tooLarge("channels", factors: [count])) }
      return channels.reduce(0, +)
    }

    private static func convolved(
      _ from: ActivationShape, _ convolution: LayerDescription.Convolution
    ) throws(LayerProblem) -> ActivationShape {
      guard convolution.channels > 0 else { throw LayerProblem(.size("channels", convolution.channels)) }
      try requirePositive(convolution.kernel, "kernel")
      try requireStep(convolution.stride, "stride")
      try requireStep(convolution.dilation, "dilation")
      guard convolution.groups > 0 else { throw LayerProblem(.size("groups", convolution.groups)) }
      guard from.channels % convolution.groups == 0, convolution.channels % convolution.groups == 0 else {
        throw LayerProblem(.groups(convolution.groups, input: from.channels, output: convolution.channels))
      }
      let reach = convolution.reach
      if convolution.dilation != Extent(1), max(reach.rows, reach.columns) > largestReach { throw LayerProblem(.windowTooLarge(reach)) }
      if convolution.padding == .named(.same) {
        if convolution.kernel.both.contains(where: { $0 % 2 == 0 }) { throw LayerProblem(.evenKernel(convolution.kernel, reach: reach)) }
        // As many windows as at stride 1 without a loss: nothing is added up, however large the kernel.
        return ActivationShape(
          channels: convolution.channels, height: (from.height - 1) / convolution.stride.rows + 1,
          width: (from.width - 1) / convolution.stride.columns + 1)
      }
      return try windows(from, channels: convolution.channels, reach: reach, stride: convolution.stride, convolution.sides)
    }

    private static func pooled(_ from: ActivationShape, _ pooling: LayerDescription.Pooling) throws(LayerProblem) -> ActivationShape {
      try requirePositive(pooling.size, "window")
      try requireStep(pooling.step, "stride")
      let (size, sides) = (pooling.size, pooling.padding)
      guard max(sides.top, sides.bottom) < size.rows, max(sides.left, sides.right) < size.columns else {
        throw LayerProblem(.poolingPadding(sides, window: size))
      }
      let shape = try windows(from, channels: from.channels, reach: size, stride: pooling.step, sides)
      let area = [size.rows, size.columns]
      guard isPossible(area) else { throw LayerProblem(.tooLarge("values in a window", factors: area)) }
      return shape
    }

    /// The kernels count steps in 32 bits, of which a larger one would leave 0.
    private static func requireStep(_ extent: Extent, _ what: String) throws(LayerProblem) {
      try requirePositive(extent, what)
      for value in extent.both where value > largestReach { throw LayerProblem(.tooFar(what, value)) }
    }

    private static func requirePositive(_ extent: Extent, _ what: String) throws(LayerProblem) {
      for value in extent.both where value < 1 { throw LayerProblem(.size(what, value)) }
    }

    /// The maps of windows that lie on a padded map; rows and columns left over at the edge are dropped.
    private static func windows(
      _ from: ActivationShape, channels: Int, reach: Extent, stride: Extent, _ sides: Sides
    ) throws(LayerProblem) -> ActivationShape {
      for side in sides.all where !(0...largestReach).contains(side) { throw LayerProblem(.outside("padding", side)) }
      let height = from.height + sides.top + sides.bottom
      let width = from.width + sides.left + sides.right
      guard height >= reach.rows, width >= reach.columns else { throw LayerProblem(.windowTooLarge(reach)) }
      let shape = ActivationShape(
        channels: channels, height: (height - reach.rows) / stride.rows + 1, width: (width - reach.columns) / stride.columns + 1)
      try checkSizes(shape, [])
      return shape
    }
  }
}

extension LayerDescription.Activation {
  fileprivate var isPiecewise: Bool {
    if case .leakyReLU = self { return true }
    return false
  }
}
