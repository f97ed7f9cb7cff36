import Diagnosis
import Testing

@Suite struct HeatMapDifferenceTests {
  @Test("The share of cells that change visibly is scikit-image's, and so are the other numbers")
  func golden() throws {
    let expected = try #require(Golden.load()["colours"] as? [String: Any])
    let reference = Mixture(seed: 31, rows: 10, columns: 64, factors: 4).values.map(Double.init)
    let other = zip(reference, Mixture(seed: 32, rows: 10, columns: 64, factors: 4).values).map { $0 + Double($1) / 16 }
    let difference = try HeatMapDifference(reference: reference, other: other)
    let visible = try #require(expected["visible"] as? Int)
    #expect(visible > 10 && visible < 600 && difference.visibleShare == Double(visible) / 640)
    #expect(abs(difference.rootMeanSquare - (try #require(expected["rootMeanSquare"] as? Double))) < 1e-12)
    #expect(abs(difference.maximum - (try #require(expected["maximum"] as? Double))) < 1e-12)
    #expect(difference.compared == 640)
  }

  @Test("Steps of a two-hundredth of the range are invisible anywhere on the scale, steps of a fiftieth visible")
  func steps() throws {
    let scale = (0...1_000).map { Double($0) / 1_000 }
    let small = try HeatMapDifference(reference: scale, other: scale.map { min(1, $0 + 1.0 / 200) })
    #expect(small.visibleShare == 0)
    let large = try HeatMapDifference(reference: scale, other: scale.map { $0 + ($0 < 0.5 ? 1.0 / 50 : -1.0 / 50) })
    #expect(large.visibleShare == 1 && abs(large.rootMeanSquare - 0.02) < 1e-12)
  }

  @Test("The same map does not differ, in any unit, and values beyond the scale take its end's colour")
  func edges() throws {
    let map = [3, 1, 2.0]
    #expect(try HeatMapDifference(reference: map, other: map).visibleShare == 0)
    #expect(try HeatMapDifference(reference: map, other: map).rootMeanSquare == 0)
    let beyond = try HeatMapDifference(reference: map, other: [300, -7, 2])
    #expect(beyond.visibleShare == 0 && beyond.maximum == 148.5)
    let huge = try HeatMapDifference(reference: [-1.5e308, 1.5e308], other: [1.5e308, 1.5e308])
    #expect(huge.maximum == 1 && huge.visibleShare == 0.5)
    let gaps = try HeatMapDifference(reference: [0, .nan, 1, 2], other: [0, .nan, 1, 0])
    #expect(gaps.compared == 3 && gaps.visibleShare == 1 / 3.0)
  }

  @Test("A map that does not vary has no scale, and a cell with a number in one map only cannot be compared")
  func hostile() {
    func code(_ reference: [Double], _ other: [Double]) -> DiagnosisError.Code? {
      do { _ = try HeatMapDifference(reference: reference, other: other) } catch { return error.code }
      return nil
    }
    #expect(code([1, 1], [1, 2]) == .constant && code([], []) == .constant && code([.nan], [.nan]) == .constant)
    #expect(
      code([1, 2], [1, .nan]) == .notFinite && code([1, .nan], [1, 2]) == .notFinite && code([1, .infinity], [1, 2]) == .notFinite)
  }
}
