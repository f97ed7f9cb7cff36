import Foundation

/// The process's peak resident memory, as the kernel counts it (VmHWM).
package enum PeakMemory {
  /// The peak since the process started or `reset` succeeded.
  package static func bytes() throws -> Int64 {
    let status = URL(fileURLWithPath: "/proc/self/status")
    guard let bytes = bytes(ofStatus: String(decoding: try AtomicFile.read(status), as: UTF8.self)) else {
      throw ProvenanceError(fact: "peak memory", place: "/proc/self/status (VmHWM)", remedy: "Run where /proc is mounted.")
    }
    return bytes
  }

  /// The peak that the text of a process's `/proc/PID/status` states. Nil where it states none.
  static func bytes(ofStatus text: String) -> Int64? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap({ Int64($0) })
    else { return nil }
    return kibibytes * 1024
  }

  /// Starts a new peak. False where the kernel does not allow it; the peak is then the whole process's.
  package static func reset() -> Bool {
    let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return write(descriptor, "5", 1) == 1
  }
}
