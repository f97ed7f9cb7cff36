import Foundation
import Mistique
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// Equal lineage and unequal bits is looked for in networks as they are run: random layers, of which a little changes from one logging to the next, in a
/// store that is opened again and cleared of models. `MISTIQUE_NETWORK_REUSES` says how many.
@Suite("Whatever is reused of a network has the bits of a run from nothing")
struct NetworkReuseFuzzTests {
  private static let schemes: [QuantizationScheme] = [.none, .none, .none, .none, .lp16, .kbit(8), .pool(2)]

  private static func identity(_ number: Int) -> ModelIdentity { ModelIdentity(project: "t", name: "m\(number)") }

  /// All layers as a store has them.
  private static func layers(of number: Int, in store: IntermediateStore) throws -> [IntermediateResult] {
    let names = try store.intermediates(of: identity(number)).map(\.name)
    return try store.getIntermediates(names.map { IntermediateKey(model: identity(number), intermediate: $0) }, plan: .read)
  }

  /// All layers of a run from nothing, logged into an empty store that reuses nothing.
  private static func fromNothing(_ network: RandomNetwork, _ number: Int, _ policy: StoragePolicy) throws -> [IntermediateResult] {
    let folder = TemporaryDirectory.fast("network-alone")
    defer { try? FileManager.default.removeItem(at: folder.url) }
    let store = try IntermediateStore(at: folder.url)
    try store.logIntermediates(of: network.model(), as: identity(number), policy: policy.withoutReuse)
    let layers = try layers(of: number, in: store)
    try store.close()
    return layers
  }

  private static func compare(_ store: IntermediateStore, _ number: Int, _ expected: [IntermediateResult]) throws {
    let got = try layers(of: number, in: store)
    guard got.map(\.intermediate) == expected.map(\.intermediate) else { throw BrokenProperty("model \(number) has other layers") }
    let differing = zip(got, expected).filter { !$0.isIdentical(to: $1) }.map { $0.0.intermediate }
    if !differing.isEmpty { throw BrokenProperty("model \(number) has other bits in \(differing)") }
  }

  @Test("through changed weights, layers, examples, batches and threads, reopening and deletion")
  func sequences() throws {
    let report = TortureRun("network reuse", TortureSettings("MISTIQUE_NETWORK_REUSES", small: 16)).run { _, random in
      let folder = TemporaryDirectory.fast("network-reuse")
      defer { try? FileManager.default.removeItem(at: folder.url) }
      var store = try IntermediateStore(at: folder.url)
      var network = try RandomNetwork(&random)
      var scheme = Self.schemes.randomElement(using: &random)!
      var logged: [Int: [IntermediateResult]] = [:]
      var reused = 0
      for number in 0..<5 {
        if number > 0 { try network.change(&random) }
        if random.next() % 5 == 0 { scheme = Self.schemes.randomElement(using: &random)! }
        let policy = StoragePolicy.dedup.quantized(scheme)
        reused += try store.logIntermediates(of: network.model(), as: Self.identity(number), policy: policy).reused.count
        logged[number] = try Self.fromNothing(network, number, policy)
        switch random.next() % 4 {
        case 0:
          // Often the model that stored first what the others refer to.
          let deleted = logged.keys.sorted()[0]
          try store.delete(Self.identity(deleted))
          logged[deleted] = nil
        case 1:
          try store.close()
          store = try IntermediateStore(at: folder.url)
        default: break
        }
        for (number, layers) in logged.sorted(by: { $0.key < $1.key }) { try Self.compare(store, number, layers) }
      }
      try store.close()
      return reused > 0 ? "reused" : "nothing to reuse"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(report.outcomes["reused", default: 0] > report.cases / 2, "too little was reused: \(report.outcomes)")
  }

  @Test("Other bits are found by this test's comparison")
  func canary() throws {
    let folder = TemporaryDirectory.fast("network-canary")
    defer { try? FileManager.default.removeItem(at: folder.url) }
    let store = try IntermediateStore(at: folder.url)
    var random = SeededRandom(seed: 1)
    let network = try RandomNetwork(&random)
    try store.logIntermediates(of: network.model(), as: Self.identity(0))
    try Self.compare(store, 0, Self.fromNothing(network, 0, .dedup))
    let other = try RandomNetwork(&random)
    #expect(throws: BrokenProperty.self) { try Self.compare(store, 0, Self.fromNothing(other, 0, .dedup)) }
    try store.close()
  }
}
