import CXGBoost
import CZstd
import COneDNN
import ConvolutionalNetworks
import ExperimentKit

/// Every experiment there is, in the order in which they are listed and run.
enum Catalogue {
  static func laboratory(_ settings: Settings) throws -> Laboratory {
    try Laboratory(
      [
        Fig6aZillowStorage.experiment(settings), Fig6bNetworkStorage.experiment(settings), Fig5aZillowQueries.experiment(settings),
        Fig5QueryTime.experiment(settings), Fig7aRerunCost.experiment(settings), Fig7bReadCost.experiment(settings),
        Fig8ReadVersusRerun.experiment(settings), Fig9HeatMaps.experiment(settings),
        Table2SVCCA.experiment(settings), Table3KNN.experiment(settings), Fig10Adaptive.experiment(settings),
        Fig11aLoggingOverhead.experiment(settings),
        Fig11bLoggingOverhead.experiment(settings),
        Fig14ColumnCompression.experiment(), SimilarityCost.experiment(settings), UseActiVis.experiment(settings),
        UseVizML.experiment(settings), UseNetDissect.experiment(settings), ReuseExperiment.experiment(settings),
        ExactTopK.experiment(settings), Policies.experiment(settings),
      ].map(withBaselineVersion), onDemand: [ReuseExperiment.name, ExactTopK.name, Policies.name])
  }

  /// The setting with which figure 6 counts what it would store, and keeps no partitions.
  static let measureOnly = StorageMeasurement.measureOnly

  /// Baselines that hold for every processor: those of pipelines. Kernels with other instructions train networks to other weights, which take other bytes.
  /// Figure 5a's pipelines have the same bytes everywhere, but its questions take a fraction of a millisecond, and their speed-ups are others too.
  static let everywhere: Set = [
    "fig6a-zillow-storage", "fig10-adaptive", "fig11a-logging-overhead", "fig14-column-compression", "use-vizml", "policies",
  ]

  private static func withBaselineVersion(_ experiment: Experiment) -> Experiment {
    var experiment = experiment
    if !everywhere.contains(experiment.name) { experiment.baselineVersion = instructions }
    return experiment
  }

  private static let instructions = "instructions"

  /// Versions of the C libraries that decide what is measured, and the instructions that they may use.
  static var versions: [String: String] {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    XGBoostVersion(&major, &minor, &patch)
    let oneDNN = dnnl_version()!.pointee
    return [
      "oneDNN": "\(oneDNN.major).\(oneDNN.minor).\(oneDNN.patch)", "XGBoost": "\(major).\(minor).\(patch)",
      "zstd": String(cString: ZSTD_versionString()), instructions: KernelKind.instructions,
    ]
  }
}
