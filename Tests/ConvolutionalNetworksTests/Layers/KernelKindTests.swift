import COneDNN
import Mistique
import Testing

@testable import ConvolutionalNetworks

struct KernelKindTests {
  @Test("Kernels are known by the library, its instructions, the processor, the build of this program and the threads")
  func text() throws {
    let processor = try #require(ProcessorKind.text, "this machine does not say what its processor is")
    let code = try #require(ProcessorKind.code)
    let texts = try (1...3).map { try #require(KernelKind.text(threads: $0)) }
    #expect(Set(texts).count == 3)
    let version = try #require(dnnl_version()).pointee
    let library = "oneDNN \(version.major).\(version.minor).\(version.patch) \(version.hash.map { String(cString: $0) } ?? "")"
    for part in [library, "instructions \(dnnl_get_effective_cpu_isa().rawValue)", processor, code] {
      #expect(texts.allSatisfy { $0.contains(part) }, "\(part)")
    }
  }
}
