import Foundation
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// Whether Python's safetensors library is importable: pip install safetensors numpy.
private let hasSafetensors =
  (try? Command.run(["python3", "-c", "import numpy, safetensors"]).status) == 0

/// Both ways between our writer and reader and the format's own library.
@Suite(.enabled(if: hasSafetensors)) struct SafetensorsPythonTests {
  @Test("The library reads what we write, and we read what it writes back")
  func bothWays() throws {
    var tensors = try Checkpoint.initial(for: .small, seed: 8).tensors
    tensors.append(.init(name: "odd \" \\ \n \u{1} é 😀", shape: [1, 3], values: [-0.0, .infinity, 0x1p-149]))
    tensors.append(.init(name: "scalar", shape: [], values: [7.5]))
    let checkpoint = Checkpoint(tensors)
    try withTemporaryDirectory { directory throws in
      let ours = directory.appendingPathComponent("ours.safetensors")
      let theirs = directory.appendingPathComponent("theirs.safetensors")
      try checkpoint.safetensors().write(to: ours)
      let script = """
        import sys, json
        from safetensors.numpy import load_file, save_file
        tensors = load_file(sys.argv[1])
        save_file(tensors, sys.argv[2], {"by": "python"})
        print(json.dumps({name: [str(t.dtype), list(t.shape), float(t.astype("f8")[..., :1].sum())] for name, t in tensors.items() if t.ndim}))
        """
      let result = try Command.run(["python3", "-c", script, ours.path, theirs.path])
      #expect(result.status == 0, "\(result.errors)")
      let seen = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: [Any]])
      #expect(Set(seen.keys) == Set(checkpoint.tensors.filter { !$0.shape.isEmpty }.map(\.name)))
      for tensor in checkpoint.tensors where !tensor.shape.isEmpty {
        #expect(seen[tensor.name]?[0] as? String == "float32")
        #expect(seen[tensor.name]?[1] as? [Int] == tensor.shape)
      }
      let back = try SafetensorsFile(contentsOf: theirs)
      #expect(back.metadata == ["by": "python"])
      #expect(Checkpoint(try checkpoint.tensors.map { try back.tensor($0.name) }) == checkpoint)
    }
  }
}
