import Mistique

extension StoragePolicy {
  /// Adaptive with the gamma of the paper's experiments, 0.5 s/KB.
  static let paperAdaptive = try! StoragePolicy.adaptive(gamma: 500_000)  // a sound constant
}
