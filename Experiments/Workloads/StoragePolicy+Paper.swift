import Mistique

extension StoragePolicy {
  /// Adaptive with the gamma of the paper's experiments, 0.5 s/KB.
  static let paperAdaptive = StoragePolicy.adaptive(gamma: 500_000)
}
