extension LayerDescription {
  /// A layer from `kind: {...}`, from `kind: 32` where a kind has one number that matters most, or from `kind` alone.
  init(_ node: NetworkFileNode) throws {
    guard node.isMapping else {
      self.init(try YAMLKind(named: try node.text(), node).kind([:], node))
      return
    }
    let entries = try node.entries()
    guard entries.count == 1 else { throw node.error(.notOneKind(got: entries.map(\.name))) }
    let (name, value) = entries[0]
    let kind = try YAMLKind(named: name, value)
    guard value.isMapping else {
      guard let mainKey = kind.mainKey else { throw value.error(.wrongType(expected: "a mapping, such as {}", got: value.content)) }
      let values = [mainKey: value]
      self.init(try kind.kind(values, value), dropoutRate: try values[kind.dropoutKey]?.number() ?? 0)
      return
    }
    let values = try value.entries(allowed: kind.keys + kind.commonKeys, required: [])
    self.init(
      try kind.kind(values, value), isFrozen: try values["frozen"]?.boolean() ?? false,
      dropoutRate: try values[kind.dropoutKey]?.number() ?? 0, inputs: try values["inputs"]?.elements().map { try $0.integer() })
  }

  /// The keys of each kind, by its name; without ``commonKeys``.
  static var yamlKeys: [String: [String]] { Dictionary(uniqueKeysWithValues: YAMLKind.allCases.map { ($0.rawValue, $0.keys) }) }

  /// The keys of every kind; a dropout layer has its `rate` in place of `dropout`, and a softmax no dropout.
  static let commonKeys = ["inputs", "frozen", "dropout"]

  /// The kinds by their names in YAML.
  private enum YAMLKind: String, CaseIterable {
    case convolution, maxPool, averagePool, globalAveragePool, batchNormalization, add, flatten, dense, relu, softmax, dropout

    init(named name: String, _ node: NetworkFileNode) throws {
      guard let kind = Self(rawValue: name) else { throw node.error(.unknownKey(allowed: Self.allCases.map(\.rawValue))) }
      self = kind
    }

    /// The key that may stand alone for the layer, and must be given.
    var mainKey: String? {
      switch self {
      case .convolution: "channels"
      case .maxPool, .averagePool: "size"
      case .dense: "units"
      case .dropout: "rate"
      case .globalAveragePool, .batchNormalization, .add, .flatten, .relu, .softmax: nil
      }
    }

    var keys: [String] {
      switch self {
      case .convolution: ["channels", "kernel", "stride", "padding", "relu"]
      case .maxPool, .averagePool: ["size"]
      case .dense: ["units", "relu"]
      case .batchNormalization, .add: ["relu"]
      case .dropout: ["rate"]
      case .globalAveragePool, .flatten, .relu, .softmax: []
      }
    }

    /// Those of ``LayerDescription/commonKeys`` that the kind takes.
    var commonKeys: [String] {
      switch self {
      case .dropout, .softmax: LayerDescription.commonKeys.filter { $0 != "dropout" }
      default: LayerDescription.commonKeys
      }
    }

    /// The key of the share that training drops.
    var dropoutKey: String { self == .dropout ? "rate" : "dropout" }

    /// The kind with its values by key; `node` is where they stand.
    func kind(_ values: [String: NetworkFileNode], _ node: NetworkFileNode) throws -> LayerDescription.Kind {
      var main = 0
      if let mainKey {
        guard let value = values[mainKey] else { throw node.missing(mainKey) }
        // A dropout layer's rate is no number of its kind: it is the layer's dropout.
        if self != .dropout { main = try value.integer() }
      }
      let relu = try values["relu"]?.boolean() ?? true
      switch self {
      case .convolution:
        return .convolution(
          channels: main, kernel: try values["kernel"]?.integer() ?? 3, relu: relu,
          padding: try values["padding"]?.choice(LayerDescription.Padding.self) ?? .same, stride: try values["stride"]?.integer() ?? 1)
      case .maxPool: return .maxPool(size: main)
      case .averagePool: return .averagePool(size: main)
      case .globalAveragePool: return .globalAveragePool
      case .batchNormalization: return .batchNormalization(relu: relu)
      case .add: return .add(relu: relu)
      case .flatten: return .flatten
      case .dense: return .dense(units: main, relu: relu)
      case .relu: return .relu
      case .softmax: return .softmax
      case .dropout: return .dropout
      }
    }
  }
}
