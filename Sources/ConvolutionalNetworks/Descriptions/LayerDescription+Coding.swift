/// `{"convolution": {"channels": 32, "kernel": 3, "padding": "same", "relu": true}}`: one key, the kind, with its values.
///
/// Written by hand for the stride alone. Stored models and the keys of cached trainings hold such text: a stride of 1 is left out, so that
/// they keep their bytes, and its absence means 1. The rate of a dropout layer is the layer's `dropoutRate`, beside its kind.
extension LayerDescription.Kind: Codable {
  private enum Name: String, CodingKey {
    case convolution, maxPool, averagePool, globalAveragePool, batchNormalization, add, flatten, dense, relu, softmax, dropout
  }

  private enum Value: String, CodingKey { case channels, kernel, relu, padding, stride, size, units }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    func open(_ name: Name) -> KeyedEncodingContainer<Value> { container.nestedContainer(keyedBy: Value.self, forKey: name) }
    switch self {
    case .convolution(let channels, let kernel, let relu, let padding, let stride):
      var values = open(.convolution)
      try values.encode(channels, forKey: .channels)
      try values.encode(kernel, forKey: .kernel)
      try values.encode(relu, forKey: .relu)
      try values.encode(padding, forKey: .padding)
      if stride != 1 { try values.encode(stride, forKey: .stride) }
    case .maxPool(let size):
      var values = open(.maxPool)
      try values.encode(size, forKey: .size)
    case .averagePool(let size):
      var values = open(.averagePool)
      try values.encode(size, forKey: .size)
    case .globalAveragePool: _ = open(.globalAveragePool)
    case .batchNormalization(let relu):
      var values = open(.batchNormalization)
      try values.encode(relu, forKey: .relu)
    case .add(let relu):
      var values = open(.add)
      try values.encode(relu, forKey: .relu)
    case .flatten: _ = open(.flatten)
    case .dense(let units, let relu):
      var values = open(.dense)
      try values.encode(units, forKey: .units)
      try values.encode(relu, forKey: .relu)
    case .relu: _ = open(.relu)
    case .softmax: _ = open(.softmax)
    case .dropout: _ = open(.dropout)
    }
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
    case .convolution:
      self = .convolution(
        channels: try integer(.channels), kernel: try integer(.kernel), relu: try relu(),
        padding: try values.decode(LayerDescription.Padding.self, forKey: .padding),
        stride: try values.decodeIfPresent(Int.self, forKey: .stride) ?? 1)
    case .maxPool: self = .maxPool(size: try integer(.size))
    case .averagePool: self = .averagePool(size: try integer(.size))
    case .globalAveragePool: self = .globalAveragePool
    case .batchNormalization: self = .batchNormalization(relu: try relu())
    case .add: self = .add(relu: try relu())
    case .flatten: self = .flatten
    case .dense: self = .dense(units: try integer(.units), relu: try relu())
    case .relu: self = .relu
    case .softmax: self = .softmax
    case .dropout: self = .dropout
    }
  }
}
