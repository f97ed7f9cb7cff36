import Mistique

/// When what a model emits is on disk while it is logged: figures 11a and 11b compare the two.
enum LoggingWrites: String, CaseIterable, Sendable {
  /// Ours: encoding and writing overlap the model, and one transaction makes all of it durable.
  case oneCommit = "one transaction"
  /// The paper's upper bound: each intermediate is encoded, written and synced before the model goes on.
  case synced = "every write synced"

  /// How the store is opened.
  var options: StoreOptions {
    var options = StoreOptions()
    options.writesThrough = self == .synced
    return options
  }
}
