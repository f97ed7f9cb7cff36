import COneDNN
import Mistique

/// What the bits of a layer depend on beside its inputs, weights and batch: the kernels that oneDNN chooses.
package enum KernelKind {
  /// Raised with every change of this package that may change a bit of an activation. Checkpoints are then trained anew too.
  static let revision = 2

  /// The same text wherever the same kernels are chosen: oneDNN's version and build, the instructions it may use, the kind of processor, whose caches
  /// decide on blocks, and the number of threads that share the work. `nil` where the system does not tell its processor.
  static func text(threads: Int) -> String? {
    guard let library, let code = ProcessorKind.code else { return nil }
    return "\(library), \(threads) threads, \(code)"
  }

  /// The widest vectors that the kernels may use: `AVX-512`, `AVX2`, or `other`.
  package static let instructions: String = {
    let usable = dnnl_get_effective_cpu_isa().rawValue
    func has(_ wider: dnnl_cpu_isa_t, beyond narrower: dnnl_cpu_isa_t) -> Bool { usable & (wider.rawValue ^ narrower.rawValue) != 0 }
    if has(dnnl_cpu_isa_avx512_core, beyond: dnnl_cpu_isa_avx2) { return "AVX-512" }
    return has(dnnl_cpu_isa_avx2, beyond: dnnl_cpu_isa_avx) ? "AVX2" : "other"
  }()

  private static let library: String? = ProcessorKind.text.map { processor in
    guard let version = dnnl_version()?.pointee else { return "oneDNN\n" + processor }
    let build = version.hash.map { String(cString: $0) } ?? ""
    return "oneDNN \(version.major).\(version.minor).\(version.patch) \(build), runtime \(version.cpu_runtime), "
      + "instructions \(dnnl_get_effective_cpu_isa().rawValue)\(DenseGeometry.isConvolution(.inference) ? ", dense layers as convolutions" : "")\n"
      + processor
  }
}
