import ExperimentKit

/// What claims, key figures and pictures of figure 6a read from its rows.
struct Fig6aRows {
  typealias PredictionForm = Fig6aZillowStorage.PredictionForm

  /// One of the eight series.
  struct Series: Equatable {
    let policy: String
    let predictions: PredictionForm

    init(_ policy: String, _ predictions: PredictionForm) {
      self.policy = policy
      self.predictions = predictions
    }

    var name: String { "\(policy), \(predictions.rawValue)" }
  }

  /// GB of the paper: STORE_ALL and DEDUP of fifty pipelines in the text, and DEDUP after so many pipelines in the plot of figure 6a.
  enum Paper {
    static let storeAll = 67.0
    static let dedup = 0.611
    static let plotted: [(models: Int, gigabytes: Double)] = [(1, 0.149), (10, 0.448), (50, 2.114)]
    static let ratio = storeAll / dedup
    static let plottedRatio = storeAll / plotted[2].gigabytes
    static let plottedGrowth = plotted[2].gigabytes / plotted[1].gigabytes
  }

  let table: MeasurementTable

  init(_ table: MeasurementTable) { self.table = table }

  /// Pipelines that were logged.
  func models() throws -> Int { try StoredBytes.models(table, Fig6aZillowStorage.workload) }

  /// After all pipelines, or after the first `models`.
  func value(_ metric: String, _ series: Series, after models: Int? = nil) throws -> Double {
    let models = try models ?? self.models()
    return try table.value(
      metric,
      where: [
        "workload": Fig6aZillowStorage.workload, "policy": series.policy, "predictions": series.predictions.rawValue, "models": models,
      ])
  }

  /// Bytes of the intermediates with directories and catalogue, without weights and boosters.
  func stored(_ series: Series, after models: Int? = nil) throws -> Double { try value(StoredBytes.metric, series, after: models) }

  /// How many times as much STORE_ALL takes: `all` is one of its policies, over the same predictions.
  func saving(_ series: Series, against all: String) throws -> Double {
    try stored(Series(all, series.predictions)) / stored(series)
  }

  /// Bytes after all pipelines over bytes after the first ten, in the order of the catalogue.
  func growth(_ series: Series) throws -> Double { try stored(series) / stored(series, after: 10) }

  /// Whether every series has stored chunks of the last pipeline: a store that stores nothing would be the smallest of all.
  func haveStored(_ series: [Series]) throws -> Bool { try series.allSatisfy { try value("chunks", $0) > 0 } }
}
