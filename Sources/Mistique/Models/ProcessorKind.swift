import Foundation
import Glibc

/// What the bits of numerical libraries depend on beside their inputs: the processor that they choose their kernels for, and the environment.
///
/// For lineages (``Lineage``) of what a library computes that promises equal bits on one kind of machine only.
package enum ProcessorKind {
  /// The same text on every machine of the kind: the processor's model and features, the C library, and the variables that limit OpenMP. `nil` where the
  /// system does not tell what its processor is, or has several kinds of them: nothing is promised there.
  package static let text: String? = processorHere.map {
    ([$0, cLibrary] + environment(ProcessInfo.processInfo.environment)).joined(separator: "\n")
  }

  /// What this program was compiled for. Plain Swift gives the same bits for it on every machine; for another architecture, or without the optimizer,
  /// the sign and the payload of a NaN may be others. `nil` for architectures that this was never looked at for.
  package static let code: String? = architecture.map { $0 + (isDebug ? ", debug" : ", release") }

  private static var architecture: String? {
    #if arch(x86_64)
      return "x86_64"
    #elseif arch(arm64)
      return "arm64"
    #else
      return nil
    #endif
  }

  private static var isDebug: Bool {
    #if DEBUG
      return true
    #else
      return false
    #endif
  }

  /// Of this machine. Linux has the folder where an x86 has fast and slow cores, which `/proc/cpuinfo` does not tell apart.
  private static var processorHere: String? {
    guard !FileManager.default.fileExists(atPath: "/sys/devices/cpu_atom") else { return nil }
    return processor(cpuInfo: try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))
  }

  /// Of `/proc/cpuinfo`, the lines that tell the kind of a processor; `nil` when there are none, or when they differ from one processor to the next.
  static func processor(cpuInfo: String?) -> String? {
    guard let cpuInfo else { return nil }
    let kinds = Set(
      cpuInfo.components(separatedBy: "\n\n").map { block in
        block.split(separator: "\n").filter { line in
          let name = line.prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces)
          return telling.contains(name)
        }.joined(separator: "\n")
      }.filter { !$0.isEmpty })
    return kinds.count == 1 ? kinds.first : nil
  }

  /// "glibc 2.36", or empty where the C library does not say.
  private static var cLibrary: String {
    // _CS_GNU_LIBC_VERSION: 2 in the C library of GNU.
    let name: Int32 = 2
    var text = [CChar](repeating: 0, count: 64)
    let count = confstr(name, &text, text.count)
    return String(decoding: text.prefix(max(0, min(count, text.count) - 1)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Of x86, and of Arm.
  private static let telling: Set<String> = [
    "vendor_id", "cpu family", "model", "model name", "stepping", "cache size", "siblings", "cpu cores", "flags", "CPU implementer",
    "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features",
  ]

  /// What limits threads and kernels from outside, whatever a program asks for.
  static func environment(_ all: [String: String]) -> [String] {
    let names = [
      "OMP_THREAD_LIMIT", "OMP_DYNAMIC", "OPENBLAS_CORETYPE", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "DNNL_DEFAULT_FPMATH_MODE",
      "ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_CPU_ISA_HINTS", "ONEDNN_CPU_ISA_HINTS", "GLIBC_TUNABLES",
    ]
    return names.compactMap { name in all[name].map { "\(name)=\($0)" } }
  }
}
