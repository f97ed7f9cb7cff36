import Mistique

extension StoragePolicy {
  /// Adaptive with the gamma of the paper's experiments, 0.5 s/KB.
  static let paperAdaptive = try! StoragePolicy.adaptive(gamma: 500_000)  // a sound constant
}

extension StoragePolicy {
  /// Whether it is exact and has a base beside.
  var hasRungs: Bool { quantization.values.rungs != nil }
  /// Whether what is stored are the values, bit for bit.
  var isLossless: Bool { quantization == .none || (hasRungs && quantization.pooling == nil) }
}
