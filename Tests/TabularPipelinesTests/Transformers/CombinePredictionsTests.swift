import Mistique
import Testing

@testable import TabularPipelines

struct CombinePredictionsTests {
  private func frame(_ column: Column, named name: String = "prediction", ids: [Int64] = [5, 9, 2]) -> DataFrame {
    DataFrame(rowIDs: .list(ids), columns: [("other", Column(.text(TextValues(ids.map { "\($0)" })))), (name, column)])
  }

  private func combine(_ weights: [Double], _ frames: [DataFrame], _ more: [String: ParameterValue] = [:]) throws -> DataFrame {
    let values = more.merging(["weights": .numbers(weights)]) { first, _ in first }
    return try makeTransformer(CombinePredictions.self, values).apply(frames.map { .frame($0) })[0]
  }

  @Test("The sum is weighted, in order, float64, and missing where one is missing")
  func sums() throws {
    var present = Validity(count: 3, present: true)
    present[1] = false
    let first = frame(Column(.float32([0.1, 2, 3])))
    let second = frame(Column(.float64([10, 20, .nan]), validity: present))
    let third = frame(Column(.int64([1, 2, 3])))
    let sum = try combine([0.7, -0.25, 0.5], [first, second, third])
    #expect(sum.names == ["prediction"] && sum.rowIDs == first.rowIDs)
    let values = try #require(sum["prediction"])
    #expect(values.type == .float64 && values.missingCount == 1 && !values.isPresent(1))
    #expect(values.doubles![0] == 0.7 * Double(Float(0.1)) + -0.25 * 10 + 0.5 * 1)
    #expect(values.doubles![2].isNaN)
    #expect(try combine([0], [second])["prediction"]!.missingCount == 1, "a weight of 0 does not fill a gap")
  }

  @Test("Another column may be combined, and the sum be rounded as predictions are")
  func roundsAndNames() throws {
    let left = frame(Column(.float64([0.125, -0.375, -0.001])), named: "p")
    let sum = try combine([1], [left], ["column": .text("p"), "decimals": .integer(2)])
    #expect(sum["prediction"]!.isIdentical(to: Column(.float64([0.13, -0.38, 0]))))
    let large = try combine([1], [frame(Column(.float64([1e300, 1.5, -1e306])))], ["decimals": .integer(15)])
    #expect(large["prediction"]!.doubles! == [1e300, 1.5, -1e306], "rounding turned a large number into another")
  }

  @Test("No rows are combined to no rows")
  func empty() throws {
    let empty = frame(Column(.float64([])), ids: [])
    #expect(try combine([1, 2], [empty, empty]).rowCount == 0)
  }

  @Test("Other rows, other counts, texts and infinities are errors")
  func errors() throws {
    let good = frame(Column(.float64([1, 2, 3])))
    let error = try #require(throws: NumericColumnError.self) { try combine([1], [good, good]) }
    #expect(error.description == "the parameter weights has 1 number for 2 inputs; give one per input, in their order")
    #expect(throws: NumericColumnError.weightCount(weights: 0, inputs: 1)) { try combine([], [good]) }
    #expect(throws: TransformerError.rowsDiffer) { try combine([1, 1], [good, frame(Column(.float64([1, 2, 3])), ids: [5, 2, 9])]) }
    #expect(throws: NumericColumnError.notNumeric(column: "other", type: .text)) { try combine([1], [good], ["column": .text("other")]) }
    #expect(throws: TransformerError.missingColumns(["p"], available: ["other", "prediction"])) {
      try combine([1], [good], ["column": .text("p")])
    }
    #expect(throws: NumericColumnError.infinite(column: "prediction", rowID: 9)) {
      try combine([0], [frame(Column(.float64([1, .infinity, 3])))])
    }
    #expect(throws: NumericColumnError.predictionOutOfRange(rowID: 2)) { try combine([1e6], [frame(Column(.float64([1, 1, 1e305])))]) }
  }

  @Test("A sum that overflows is an error, also where the next term would bring it back, and so is an integer that float64 rounds")
  func overflow() throws {
    let huge = frame(Column(.float64([1, 1e308, 1])))
    #expect { try combine([2, -2], [huge, huge]) } throws: { "\($0)".contains("9") && "\($0)".contains("too large") }
    #expect { try combine([1], [frame(Column(.int64([1, 2, 9_007_199_254_740_993])))]) } throws: { "\($0)".contains("9007199254740993") }
  }
}
