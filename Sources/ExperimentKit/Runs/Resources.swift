import Foundation

/// What the machine can give a run.
package struct Resources: Sendable, Equatable {
  package let freeDiskBytes: Int64
  package let physicalMemoryBytes: Int64

  package init(freeDiskBytes: Int64, physicalMemoryBytes: Int64) {
    self.freeDiskBytes = freeDiskBytes
    self.physicalMemoryBytes = physicalMemoryBytes
  }

  /// Free space on the file system that holds `folder` (or its nearest existing ancestor), and this machine's memory.
  package static func available(for folder: URL) throws -> Resources {
    var place = folder.standardizedFileURL
    while !AtomicFile.exists(place), place.path != "/" { place = place.deletingLastPathComponent() }
    var status = statvfs()
    guard statvfs(place.path, &status) == 0 else { throw FileError.last("measure the free space of", place) }
    return try Resources(
      freeDiskBytes: Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)),
      physicalMemoryBytes: Machine.physicalMemoryBytes())
  }

  /// What a cost takes and this does not have; empty when it fits.
  package func shortages(of cost: Cost) -> [ResourceError.Shortage] {
    var shortages: [ResourceError.Shortage] = []
    if cost.diskBytes > freeDiskBytes { shortages.append(.disk(needed: cost.diskBytes, free: freeDiskBytes)) }
    if cost.memoryBytes > physicalMemoryBytes { shortages.append(.memory(needed: cost.memoryBytes, physical: physicalMemoryBytes)) }
    return shortages
  }

  /// Refuses a cost that does not fit. Time is never refused.
  ///
  /// Throws: `ResourceError` naming every shortage at once.
  package func check(_ cost: Cost, for experiment: String, at scale: Scale) throws {
    let shortages = shortages(of: cost)
    guard shortages.isEmpty else { throw ResourceError(experiment: experiment, scale: scale, shortages: shortages) }
  }
}

/// A run that does not fit this machine.
package struct ResourceError: Error, Equatable, CustomStringConvertible {
  package enum Shortage: Sendable, Equatable {
    case disk(needed: Int64, free: Int64)
    case memory(needed: Int64, physical: Int64)
  }

  package let experiment: String
  package let scale: Scale
  package let shortages: [Shortage]

  package var description: String {
    let parts = shortages.map { shortage in
      switch shortage {
      case .disk(let needed, let free): "\(Quantity.bytes(Double(needed))) of disk where \(Quantity.bytes(Double(free))) are free"
      case .memory(let needed, let physical):
        "\(Quantity.bytes(Double(needed))) of memory where the machine has \(Quantity.bytes(Double(physical)))"
      }
    }
    return "\(experiment) at scale \(scale) needs \(parts.joined(separator: " and ")). Choose a smaller scale, make room, or force the run."
  }
}
