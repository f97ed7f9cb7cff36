import Foundation
import Mistique
import TestSupport
import Testing

/// Random stores and random questions, against plain arrays. `MISTIQUE_STORES` says how many stores.
@Suite("Random stores answer as plain arrays do")
struct StoreDifferentialTests {
  private static let schemes: [QuantizationScheme] = [
    .none, .none, .none, .lp16, .lp32, .kbit(8), .kbit(1), .kbit(2), .kbit(4, per: .channel), .kbit(3, per: .column), .threshold(0.5),
    .threshold(0),
    .threshold(0.99, per: .channel), .threshold(0.5, per: .column), .pool(2), .pool(3, .maximum), .poolWholeMap, .pool(2).then(.kbit(3)),
    .pool(2, .maximum).then(.lowerPrecision(.float16)), .poolWholeMap.then(.threshold(0.5)), .pool(100).then(.kbit(8, per: .channel)),
    .pool(1), .ladder(.absolute(0.2)), .ladder(.relative(0.2)), .pool(2).then(.ladder(.relative(0.1))), .bound(.relative(0.2)),
  ]

  private static func policy(_ random: inout SeededRandom) -> StoragePolicy {
    let policy = quantizedPolicy(&random)
    guard random.next() % 4 == 0 else { return policy }
    return policy.quantized(policy.quantization, exactUpTo: [1, 6, 30][Int(random.next() % 3)])
  }

  private static func quantizedPolicy(_ random: inout SeededRandom) -> StoragePolicy {
    let codec = [Codec.automatic, .automatic, .none, .gzip(), .zstd()][Int(random.next() % 5)]
    let scheme = schemes.randomElement(using: &random)!
    switch random.next() % 8 {
    case 0: return StoragePolicy(.none)
    case 1: return StoragePolicy(.storeAll, codec: codec, quantization: scheme)
    case 2: return StoragePolicy(.adaptive(try! GammaThreshold(secondsPerGB: 0)), codec: codec, quantization: scheme)
    default: return StoragePolicy(.dedup, codec: codec, quantization: scheme, similarity: random.next() % 4 == 0 ? .everywhere : .columns)
    }
  }

  /// Some intermediates, a few of them of another model's values, so that there is something to de-duplicate.
  private static func intermediates(_ before: [LoggedIntermediate], _ policy: StoragePolicy, _ random: inout SeededRandom)
    -> [LoggedIntermediate]
  {
    (0..<1 + Int(random.next() % 3)).map { _ in
      if random.next() % 4 == 0, let old = before.randomElement(using: &random) { return old }
      let rows = [0, 1, 2, 3, 5, 8, 13, 20][Int(random.next() % 8)]
      if random.next() % 2 == 0 {
        return .maps(LoggedMaps(rows: rows, &random))
      }
      let columns = (0..<Int(random.next() % 5)).map {
        (name: ["a", "b c", "é", "x.y", "`"][$0], column: RandomValues.column(rows, &random))
      }
      return .frame(DataFrame(rowIDs: .list(RandomValues.rowIDs(rows, &random)), columns: columns))
    }
  }

  @Test("by reading and by re-running, with bounds, codes and searches")
  func answers() {
    let folder = TemporaryDirectory.fast("stores")
    let report = TortureRun("stores", TortureSettings("MISTIQUE_STORES", small: 60)).run { number, random in
      let place = folder.url.appendingPathComponent("\(number)")
      defer { try? FileManager.default.removeItem(at: place) }
      return try Self.oneStore(at: place, &random)
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
  }

  private static func oneStore(at place: URL, _ random: inout SeededRandom) throws -> String {
    var options = StoreOptions()
    options.rowsPerBlock = [1, 2, 4, 7, 1000][Int(random.next() % 5)]
    var store = try IntermediateStore(at: place, options: options)
    var models: [(identity: ModelIdentity, model: RandomModel, policy: StoragePolicy)] = []
    var seen: [LoggedIntermediate] = []
    for number in 0..<1 + Int(random.next() % 4) {
      let policy = policy(&random)
      let content = intermediates(seen, policy, &random)
      seen += content
      let model = RandomModel("\(number)", content, putsOutAllRows: random.next() % 4 == 0)
      let identity = ModelIdentity(project: "p", name: "m\(number)")
      try store.logIntermediates(of: model, as: identity, policy: policy)
      models.append((identity, model, policy))
    }
    let byName = Dictionary(uniqueKeysWithValues: models.map { ($0.model.specification, $0.model) })
    func reopen() throws {
      try store.close()
      store = try IntermediateStore(at: place, options: options)
      store.register(kind: RandomModel.kind) { byName[$0.specification]! }
    }
    try reopen()
    var questions = 0
    for round in 0..<2 {
      for (identity, model, policy) in models {
        for (name, content) in model.intermediates {
          for _ in 0..<3 {
            try ask(store, identity, name, policy, content, options.rowsPerBlock, &random)
            questions += 1
          }
        }
      }
      if round == 0 { try reopen() }
    }
    let verified = try store.verify()
    guard verified.isIntact else { throw BrokenProperty("verify: \(verified.problems)") }
    try store.close()
    return questions == 0 ? "stores without a question" : "stores"
  }

  private static func ask(
    _ store: IntermediateStore, _ identity: ModelIdentity, _ name: String, _ policy: StoragePolicy, _ content: LoggedIntermediate,
    _ rowsPerBlock: Int,
    _ random: inout SeededRandom
  ) throws {
    switch content {
    case .maps(let maps): try MapQuestions(store, identity, name, policy, maps, rowsPerBlock: rowsPerBlock).ask(&random)
    case .frame(let frame): try FrameQuestions(store, identity, name, policy, frame, rowsPerBlock: rowsPerBlock).ask(&random)
    }
  }
}
