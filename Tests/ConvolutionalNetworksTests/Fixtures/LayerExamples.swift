@testable import ConvolutionalNetworks

/// Layers of every kind, in which each number of the kind changes by itself. All of them can read maps of 8 channels and 8 x 8 values.
enum LayerExamples {
  /// A kind that is added has no examples before somebody writes them here: until then this does not compile.
  static func kinds(_ name: LayerDescription.Kind.Name) -> [LayerDescription.Kind] {
    switch name {
    case .convolution: convolutions.map { .convolution($0) }
    case .maxPool: poolings.map { .maxPool($0) }
    case .averagePool: poolings.map { .averagePool($0) }
    case .globalAveragePool: [.globalAveragePool]
    case .globalMaxPool: [.globalMaxPool]
    case .batchNormalization:
      [.batchNormalization(relu: true), .batchNormalization(relu: false), .batchNormalization(relu: true, epsilon: 1e-3)]
    case .layerNormalization:
      [LayerDescription.Kind.layerNormalization(epsilon: 1e-3)] + LayerDescription.NormalizedOver.allCases.map(normalization)
    case .add: [.add(relu: true), .add(relu: false)]
    case .concatenate: [.concatenate]
    case .shortcut:
      [
        .shortcut(stride: 1, before: 0, behind: 0), .shortcut(stride: 2, before: 0, behind: 0), .shortcut(stride: 1, before: 1, behind: 0),
        .shortcut(stride: 1, before: 0, behind: 1),
      ]
    case .flatten: [.flatten]
    case .dense: [.dense(units: 12, relu: true), .dense(units: 13, relu: true), .dense(units: 12, relu: false), unbiased]
    case .relu: [.relu]
    case .leakyRelu: [.activation(.leakyReLU(slope: 0.01)), .activation(.leakyReLU(slope: 0.02))]
    case .gelu: [.activation(.gelu(isTanh: false)), .activation(.gelu(isTanh: true))]
    case .silu: [.activation(.silu)]
    case .sigmoid: [.activation(.sigmoid)]
    case .tanh: [.activation(.tanh)]
    case .softmax: [.softmax]
    case .dropout: [.dropout]
    }
  }

  /// Of all kinds.
  static var all: [LayerDescription.Kind] { LayerDescription.Kind.Name.allCases.flatMap { kinds($0) } }

  private static let unbiased = LayerDescription.Kind.dense(units: 12, relu: true, hasBias: false)

  private static func normalization(over: LayerDescription.NormalizedOver) -> LayerDescription.Kind { .layerNormalization(over: over) }

  /// None, and one row or column on each side by itself.
  private static let sides = [
    Sides.none, Sides(top: 1, bottom: 0, left: 0, right: 0), Sides(top: 0, bottom: 1, left: 0, right: 0),
    Sides(top: 0, bottom: 0, left: 1, right: 0), Sides(top: 0, bottom: 0, left: 0, right: 1),
  ]

  private static var convolutions: [LayerDescription.Convolution] {
    func changed(_ change: (inout LayerDescription.Convolution) -> Void) -> LayerDescription.Convolution {
      var convolution = LayerDescription.Convolution(channels: 8)
      change(&convolution)
      return convolution
    }
    let windows = [
      changed { _ in }, changed { $0.channels = 16 }, changed { $0.kernel = Extent(1, 3) }, changed { $0.kernel = Extent(3, 1) },
      changed { $0.stride = Extent(1, 2) }, changed { $0.stride = Extent(2, 1) }, changed { $0.dilation = Extent(1, 2) },
      changed { $0.dilation = Extent(2, 1) },
    ]
    let others = [
      changed { $0.padding = .named(.valid) }, changed { $0.groups = 2 }, changed { $0.groups = 8 }, changed { $0.hasBias = false },
      changed { $0.relu = false },
    ]
    let padded = sides.map { side in changed { $0.padding = .sides(side) } }
    return windows + others + padded
  }

  private static var poolings: [LayerDescription.Pooling] {
    func changed(_ change: (inout LayerDescription.Pooling) -> Void) -> LayerDescription.Pooling {
      var pooling = LayerDescription.Pooling(Extent(5))
      change(&pooling)
      return pooling
    }
    let windows = [
      changed { _ in }, changed { $0.size = Extent(5, 4) }, changed { $0.size = Extent(4, 5) }, changed { $0.size = Extent(2) },
      changed { $0.stride = Extent(2) }, changed { $0.stride = Extent(1, 2) }, changed { $0.stride = Extent(2, 1) },
    ]
    let padded = sides.dropFirst().map { side in changed { $0.padding = side } }
    let counted = [
      changed { $0.countsPadding = false }, changed { $0.padding = Sides(2) },
      changed { ($0.padding, $0.countsPadding) = (Sides(2), false) },
    ]
    return windows + padded + counted
  }
}
