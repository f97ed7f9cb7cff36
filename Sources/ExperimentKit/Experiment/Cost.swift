/// What one run of an experiment is expected to take, stated before it starts.
package struct Cost: Sendable, Equatable {
  package let seconds: Double
  package let diskBytes: Int64
  package let memoryBytes: Int64

  package init(seconds: Double, diskBytes: Int64, memoryBytes: Int64) {
    precondition(seconds >= 0 && diskBytes >= 0 && memoryBytes >= 0, "a cost is not negative")
    self.seconds = seconds
    self.diskBytes = diskBytes
    self.memoryBytes = memoryBytes
  }

  /// The cost of running both one after the other, as for several experiments in a row: times add, space is reused.
  package static func + (left: Cost, right: Cost) -> Cost {
    Cost(
      seconds: left.seconds + right.seconds, diskBytes: max(left.diskBytes, right.diskBytes),
      memoryBytes: max(left.memoryBytes, right.memoryBytes))
  }
}

extension Cost: CustomStringConvertible {
  package var description: String {
    "about \(Quantity.seconds(seconds)), \(Quantity.bytes(Double(diskBytes))) of disk, \(Quantity.bytes(Double(memoryBytes))) of memory"
  }
}
