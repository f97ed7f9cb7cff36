import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Random splits: every row on one side, the same side whatever else is there. `MISTIQUE_SPLITS` says how many.
@Suite("Random splits")
struct SplitFuzzTests {
  @Test("A split puts every row on one side, in order, and the same row on the same side whatever rows are with it")
  func splits() {
    let report = TortureRun("splits", TortureSettings("MISTIQUE_SPLITS", small: 500)).run { _, random in
      let rows = Int(random.next() % 400)
      let fraction = [0, 1, 0.2, 0.5, random.unit()][Int(random.next() % 5)]
      let seed = random.next() % 4 == 0 ? Int.max : Int(random.next() % 100)
      let ids = Set((0..<rows).map { _ in Int64(bitPattern: random.next()) }).sorted().shuffled(using: &random)
      let whole = try Self.split(ids, fraction, seed)
      let (train, test) = (Set(whole.train), Set(whole.test))
      guard train.isDisjoint(with: test), ids.filter(train.contains) == whole.train, ids.filter(test.contains) == whole.test,
        train.union(test) == Set(ids)
      else { throw BrokenProperty("\(rows) rows, \(fraction), seed \(seed): \(whole)") }
      guard abs(Double(whole.test.count) - fraction * Double(ids.count)) <= 5 * Double(ids.count).squareRoot() / 2 else {
        throw BrokenProperty("\(whole.test.count) of \(ids.count) rows are for testing, not \(fraction)")
      }
      let some = ids.filter { _ in random.next() % 2 == 0 }
      guard try Set(Self.split(some, fraction, seed).test) == Set(whole.test).intersection(some) else {
        throw BrokenProperty("\(rows) rows, \(fraction), seed \(seed): other rows change a row's side")
      }
      return "splits"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
  }

  private static func split(_ ids: [Int64], _ fraction: Double, _ seed: Int) throws -> (train: [Int64], test: [Int64]) {
    let values: [ParameterValue] = [.number(fraction), .integer(seed)]
    let parameters = Parameters(
      Dictionary(uniqueKeysWithValues: zip(["test_fraction", "seed"], values)), declarations: TrainTestSplit.signature.parameters)
    let frame = DataFrame(rowIDs: .list(ids), columns: [(name: "id", column: Column(.int64(ids)))])
    let frames = try TrainTestSplit(parameters).fit([.frame(frame)]).apply([.frame(frame)])
    func checked(_ frame: DataFrame) throws -> [Int64] {
      guard case .int64(let values) = frame.columns[0].values, values == frame.rowIDs.array else {
        throw BrokenProperty("values do not follow their rows")
      }
      return values
    }
    return (try checked(frames[0]), try checked(frames[1]))
  }
}
