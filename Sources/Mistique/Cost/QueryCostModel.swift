import MistiqueStorage

/// Predicts what fetching an answer will take, by reading and by re-running (paper section 5.1). Every query corrects it.
final class QueryCostModel: Sendable {
  /// What was measured, as the catalogue keeps it.
  struct Constants: Sendable, Equatable {
    var read = ReadCost.defaults
    var rerun = RerunCost.defaults
  }

  let read: ReadCost
  let rerun: RerunCost

  init(_ constants: Constants = Constants()) {
    read = ReadCost(constants.read)
    rerun = RerunCost(constants.rerun)
  }

  var constants: Constants { Constants(read: read.constants, rerun: rerun.constants) }
}
