/// `{"convolution": {"channels": 32, "kernel": 3, "padding": "same", "relu": true}}`: one key, the kind, with its values.
///
/// Written by hand because stored models and the keys of cached trainings hold such text: what was added to a kind later is left out while it
/// has the value that it had before, so that they keep their bytes, and its absence means that value. The rate of a dropout layer is the layer's
/// `dropoutRate`, beside its kind.
extension LayerDescription.Kind: Codable {
  /// The kinds by their names, in JSON and in YAML.
  enum Name: String, CodingKey, CaseIterable {
    case convolution, maxPool, averagePool, globalAveragePool, globalMaxPool, batchNormalization, layerNormalization, add, concatenate
    case shortcut, flatten, dense, relu, leakyRelu, gelu, silu, sigmoid, tanh, softmax, dropout
  }

  var name: Name {
    switch self {
    case .convolution: .convolution
    case .maxPool: .maxPool
    case .averagePool: .averagePool
    case .globalAveragePool: .globalAveragePool
    case .globalMaxPool: .globalMaxPool
    case .batchNormalization: .batchNormalization
    case .layerNormalization: .layerNormalization
    case .add: .add
    case .concatenate: .concatenate
    case .shortcut: .shortcut
    case .flatten: .flatten
    case .dense: .dense
    case .relu: .relu
    case .activation(.leakyReLU): .leakyRelu
    case .activation(.gelu): .gelu
    case .activation(.silu): .silu
    case .activation(.sigmoid): .sigmoid
    case .activation(.tanh): .tanh
    case .softmax: .softmax
    case .dropout: .dropout
    }
  }

  private enum Value: String, CodingKey {
    case channels, kernel, relu, padding, stride, dilation, groups, bias, size, countPadding, units, epsilon, over, before, behind, slope,
      tanh
  }

  private typealias Written = KeyedEncodingContainer<Value>
  private typealias Read = KeyedDecodingContainer<Value>

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    var values = container.nestedContainer(keyedBy: Value.self, forKey: name)
    switch self {
    case .convolution(let convolution): try Self.encode(convolution, to: &values)
    case .maxPool(let pooling), .averagePool(let pooling): try Self.encode(pooling, to: &values)
    case .batchNormalization(let relu, let epsilon):
      try values.encode(relu, forKey: .relu)
      if epsilon != Self.epsilon { try values.encode(epsilon, forKey: .epsilon) }
    case .layerNormalization(let over, let epsilon):
      try values.encode(over, forKey: .over)
      try values.encode(epsilon, forKey: .epsilon)
    case .add(let relu): try values.encode(relu, forKey: .relu)
    case .shortcut(let stride, let before, let behind):
      try values.encode(stride, forKey: .stride)
      try values.encode(before, forKey: .before)
      try values.encode(behind, forKey: .behind)
    case .dense(let units, let relu, let hasBias):
      try values.encode(units, forKey: .units)
      try values.encode(relu, forKey: .relu)
      if !hasBias { try values.encode(false, forKey: .bias) }
    case .activation(.leakyReLU(let slope)): try values.encode(slope, forKey: .slope)
    case .activation(.gelu(let isTanh)): try values.encode(isTanh, forKey: .tanh)
    case .globalAveragePool, .globalMaxPool, .concatenate, .flatten, .relu, .activation, .softmax, .dropout: break
    }
  }

  private static func encode(_ convolution: LayerDescription.Convolution, to values: inout Written) throws {
    try values.encode(convolution.channels, forKey: .channels)
    try encode(convolution.kernel, .kernel, to: &values)
    try values.encode(convolution.relu, forKey: .relu)
    switch convolution.padding {
    case .named(let padding): try values.encode(padding, forKey: .padding)
    case .sides(let sides): try values.encode(sides.all, forKey: .padding)
    }
    if convolution.stride != Extent(1) { try encode(convolution.stride, .stride, to: &values) }
    if convolution.dilation != Extent(1) { try encode(convolution.dilation, .dilation, to: &values) }
    if convolution.groups != 1 { try values.encode(convolution.groups, forKey: .groups) }
    if !convolution.hasBias { try values.encode(false, forKey: .bias) }
  }

  private static func encode(_ pooling: LayerDescription.Pooling, to values: inout Written) throws {
    try encode(pooling.size, .size, to: &values)
    if let stride = pooling.stride { try encode(stride, .stride, to: &values) }
    if pooling.padding != .none { try values.encode(pooling.padding.all, forKey: .padding) }
    if !pooling.countsPadding { try values.encode(false, forKey: .countPadding) }
  }

  /// One number for rows and columns where they are equal.
  private static func encode(_ extent: Extent, _ key: Value, to values: inout Written) throws {
    if extent.rows == extent.columns { try values.encode(extent.rows, forKey: key) } else { try values.encode(extent.both, forKey: key) }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    guard container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: "a layer's kind has one known name, got \(container.allKeys.count)"))
    }
    let name = container.allKeys[0]
    let values = try container.nestedContainer(keyedBy: Value.self, forKey: name)
    func integer(_ value: Value) throws -> Int { try values.decode(Int.self, forKey: value) }
    func relu() throws -> Bool { try values.decode(Bool.self, forKey: .relu) }
    switch name {
    case .convolution: self = .convolution(try Self.convolution(values))
    case .maxPool: self = .maxPool(try Self.pooling(values))
    case .averagePool: self = .averagePool(try Self.pooling(values))
    case .globalAveragePool: self = .globalAveragePool
    case .globalMaxPool: self = .globalMaxPool
    case .batchNormalization:
      self = .batchNormalization(relu: try relu(), epsilon: try values.decodeIfPresent(Float.self, forKey: .epsilon) ?? Self.epsilon)
    case .layerNormalization:
      self = .layerNormalization(
        over: try values.decode(LayerDescription.NormalizedOver.self, forKey: .over),
        epsilon: try values.decode(Float.self, forKey: .epsilon))
    case .add: self = .add(relu: try relu())
    case .concatenate: self = .concatenate
    case .shortcut: self = .shortcut(stride: try integer(.stride), before: try integer(.before), behind: try integer(.behind))
    case .flatten: self = .flatten
    case .dense:
      self = .dense(
        units: try integer(.units), relu: try relu(), hasBias: try values.decodeIfPresent(Bool.self, forKey: .bias) ?? true)
    case .relu: self = .relu
    case .leakyRelu: self = .activation(.leakyReLU(slope: try values.decode(Float.self, forKey: .slope)))
    case .gelu: self = .activation(.gelu(isTanh: try values.decode(Bool.self, forKey: .tanh)))
    case .silu: self = .activation(.silu)
    case .sigmoid: self = .activation(.sigmoid)
    case .tanh: self = .activation(.tanh)
    case .softmax: self = .softmax
    case .dropout: self = .dropout
    }
  }

  private static func convolution(_ values: Read) throws -> LayerDescription.Convolution {
    var convolution = LayerDescription.Convolution(channels: try values.decode(Int.self, forKey: .channels))
    convolution.kernel = try extent(values, .kernel)
    convolution.relu = try values.decode(Bool.self, forKey: .relu)
    if let padding = try? values.decode(LayerDescription.Padding.self, forKey: .padding) {
      convolution.padding = .named(padding)
    } else {
      convolution.padding = .sides(try sides(values))
    }
    if values.contains(.stride) { convolution.stride = try extent(values, .stride) }
    if values.contains(.dilation) { convolution.dilation = try extent(values, .dilation) }
    convolution.groups = try values.decodeIfPresent(Int.self, forKey: .groups) ?? 1
    convolution.hasBias = try values.decodeIfPresent(Bool.self, forKey: .bias) ?? true
    return convolution
  }

  private static func pooling(_ values: Read) throws -> LayerDescription.Pooling {
    var pooling = LayerDescription.Pooling(try extent(values, .size))
    if values.contains(.stride) { pooling.stride = try extent(values, .stride) }
    if values.contains(.padding) { pooling.padding = try sides(values) }
    pooling.countsPadding = try values.decodeIfPresent(Bool.self, forKey: .countPadding) ?? true
    return pooling
  }

  private static func extent(_ values: Read, _ key: Value) throws -> Extent {
    if let both = try? values.decode(Int.self, forKey: key) { return Extent(both) }
    let each = try numbers(values, key, count: 2)
    return Extent(each[0], each[1])
  }

  private static func sides(_ values: Read) throws -> Sides {
    let each = try numbers(values, .padding, count: 4)
    return Sides(top: each[0], bottom: each[1], left: each[2], right: each[3])
  }

  private static func numbers(_ values: Read, _ key: Value, count: Int) throws -> [Int] {
    let numbers = try values.decode([Int].self, forKey: key)
    guard numbers.count == count else {
      throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "\(numbers.count) numbers, expected \(count)")
    }
    return numbers
  }
}
