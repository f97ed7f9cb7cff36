import MistiqueStorage
import TestSupport

/// Sets of values with a known Jaccard similarity, and their sketches.
enum SimilarityFixture {
  /// Two lists of `count` different values, the first `shared` of them equal: J = shared / (2 count - shared).
  static func pair(count: Int, shared: Int, _ random: inout SeededRandom) -> (a: [Int64], b: [Int64]) {
    let common = (0..<shared).map { _ in Int64(bitPattern: random.next()) }
    func more() -> [Int64] { common + (shared..<count).map { _ in Int64(bitPattern: random.next()) } }
    return (more(), more())
  }

  static func jaccard(_ a: [Int64], _ b: [Int64]) -> Double {
    let (a, b) = (Set(a), Set(b))
    return Double(a.intersection(b).count) / Double(a.union(b).count)
  }

  static func sketch<Value>(
    _ values: [Value], _ element: SimilarityElement, _ options: SimilarityOptions = SimilarityOptions()
  ) -> SimilaritySketch {
    values.withUnsafeBytes { SimilaritySketch($0, element: element, options: options) }
  }

  static func sketches(
    count: Int, shared: Int, _ random: inout SeededRandom, _ options: SimilarityOptions = SimilarityOptions()
  ) -> (a: SimilaritySketch, b: SimilaritySketch) {
    let (a, b) = pair(count: count, shared: shared, &random)
    return (sketch(a, .int64, options), sketch(b, .int64, options))
  }
}
