/// What Slurm is asked for, beside what the experiments state.
package struct SlurmOptions: Sendable, Equatable {
  /// The cluster's default when nil.
  package var partition: String?
  /// A task's time limit in stated times: costs are of a machine with 2 cores, and nodes and shared folders may be slower.
  package var timeFactor = 3.0
  /// A task's memory in stated memories.
  package var memoryFactor = 1.25
  /// Processors of each task. Networks train to other bits on another number.
  package var processors = 2
  /// How many tasks of an array run at once; as many as there is room for when nil.
  package var atOnce: Int?
  /// Further options of sbatch, one each: `--account=vision`, `--exclusive`.
  package var further: [String] = []

  package init() {}
}

/// The limits of one array job, rounded up so that tasks of like cost share an array.
struct TaskLimits: Hashable, Comparable {
  let minutes: Int
  let mebibytes: Int

  init(_ cost: Cost, _ options: SlurmOptions) {
    minutes = Self.roundedUp(cost.seconds * options.timeFactor / 60, from: 10)
    mebibytes = Self.roundedUp(Double(cost.memoryBytes) * options.memoryFactor / 1_048_576, from: 1024)
  }

  static func < (left: Self, right: Self) -> Bool { (left.minutes, left.mebibytes) < (right.minutes, right.mebibytes) }

  /// The least of `first`, twice, four times ... that is not smaller.
  private static func roundedUp(_ value: Double, from first: Int) -> Int {
    var result = first
    while Double(result) < value, result < 1 << 40 { result *= 2 }
    return result
  }
}
