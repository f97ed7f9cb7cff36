import MistiqueStorage

extension QuantizationScheme {
  /// About what part of the bytes of an intermediate of `schema` it stores, before compression.
  func shareOfBytes(of schema: IntermediateSchema) -> Double {
    guard schema.columnCount > 0 else { return 1 }
    return shareOfValueBytes * Double(pooledSchema(of: schema).columnCount) / Double(schema.columnCount)
  }

  /// About what part of a float32's bytes is stored of each value that pooling leaves, before compression.
  var shareOfValueBytes: Double {
    switch values {
    case .full, .ladder(_, .all): 1
    case .lowerPrecision(let type): type == .float16 ? 0.5 : 1
    case .kbit(let bits, _): Double(bits) / 32
    case .threshold: 1 / 32
    case .bound, .ladder(_, .base): 0.25
    }
  }
}
