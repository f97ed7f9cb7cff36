/// A piece of an experiment that can be measured in a process of its own, on a machine of its own: a pipeline, a network under one policy.
///
/// An experiment may be divided only where no claim, figure or key figure of it sets a time of one part against a time of another. Times are
/// compared as ratios, and a ratio says something only when both times are of one machine and one process. So a baseline and what is compared with
/// it belong to the same part. Bytes, counts and answers are the same everywhere and divide freely.
package struct ExperimentPart: Sendable, Equatable {
  /// Unique in its experiment, for people and for `RunContext.part`.
  package let name: String
  /// Its share of the experiment's time, in proportion to the weights of the other parts.
  package let weight: Double

  /// `weight` is positive; parts that weigh the same need none.
  package init(_ name: String, weight: Double = 1) {
    precondition(weight > 0 && weight.isFinite, "a part takes some of the time")
    self.name = name
    self.weight = weight
  }
}

extension Experiment {
  /// What can be measured apart from each other at `scale`, with what each is expected to cost; one entry without a name for an experiment that is not divided.
  ///
  /// Times are shared out by weight. Each part may need all of the disk and memory that the experiment states.
  /// Throws: `ExperimentError.noCost`.
  package func pieces(at scale: Scale) throws -> [(name: String?, cost: Cost)] {
    let cost = try cost(at: scale)
    let parts = parts(scale)
    guard !parts.isEmpty else { return [(nil, cost)] }
    let weight = parts.reduce(0) { $0 + $1.weight }
    return parts.map { part in
      (part.name, Cost(seconds: cost.seconds * part.weight / weight, diskBytes: cost.diskBytes, memoryBytes: cost.memoryBytes))
    }
  }
}
