import Groundwork
import Foundation
import Mistique
import Testing

@testable import TabularPipelines

struct PCATests {
  private func parameters(_ values: [String: ParameterValue]) -> Parameters { Parameters(values, declarations: PCA.signature.parameters) }

  private func random(rows: Int, columns: Int) -> DataFrame {
    var random = SplitMix64(seed: 5)
    return LearnersGolden.frame((0..<columns).map { _ in (0..<rows).map { _ in random.normal() } })
  }

  @Test("Components, variances and values are scikit-learn's")
  func asScikitLearn() throws {
    let cases = try #require(try LearnersGolden.section("pca") as? [[String: Any]])
    #expect(cases.count >= 7)
    for golden in cases {
      let name = try #require(golden["name"] as? String)
      let frame = LearnersGolden.frame(try LearnersGolden.table(golden["columns"]))
      let values = parameters([
        "components": .integer(try #require(golden["components"] as? Int)), "whiten": .boolean(try #require(golden["whiten"] as? Bool)),
        "standardize": .boolean(try #require(golden["standardize"] as? Bool)),
      ])
      let transformer = PCA(values)
      let fitted = try #require(try transformer.fit([.frame(frame)]) as? PCA.Fitted)
      let variances = try LearnersGolden.numbers(golden["variances"])
      for (found, expected) in zip(fitted.components.variances, variances) {
        #expect(abs(found - expected) <= 1e-9 * expected, "\(name): variance \(found), scikit-learn \(expected)")
      }
      for (component, expected) in try LearnersGolden.table(golden["loadings"]).enumerated() {
        let error = relativeError(Array(fitted.components.loadings(of: component)), expected)
        #expect(error <= 1e-9, "\(name): loadings of component \(component + 1), \(error)")
      }
      let output = try fitted.apply([.frame(frame)])[0]
      let scores = try LearnersGolden.table(golden["scores"])
      #expect(output.names == (1...scores.count).map { "pc\($0)" } && output.rowIDs == frame.rowIDs)
      for (place, expected) in scores.enumerated() {
        let error = relativeError(try #require(output.columns[place].doubles), expected)
        #expect(error <= 1e-9, "\(name): component \(place + 1), \(error)")
      }
      let restored = try transformer.restore(fitted.state)
      #expect(try restored.apply([.frame(frame)])[0].isIdentical(to: output))
      #expect(restored.state == fitted.state)
      #expect(try transformer.fit([.frame(frame)]).state == fitted.state, "fitting again gives other bits")
      #expect(try restored.apply([.frame(frame.slice(3..<9))])[0].isIdentical(to: output.slice(3..<9)))
    }
  }

  @Test("Fits that run at the same time give the bits of one that runs alone")
  func concurrentFits() async throws {
    let frame = random(rows: 3_000, columns: 60)
    let expected = try PCA(parameters([:])).fit([.frame(frame)]).state
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<4 { group.addTask { try PCA(parameters([:])).fit([.frame(frame)]).state } }
      for try await state in group { #expect(state == expected) }
    }
  }

  @Test("Damaged states are refused")
  func damagedStates() throws {
    for whiten in [false, true] {
      let values = parameters(["whiten": .boolean(whiten)])
      let transformer = PCA(values)
      try expectDamagedStatesRefused(
        transformer, state: try transformer.fit([.frame(random(rows: 9, columns: 3))]).state, parameters: values)
    }
  }

  @Test("Gaps and infinities are errors that name column and row and say what to do")
  func gaps() throws {
    func frame(_ values: [Double], missing: Int? = nil) -> DataFrame {
      var present = Validity(count: values.count, present: true)
      if let missing { present[missing] = false }
      return DataFrame(
        rowIDs: .list(values.indices.map { Int64($0 * 10) }),
        columns: [("a", Column(.float64(values.map { _ in 1 }))), ("b", Column(.float64(values), validity: present))])
    }
    let pca = PCA(parameters(["components": .integer(1)]))
    let fitted = try pca.fit([.frame(frame([1, 2, 4]))])
    for gappy in [frame([1, .nan, 3]), frame([1, 2, 3], missing: 1)] {
      let error = try #require(throws: NumericColumnError.self) { try pca.fit([.frame(gappy)]) }
      #expect(
        error.description == "column \"b\" is missing or NaN in 1 row, first in row_id 10; "
          + "fill the gaps (FillNA) or leave the column out before PCA")
      #expect(throws: error) { try fitted.apply([.frame(gappy)]) }
    }
    #expect(throws: NumericColumnError.infinite(column: "b", rowID: 20)) { try pca.fit([.frame(frame([1, 2, .infinity]))]) }
    #expect(throws: NumericColumnError.infinite(column: "b", rowID: 20)) { try fitted.apply([.frame(frame([1, 2, .infinity]))]) }
    #expect(throws: NumericColumnError.outOfRange(column: "b")) { try pca.fit([.frame(frame([1, 2, 1e200]))]) }
    let narrow = try PCA(parameters(["components": .integer(1), "standardize": .boolean(true)])).fit([.frame(frame([1, 1.001, 1.002]))])
    #expect(throws: NumericColumnError.outOfRange(column: "b")) { try narrow.apply([.frame(frame([1, 2, 1.7e308]))]) }
  }

  @Test("More components than the rows or columns give, and whitening of none, are errors")
  func limits() throws {
    let frame = random(rows: 4, columns: 6)
    let error = try #require(throws: NumericColumnError.self) { try PCA(parameters(["components": .integer(5)])).fit([.frame(frame)]) }
    #expect(error.description == "the parameter components is 5, and 4 rows of 6 columns have at most 4 components; set it lower")
    #expect(throws: NumericColumnError.tooFewRows(1, needed: 2)) { try PCA(parameters([:])).fit([.frame(frame.slice(0..<1))]) }
    #expect(throws: NumericColumnError.tooFewRows(0, needed: 2)) { try PCA(parameters([:])).fit([.frame(frame.slice(0..<0))]) }
    // Four rows around their mean have three directions.
    let flat = try #require(throws: NumericColumnError.self) {
      try PCA(parameters(["components": .integer(4), "whiten": .boolean(true)])).fit([.frame(frame)])
    }
    #expect(flat == .noVariance(component: 4, asked: 4))
    let constant = LearnersGolden.frame([[0.1, 0.1, 0.1], [5, 5, 5]])
    #expect(throws: NumericColumnError.noVariance(component: 1, asked: 1)) {
      try PCA(parameters(["components": .integer(1), "whiten": .boolean(true)])).fit([.frame(constant)])
    }
    let scores = try PCA(parameters([:])).fit([.frame(constant)]).apply([.frame(constant)])[0]
    #expect(scores.columns.allSatisfy { $0.doubles! == [0, 0, 0] })
  }

  @Test("Integers that float64 rounds are errors, of the rows that were learned from and of others")
  func roundedIntegers() throws {
    func frame(_ values: [Int64]) -> DataFrame {
      DataFrame(rowIDs: .list([4, 5, 9]), columns: [("n", Column(.int64(values))), ("x", Column(.float64([1, 2, 4])))])
    }
    let large = frame([1, 2, 1_733_299_200_000_000_001])
    let transformer = PCA(parameters(["components": .integer(1)]))
    #expect { try transformer.fit([.frame(large)]) } throws: { "\($0)".contains("1733299200000000001") }
    let fitted = try transformer.fit([.frame(frame([1, 2, 4]))])
    #expect { try fitted.apply([.frame(large)]) } throws: { "\($0)".contains("1733299200000000001") }
  }
}
