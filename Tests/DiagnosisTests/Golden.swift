import Diagnosis
import Foundation
import TestSupport
import Testing

/// What other programs say, made by Golden/make_golden.py.
enum Golden {
  static func load() throws -> [String: Any] {
    let url = try #require(Bundle.module.url(forResource: "golden", withExtension: "json", subdirectory: "Golden"))
    return try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
  }
}

/// Factors of falling weight and noise, in small integers: the same numbers as the script's `mixture`, exact in float32.
struct Mixture {
  var values: [Float]
  let columns: Int

  init(seed: UInt64, rows: Int, columns: Int, factors: Int) {
    var random = SeededRandom(seed: seed)
    func draw(_ count: Int) -> [Int] { (0..<count).map { _ in Int(random.next() % 17) - 8 } }
    let (scores, loadings, noise) = (draw(rows * factors), draw(factors * columns), draw(rows * columns))
    values = []
    values.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 4 * noise[row * columns + column]
        for factor in 0..<factors { sum += scores[row * factors + factor] * (factors - factor) * loadings[factor * columns + column] }
        values.append(Float(sum) / 64)
      }
    }
    self.columns = columns
  }

  init(_ values: [Float], columns: Int) {
    self.values = values
    self.columns = columns
  }

  var rows: Int { values.count / columns }

  /// Rows of the same values, each with further columns.
  func with(columnsOf other: Mixture) -> Mixture {
    let rows = (0..<rows).map { values[$0 * columns..<($0 + 1) * columns] + other.values[$0 * other.columns..<($0 + 1) * other.columns] }
    return Mixture(rows.flatMap { $0 }, columns: columns + other.columns)
  }

  func view<Result>(_ body: (MatrixView) throws -> Result) rethrows -> Result {
    try values.withUnsafeBufferPointer { try body(MatrixView($0, columns: columns)) }
  }
}

/// Uniform noise in -0.5..<0.5.
func noise(seed: UInt64, rows: Int, columns: Int) -> Mixture {
  var random = SeededRandom(seed: seed)
  return Mixture((0..<rows * columns).map { _ in Float(random.unit() - 0.5) }, columns: columns)
}
