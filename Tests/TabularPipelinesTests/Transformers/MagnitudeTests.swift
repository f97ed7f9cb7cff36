import Groundwork
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Columns of every size that float64 has: stages give the right value or an error, never zeros that came of squares out of range.
struct MagnitudeTests {
  private func column(_ values: [Double], times power: Int) -> Column {
    Column(.float64(values.map { $0.isNaN ? $0 : $0 * Double(sign: .plus, exponent: power, significand: 1) }))
  }

  private func values(_ seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<40).map { _ in random.happens(0.1) ? .nan : random.normal() * 4 + 10 }
  }

  @Test("Scaling a column by a power of two changes no scaled value", arguments: ["standard", "minmax", "robust"])
  func scale(method: String) throws {
    let scale = makeTransformer(Scale.self, ["method": .text(method)])
    for seed in 0..<5 as Range<UInt64> {
      let values = values(seed)
      func scaled(_ power: Int) throws -> Column {
        let frame = DataFrame([("x", column(values, times: power))])
        return try scale.fit([.frame(frame)]).apply([.frame(frame)])[0].columns[0]
      }
      let expected = try scaled(0)
      for power in stride(from: -940, through: 1_010, by: 13) {
        #expect(try scaled(power).isIdentical(to: expected), "\(method), 2^\(power), seed \(seed)")
      }
    }
  }

  @Test("A column of 1e200 and zeros is scaled as one of 1 and zeros", arguments: ["standard", "minmax"])
  func hugeColumn(method: String) throws {
    let scale = makeTransformer(Scale.self, ["method": .text(method)])
    func scaled(_ values: [Double]) throws -> [Double] {
      let frame = DataFrame([("x", Column(.float64(values)))])
      return try scale.fit([.frame(frame)]).apply([.frame(frame)])[0].columns[0].doubles!
    }
    let (two, half) = (2.0, 0.5)
    let expected = method == "standard" ? [two.squareRoot(), -half.squareRoot(), -half.squareRoot()] : [1, 0, 0]
    for size in [1e200, 1e-200, 1e150, 1e-150, 1e308, 1e-290] {
      #expect(relativeError(try scaled([size, 0, 0]), expected) < 1e-15, "\(size)")
    }
    // Closer to the smallest number of all a deviation has no digits.
    if method == "standard" {
      #expect(throws: NumericColumnError.outOfRange(column: "x")) { try scaled([.leastNormalMagnitude / 128, 0, 0]) }
    }
  }

  @Test("A linear model of tiny or huge columns is that of ordinary ones, or an error")
  func elasticNet() throws {
    let x = (0..<30).map { Double($0 % 7) + 0.5 * Double($0 % 3) }
    let y = x.enumerated().map { 3 * $1 + Double($0 % 2) }
    func model(_ power: Int, _ parameters: [String: ParameterValue]) throws -> LinearModel {
      let frame = DataFrame([("x", column(x, times: power)), ("y", Column(.float64(y)))])
      return try #require(
        try makeTransformer(TrainElasticNet.self, parameters.merging(["target": .text("y")]) { $1 }).fit([.frame(frame)]) as? LinearModel)
    }
    let plain: [String: ParameterValue] = ["alpha": .number(0)]
    let normalized: [String: ParameterValue] = ["alpha": .number(0.01), "normalize": .boolean(true)]
    let (slope, expected) = (try model(0, plain).features[0].coefficient, try model(0, normalized))
    for power in stride(from: -940, through: 940, by: 47) {
      let unit = Double(sign: .plus, exponent: -power, significand: 1)
      let found = try model(power, normalized)
      #expect(
        found.features[0].coefficient == expected.features[0].coefficient * unit && found.intercept == expected.intercept, "2^\(power)")
      if abs(power) <= 400 {
        #expect(try model(power, plain).features[0].coefficient == slope * unit, "2^\(power)")
      } else if abs(power) > 490 {
        #expect(throws: NumericColumnError.outOfRange(column: "x"), "2^\(power)") { try model(power, plain) }
      }
    }
    let small = DataFrame([("x", Column(.float64([1e-200, 2e-200, 3e-200, 4e-200]))), ("y", Column(.float64([1, 2, 3, 4])))])
    #expect(throws: NumericColumnError.outOfRange(column: "x")) {
      try makeTransformer(TrainElasticNet.self, ["target": .text("y")]).fit([.frame(small)])
    }
    let target = DataFrame([("y", Column(.float64([1e-200, 2e-200, 3e-200, 4e-200]))), ("x", Column(.float64([1, 2, 3, 4])))])
    #expect(throws: NumericColumnError.outOfRange(column: "y")) {
      try makeTransformer(TrainElasticNet.self, ["target": .text("y")]).fit([.frame(target)])
    }
  }

  @Test("Components of tiny or huge columns are those of ordinary ones, or an error")
  func components() throws {
    func scores(_ power: Int, standardize: Bool) throws -> [[Double]] {
      let frame = DataFrame((0..<3).map { ("c\($0)", column(values(UInt64($0)).map { $0.isNaN ? 0 : $0 }, times: power)) })
      let pca = makeTransformer(PCA.self, ["standardize": .boolean(standardize), "components": .integer(3)])
      return try pca.fit([.frame(frame)]).apply([.frame(frame)])[0].columns.map { $0.doubles! }
    }
    let (plain, standardized) = (try scores(0, standardize: false), try scores(0, standardize: true))
    for power in stride(from: -940, through: 940, by: 47) {
      #expect(try scores(power, standardize: true) == standardized, "2^\(power)")
      if abs(power) <= 400 {
        let unit = Double(sign: .plus, exponent: power, significand: 1)
        for (found, expected) in zip(try scores(power, standardize: false), plain) {
          #expect(relativeError(found.map { $0 / unit }, expected) < 1e-12, "2^\(power)")
        }
      } else if abs(power) > 490 {
        #expect(throws: NumericColumnError.self, "2^\(power)") { try scores(power, standardize: false) }
      }
    }
  }

  @Test(
    "Trees refuse a target or a feature of which float32 leaves nothing",
    arguments: [TrainXGBoost.self, TrainLightGBM.self] as [any Transformer.Type])
  func trees(type: any Transformer.Type) throws {
    func train(_ x: [Double], _ y: [Double]) throws {
      let frame = DataFrame(rowIDs: .list([5, 6, 7]), columns: [("x", Column(.float64(x))), ("y", Column(.float64(y)))])
      _ = try type.init(Parameters(["target": .text("y"), "rounds": .integer(1)], declarations: type.signature.parameters)).fit([
        .frame(frame)
      ])
    }
    for wrong in [[0, 1e-60, 2e-60], [1, 1e39, 2]] {
      #expect(throws: NumericColumnError.notFloat32(column: "x", rowID: 6)) { try train(wrong, [1, 2, 3]) }
      #expect(throws: NumericColumnError.notFloat32(column: "y", rowID: 6)) { try train([1, 2, 3], wrong) }
    }
    #expect(throws: Never.self) { try train([0, 1e-60, 1], [.leastNonzeroMagnitude, 0, 1]) }
    #expect(throws: Never.self) { try train([0, 0, 0], [0, 0, 0]) }
  }

  @Test("The mean of finite values is finite, however large they are")
  func averages() throws {
    let huge = Double.greatestFiniteMagnitude
    let frame = DataFrame([
      ("k", Column(.int64([1, 1, 1, 2, 2, 3, 3, 4, 4]))),
      ("x", Column(.float64([huge, huge, huge, 1e308, -1.7e308, .infinity, 1, .infinity, -.infinity]))),
    ])
    let avg = makeTransformer(Avg.self, ["columns": .texts(["x"]), "by": .text("k")])
    let means = try avg.fit([.frame(frame)]).apply([.frame(frame)])[0]["x_avg_by_k"]!
    #expect(abs(means.doubles![0] - huge) <= 2 * huge.ulp && abs(means.doubles![3] + 0.35e308) < 1e293)
    #expect(means.doubles![5] == .infinity && !means.isPresent(7))
  }
}
