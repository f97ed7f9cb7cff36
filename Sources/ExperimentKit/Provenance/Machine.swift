import Foundation

/// The machine a run was made on.
package struct Machine: Sendable, Equatable, Codable {
  package let cpuModel: String
  /// Logical cores the process may use.
  package let cores: Int
  package let memoryBytes: Int64
  package let kernel: String
  package let operatingSystem: String

  /// This machine. Throws: `ProvenanceError` for a fact that cannot be found; none is ever guessed.
  package static func current() throws -> Machine {
    try Machine(
      cpuModel: cpuModel(), cores: usableCores(), memoryBytes: physicalMemoryBytes(), kernel: kernel(), operatingSystem: operatingSystem())
  }

  static func physicalMemoryBytes() throws -> Int64 {
    let kibibytes = try fact("MemTotal", in: "/proc/meminfo").split(separator: " ").first.flatMap { Int64($0) }
    guard let kibibytes else {
      throw ProvenanceError(fact: "physical memory", place: "/proc/meminfo", remedy: "Run where /proc is mounted.")
    }
    return kibibytes * 1024
  }

  /// x86 names the model; ARM kernels give the implementer and part numbers instead.
  private static func cpuModel() throws -> String {
    if let name = try? fact("model name", in: "/proc/cpuinfo") { return name }
    let implementer = try fact("CPU implementer", in: "/proc/cpuinfo")
    return try "implementer \(implementer) part \(fact("CPU part", in: "/proc/cpuinfo"))"
  }

  private static func usableCores() throws -> Int {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    guard cores > 0 else {
      throw ProvenanceError(fact: "number of cores", place: "the scheduler", remedy: "Run where the process may see its cores.")
    }
    return cores
  }

  private static func kernel() throws -> String {
    var name = utsname()
    guard uname(&name) == 0 else {
      throw ProvenanceError(fact: "kernel version", place: "uname", remedy: "Run on a system with uname.")
    }
    func text(_ field: some Any) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }

  private static func operatingSystem() throws -> String {
    let file = "/etc/os-release"
    let lines = String(decoding: (try? AtomicFile.read(URL(fileURLWithPath: file))) ?? [], as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("PRETTY_NAME=") }) else {
      throw ProvenanceError(fact: "operating system", place: file, remedy: "Provide the file, as every distribution does.")
    }
    return line.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
  }

  /// The value of the first `name : value` line of a /proc file.
  private static func fact(_ name: String, in file: String) throws -> String {
    let text = String(decoding: (try? AtomicFile.read(URL(fileURLWithPath: file))) ?? [], as: UTF8.self)
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2, parts[0] == name, !parts[1].isEmpty { return parts[1] }
    }
    throw ProvenanceError(fact: name, place: file, remedy: "Run where /proc is mounted.")
  }
}

/// A fact of a run's provenance that cannot be found. A run is not recorded without it.
package struct ProvenanceError: Error, Equatable, CustomStringConvertible {
  package let fact: String
  package let place: String
  package let remedy: String

  package var description: String {
    "The \(fact) of this run is not to be found in \(place), and no result is recorded without it. \(remedy)"
  }
}
