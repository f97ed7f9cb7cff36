extension LayerDescription {
  /// A layer from `kind: {...}`, from `kind: 32` where a kind has one number that matters most, or from `kind` alone.
  init(_ node: NetworkFileNode) throws {
    guard node.isMapping else {
      self.init(try Kind.Name(yaml: try node.text(), node).kind([:], node))
      return
    }
    let entries = try node.entries()
    guard entries.count == 1 else { throw node.error(.notOneKind(got: entries.map(\.name))) }
    let (name, value) = entries[0]
    let kind = try Kind.Name(yaml: name, value)
    guard value.isMapping else {
      guard let mainKey = kind.mainKey else { throw value.error(.wrongType(expected: "a mapping, such as {}", got: value.content)) }
      let values = [mainKey: value]
      self.init(try kind.kind(values, value), dropoutRate: try values[kind.dropoutKey]?.number() ?? 0)
      return
    }
    let values = try value.entries(allowed: kind.keys + kind.commonKeys, required: [])
    self.init(
      try kind.kind(values, value), isFrozen: try values["frozen"]?.boolean() ?? false,
      dropoutRate: try values[kind.dropoutKey]?.number() ?? 0, inputs: try values["inputs"]?.elements().map { try $0.integer() },
      module: try values["module"]?.text())
  }

  /// The keys of each kind, by its name; without ``commonKeys``.
  static var yamlKeys: [String: [String]] { Dictionary(uniqueKeysWithValues: Kind.Name.allCases.map { ($0.rawValue, $0.keys) }) }

  /// The keys of every kind; a dropout layer has its `rate` in place of `dropout`, and a softmax no dropout.
  static let commonKeys = ["inputs", "frozen", "dropout"]
}

/// The kinds in YAML.
extension LayerDescription.Kind.Name {
  fileprivate init(yaml name: String, _ node: NetworkFileNode) throws {
    guard let kind = Self(rawValue: name) else { throw node.error(.unknownKind(name, known: Self.allCases.map(\.rawValue))) }
    self = kind
  }

  /// The key that may stand alone for the layer, and must be given.
  fileprivate var mainKey: String? {
    switch self {
    case .convolution: "channels"
    case .maxPool, .averagePool: "size"
    case .dense: "units"
    case .dropout: "rate"
    case .shortcut: "stride"
    default: nil
    }
  }

  fileprivate var keys: [String] {
    switch self {
    case .convolution: ["channels", "kernel", "stride", "padding", "dilation", "groups", "bias", "relu", "module"]
    case .maxPool: ["size", "stride", "padding"]
    case .averagePool: ["size", "stride", "padding", "countPadding"]
    case .dense: ["units", "bias", "relu", "module"]
    case .batchNormalization: ["epsilon", "relu", "module"]
    case .layerNormalization: ["over", "epsilon", "module"]
    case .add: ["relu"]
    case .shortcut: ["stride", "before", "behind"]
    case .leakyRelu: ["slope"]
    case .gelu: ["approximate"]
    case .dropout: ["rate"]
    case .globalAveragePool, .globalMaxPool, .concatenate, .flatten, .relu, .silu, .sigmoid, .tanh, .softmax: []
    }
  }

  /// Those of ``LayerDescription/commonKeys`` that the kind takes.
  fileprivate var commonKeys: [String] {
    switch self {
    case .dropout, .softmax: LayerDescription.commonKeys.filter { $0 != "dropout" }
    default: LayerDescription.commonKeys
    }
  }

  /// The key of the share that training drops.
  fileprivate var dropoutKey: String { self == .dropout ? "rate" : "dropout" }

  private enum Approximation: String, CaseIterable { case none, tanh }

  /// The kind with its values by key; `node` is where they stand.
  fileprivate func kind(_ values: [String: NetworkFileNode], _ node: NetworkFileNode) throws -> LayerDescription.Kind {
    if let mainKey, values[mainKey] == nil { throw node.missing(mainKey) }
    func main() throws -> Int { try values[mainKey!]!.integer() }
    func relu() throws -> Bool { try values["relu"]?.boolean() ?? true }
    func hasBias() throws -> Bool { try values["bias"]?.boolean() ?? true }
    func epsilon() throws -> Float { try values["epsilon"]?.number() ?? LayerDescription.Kind.epsilon }
    switch self {
    case .convolution:
      var convolution = LayerDescription.Convolution(channels: try main())
      convolution.kernel = try values["kernel"]?.extent() ?? Extent(3)
      convolution.stride = try values["stride"]?.extent() ?? Extent(1)
      convolution.dilation = try values["dilation"]?.extent() ?? Extent(1)
      convolution.groups = try values["groups"]?.integer() ?? 1
      convolution.hasBias = try hasBias()
      convolution.relu = try relu()
      if let padding = values["padding"] {
        convolution.padding = try padding.isWord ? .named(padding.padding()) : .sides(padding.sides(or: "same, valid, "))
      }
      return .convolution(convolution)
    case .maxPool: return .maxPool(try pooling(values))
    case .averagePool: return .averagePool(try pooling(values))
    case .globalAveragePool: return .globalAveragePool
    case .globalMaxPool: return .globalMaxPool
    case .batchNormalization: return .batchNormalization(relu: try relu(), epsilon: try epsilon())
    case .layerNormalization:
      return .layerNormalization(
        over: try values["over"]?.choice(LayerDescription.NormalizedOver.self) ?? .example, epsilon: try epsilon())
    case .add: return .add(relu: try relu())
    case .concatenate: return .concatenate
    case .shortcut:
      return .shortcut(
        stride: try main(), before: try values["before"]?.integer() ?? 0, behind: try values["behind"]?.integer() ?? 0)
    case .flatten: return .flatten
    case .dense: return .dense(units: try main(), relu: try relu(), hasBias: try hasBias())
    case .relu: return .relu
    case .leakyRelu: return .activation(.leakyReLU(slope: try values["slope"]?.number() ?? 0.01))
    case .gelu: return .activation(.gelu(isTanh: try values["approximate"]?.choice(Approximation.self) == .tanh))
    case .silu: return .activation(.silu)
    case .sigmoid: return .activation(.sigmoid)
    case .tanh: return .activation(.tanh)
    case .softmax: return .softmax
    case .dropout: return .dropout
    }
  }

  private func pooling(_ values: [String: NetworkFileNode]) throws -> LayerDescription.Pooling {
    var pooling = LayerDescription.Pooling(try values["size"]!.extent())
    pooling.stride = try values["stride"]?.extent()
    pooling.padding = try values["padding"]?.sides() ?? .none
    pooling.countsPadding = try values["countPadding"]?.boolean() ?? true
    return pooling
  }
}

extension NetworkFileNode {
  fileprivate func padding() throws -> LayerDescription.Padding {
    guard let choice = try? choice(LayerDescription.Padding.self) else {
      throw error(.wrongType(expected: "same, valid, a whole number, [rows, columns] or [top, bottom, left, right]", got: content))
    }
    return choice
  }
}
