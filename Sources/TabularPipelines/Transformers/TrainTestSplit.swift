import Groundwork
import Mistique

/// Puts frames of the same rows (features and target) side by side and splits the rows in two: outputs `<stage>_train` and `<stage>_test`.
///
/// The side of a row depends on its `row_id` and the seed alone, so any part of the rows can be split again with the same result. The share of test
/// rows is therefore `test_fraction` only on average: within about sqrt(n)/2 rows for n rows. Rows that come through a split with the same seed keep its sides, so
/// that one half of a split cannot be split again with that seed: a share that is far from `test_fraction` is noted.
struct TrainTestSplit: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "TrainTestSplit", inputs: [.frame], following: .more, outputs: ["train", "test"],
    parameters: [
      ParameterDeclaration("test_fraction", .number(0...1), default: .number(0.2)),
      ParameterDeclaration("seed", .integer(0...Int.max), default: .integer(0)),
    ])

  private let testFraction: Double
  private let seed: UInt64

  init(_ parameters: Parameters) {
    testFraction = parameters.number("test_fraction")
    seed = UInt64(parameters.integer("seed"))
  }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] { try applyTracing(inputs).map(\.frame) }

  func notes(on inputs: [StageInput]) -> [ColumnNote] {
    guard let ids = inputs.first?.frame.rowIDs else { return [] }
    let (rows, test) = (ids.count, (0..<ids.count).count { isTest(ids[$0]) })
    // Six standard deviations: of a billion splits one would be noted by chance.
    let expected = Double(rows) * testFraction
    guard abs(Double(test) - expected) > 6 * (expected * (1 - testFraction)).squareRoot() + 1 else { return [] }
    return [ColumnNote(columns: [], reason: .unevenSplit(test: test, rows: rows, fraction: testFraction))]
  }

  private func isTest(_ rowID: Int64) -> Bool {
    var random = SplitMix64(seed: seed, stream: 4, index: UInt64(bitPattern: rowID))
    return random.happens(testFraction)
  }

  func applyTracing(_ inputs: [StageInput]) throws -> [TracedFrame] {
    let frames = inputs.map(\.frame)
    guard frames.allSatisfy({ $0.rowIDs == frames[0].rowIDs }) else { throw TransformerError.rowsDiffer }
    var columns: [(name: String, column: Column)] = []
    var sources: [(input: Int, column: Int)] = []
    for (input, frame) in frames.enumerated() {
      for (place, (name, column)) in zip(frame.names, frame.columns).enumerated() {
        columns.append((name, column))
        sources.append((input, place))
      }
    }
    if let name = columns.lazy.map(\.name).firstRepeatedName { throw TransformerError.duplicateColumn(name) }
    let whole = DataFrame(rowIDs: frames[0].rowIDs, columns: columns)
    var train: [Int] = []
    var test: [Int] = []
    for row in 0..<whole.rowCount { if isTest(whole.rowIDs[row]) { test.append(row) } else { train.append(row) } }
    return [RowList(train), RowList(test)].map { list in
      let origins = sources.enumerated().map { ($0, TracedFrame.Origin(input: $1.input, column: $1.column, operation: .rows(list))) }
      return TracedFrame(whole.gather(list.rows), origins: Dictionary(uniqueKeysWithValues: origins))
    }
  }
}
