import Foundation

/// What one run of an experiment is expected to take, stated before it starts.
public struct Cost: Sendable, Equatable {
  public let seconds: Double
  public let diskBytes: Int64
  public let memoryBytes: Int64

  public init(seconds: Double, diskBytes: Int64, memoryBytes: Int64) {
    precondition(seconds >= 0 && diskBytes >= 0 && memoryBytes >= 0, "a cost is not negative")
    self.seconds = seconds
    self.diskBytes = diskBytes
    self.memoryBytes = memoryBytes
  }

  /// The cost of running both one after the other, as for several experiments in a row: times add, space is reused.
  public static func + (left: Cost, right: Cost) -> Cost {
    Cost(
      seconds: left.seconds + right.seconds, diskBytes: max(left.diskBytes, right.diskBytes),
      memoryBytes: max(left.memoryBytes, right.memoryBytes))
  }
}

extension Cost: CustomStringConvertible {
  public var description: String {
    "about \(Quantity.seconds(seconds)), \(Quantity.bytes(Double(diskBytes))) of disk, \(Quantity.bytes(Double(memoryBytes))) of memory"
  }
}

/// What the machine can give a run.
public struct Resources: Sendable, Equatable {
  public let freeDiskBytes: Int64
  public let physicalMemoryBytes: Int64

  public init(freeDiskBytes: Int64, physicalMemoryBytes: Int64) {
    self.freeDiskBytes = freeDiskBytes
    self.physicalMemoryBytes = physicalMemoryBytes
  }

  /// Free space on the file system that holds `folder` (or its nearest existing ancestor), and this machine's memory.
  public static func available(for folder: URL) throws -> Resources {
    var place = folder.standardizedFileURL
    while !AtomicFile.exists(place), place.path != "/" { place = place.deletingLastPathComponent() }
    var status = statvfs()
    guard statvfs(place.path, &status) == 0 else { throw FileError.last("measure the free space of", place) }
    return try Resources(
      freeDiskBytes: Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)),
      physicalMemoryBytes: Machine.physicalMemoryBytes())
  }

  /// Refuses a cost that does not fit. Time is never refused.
  ///
  /// Throws: `ResourceError` naming every shortage at once.
  public func check(_ cost: Cost, for experiment: String, at scale: Scale) throws {
    var shortages: [ResourceError.Shortage] = []
    if cost.diskBytes > freeDiskBytes { shortages.append(.disk(needed: cost.diskBytes, free: freeDiskBytes)) }
    if cost.memoryBytes > physicalMemoryBytes { shortages.append(.memory(needed: cost.memoryBytes, physical: physicalMemoryBytes)) }
    guard shortages.isEmpty else { throw ResourceError(experiment: experiment, scale: scale, shortages: shortages) }
  }
}

/// A run that does not fit this machine.
public struct ResourceError: Error, Equatable, CustomStringConvertible {
  public enum Shortage: Sendable, Equatable {
    case disk(needed: Int64, free: Int64)
    case memory(needed: Int64, physical: Int64)
  }

  public let experiment: String
  public let scale: Scale
  public let shortages: [Shortage]

  public var description: String {
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
