import Foundation
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// Descriptions of networks that nobody would write: refused with a `NetworkFileError`, or networks whose layers fit. `MISTIQUE_FUZZ_NETWORKS`
/// says how many.
@Suite("Random network files")
struct NetworkYAMLFuzzTests {
  private static let mutations = ByteMutations(tokens: [
    "\n", "  ", "- ", ": ", "{", "}", "[", "]", "[]", "{}", "\"", "'", "#", "|", "&a ", "*a", "? ", "---\n", "~", "null", "0x10", "1e400",
    "-0", "-1", ".inf",
    ".nan", "2147483648", "9223372036854775807", "9223372036854775808", "1_000", "0", "é", "\u{0}", "\u{FEFF}", "\t", "convolution",
    "dense", "add", "flatten",
    "maxPool", "relu", "softmax", "dropout: 0.5", "rate: 2", "inputs: [0]", "frozen: true", "dropout: 1", "stride: 0", "kernel: 99",
    "units: 1000000000",
  ])

  @Test("A mutated description is refused with a NetworkFileError, or is a network that comes back from JSON")
  func mutated() {
    let report = TortureRun("network files", TortureSettings("MISTIQUE_FUZZ_NETWORKS", small: 3_000)).run { _, random in
      var bytes = Array(Self.text(&random).utf8)
      let isMutated = random.next() % 4 != 0
      if isMutated { Self.mutations.mutate(&bytes, &random) }
      guard let text = String(validating: bytes, as: UTF8.self) else { return "no UTF-8" }
      let network: NetworkDescription
      do { network = try NetworkDescription(yaml: text, origin: "n.yaml") } catch let error as NetworkFileError {
        guard "\(error)".utf8.count < 4_000, error.line > 0 else { throw BrokenProperty("an error as long as that: \(error)") }
        return isMutated ? "refused" : "impossible"
      }
      _ = try network.layers()
      guard try JSONDecoder().decode(NetworkDescription.self, from: JSONEncoder().encode(network)) == network else {
        throw BrokenProperty("\(text)\nis a network that does not come back from JSON")
      }
      return isMutated ? "another network" : "a network"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["refused", "a network", "another network"]))
  }

  private static func text(_ random: inout SeededRandom) -> String {
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    var lines = ["name: n", "input: [\(1 + below(3)), \(1 + below(8)), \(1 + below(8))]", "layers:"]
    for number in 1...1 + below(5) {
      let dropout = ["", ", dropout: 0.25", ", frozen: true", ", relu: false"][below(4)]
      switch below(9) {
      case 0: lines.append("  - convolution: \(1 + below(4))")
      case 1:
        lines.append(
          "  - convolution: {channels: \(1 + below(4)), kernel: \(1 + below(3)), stride: \(1 + below(2)), padding: valid\(dropout)}")
      case 2: lines.append("  - batchNormalization")
      case 3: lines.append("  - add: {inputs: [\(below(number)), \(below(number))]}")
      case 4: lines.append("  - maxPool: \(1 + below(2))")
      case 5: lines.append("  - averagePool: 2")
      case 6: lines.append("  - globalAveragePool")
      case 7: lines.append("  - " + ["flatten", "relu", "dropout: 0.5", "softmax"][below(4)])
      default: lines.append("  - dense: {units: \(1 + below(4))\(dropout)}")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
