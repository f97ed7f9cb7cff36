import Groundwork
import Foundation
import Mistique
import Testing

@testable import TabularPipelines

struct ElasticNetTests {
  private func parameters(_ values: [String: ParameterValue] = [:]) -> Parameters {
    Parameters(values.merging(["target": .text("y")]) { first, _ in first }, declarations: TrainElasticNet.signature.parameters)
  }

  private func train(_ frame: DataFrame, _ values: [String: ParameterValue] = [:]) throws -> LinearModel {
    try #require(try TrainElasticNet(parameters(values)).fit([.frame(frame)]) as? LinearModel)
  }

  private func frame(_ table: [[Double]], target: [Double]) -> DataFrame {
    let features = LearnersGolden.frame(table)
    return DataFrame(
      rowIDs: features.rowIDs,
      columns: zip(features.names, features.columns).map { (name: $0, column: $1) } + [("y", Column(.float64(target)))])
  }

  /// y = 3 + 2a - b, with a flag and a day that say nothing.
  private func mixed(rows: Int = 500) -> DataFrame {
    var random = SplitMix64(seed: 9)
    let a = (0..<rows).map { _ in random.normal() }
    let b = (0..<rows).map { _ in Int64(random.next() % 100) }
    return DataFrame(
      rowIDs: .range(1_000..<Int64(1_000 + rows)),
      columns: [
        ("a", Column(.float64(a))), ("y", Column(.float64((0..<rows).map { 3 + 2 * a[$0] - Double(b[$0]) }))), ("b", Column(.int64(b))),
        ("flag", Column(.boolean(b.map { $0 % 3 == 0 }))), ("day", Column(.date(b.map { Int32($0 % 7) + 17_000 }))),
      ])
  }

  @Test("Coefficients are those of scikit-learn's ElasticNet")
  func asScikitLearn() throws {
    let section = try #require(try LearnersGolden.section("elastic_net") as? [String: Any])
    let tables = try #require(section["tables"] as? [String: [String: Any]])
    let cases = try #require(section["cases"] as? [[String: Any]])
    #expect(cases.count >= 50)
    for golden in cases {
      let name = try #require(golden["table"] as? String)
      let table = try LearnersGolden.table(tables[name]?["columns"])
      let target = try LearnersGolden.numbers(tables[name]?["target"])
      let normalizes = try #require(golden["normalize"] as? Bool)
      let (alpha, ratio) = (try #require(golden["alpha"] as? Double), try #require(golden["l1_ratio"] as? Double))
      let tolerance = try #require(golden["tol"] as? Double)
      let label = "\(name), normalize \(normalizes), alpha \(alpha), l1_ratio \(ratio)"
      let model = try train(
        frame(table, target: target),
        [
          "alpha": .number(alpha), "l1_ratio": .number(ratio), "tol": .number(tolerance), "max_iter": .integer(100_000),
          "normalize": .boolean(normalizes),
        ])
      #expect(model.ending.converged && golden["converged"] as? Bool == true, "\(label): \(model.ending)")
      let coefficients = try LearnersGolden.numbers(golden["coefficients"])
      let deviations = table.map { column in
        let mean = column.reduce(0, +) / Double(column.count)
        return (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)).squareRoot()
      }
      // What a feature contributes, so that features of all units count alike.
      let found = zip(model.features, deviations).map { $0.coefficient * $1 }
      let expected = zip(coefficients, deviations).map { $0 * $1 }
      let error = relativeError(found, expected)
      #expect(error <= 1e-6, "\(label): contributions \(error)")
      let mean = target.reduce(0, +) / Double(target.count)
      let squares = target.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let objective = try LearnersGolden.number(golden["objective"])
      let own = Self.objective(
        model, table, target, alpha: alpha, ratio: ratio, scales: normalizes ? deviations : deviations.map { _ in 1 })
      #expect(
        own <= objective + tolerance * squares / Double(target.count) + 1e-12 * abs(objective), "\(label): objective \(own), \(objective)")
      let intercept = try LearnersGolden.number(golden["intercept"])
      // The intercept is as certain as the contributions are, at the distance of the features' means.
      let reach = zip(coefficients, table).reduce(abs(mean)) { $0 + abs($1.0) * abs($1.1.reduce(0, +) / Double(target.count)) }
      #expect(abs(model.intercept - intercept) <= 1e-6 * reach, "\(label): intercept \(model.intercept), \(intercept)")
    }
  }

  private static func objective(
    _ model: LinearModel, _ table: [[Double]], _ target: [Double], alpha: Double, ratio: Double, scales: [Double]
  ) -> Double {
    let weights = zip(model.features, scales).map { $0.coefficient * $1 }
    let residuals = target.indices.map { row in
      target[row] - model.targetMean - zip(model.features, table).reduce(0) { $0 + $1.0.coefficient * ($1.1[row] - $1.0.mean) }
    }
    let fit = residuals.reduce(0) { $0 + $1 * $1 } / Double(2 * target.count)
    return fit + alpha * ratio * weights.reduce(0) { $0 + abs($1) } + alpha * (1 - ratio) / 2 * weights.reduce(0) { $0 + $1 * $1 }
  }

  @Test("Without a penalty, nearly equal features are not said to have converged at zero", arguments: [true, false])
  func nearlyEqual(normalizes: Bool) throws {
    let data = frame([[1, 2, 3, 4], [1.01, 1.99, 2.99, 4.01]], target: [1, -1, -1, 1])
    let values: [String: ParameterValue] = ["alpha": .number(0), "normalize": .boolean(normalizes)]
    let short = try train(data, values)
    // The best fit is exact, with coefficients of -100 and 100: the objective can fall by 0.5.
    #expect(!short.ending.converged && short.ending.gap > 0.4, "\(short.ending)")
    #expect(short.notes == [ColumnNote(columns: ["y"], reason: .notConverged(sweeps: 1_000))])
    #expect("\(StageNote(stage: "net", note: short.notes[0]))".contains("had not converged after 1000 sweeps; raise max_iter"))
    let long = try train(data, values.merging(["max_iter": .integer(100_000), "tol": .number(1e-3)]) { $1 })
    #expect(long.ending.converged && long.notes.isEmpty, "\(long.ending)")
    #expect(relativeError(long.features.map(\.coefficient), [-100, 100]) < 0.05)
  }

  @Test("What the gap without a penalty says is never less than what there is to gain, on random tables")
  func gapIsABound() throws {
    var random = SplitMix64(seed: 4)
    for round in 0..<200 {
      let (rows, width) = (8 + Int(random.next() % 20), 2 + Int(random.next() % 3))
      let base = (0..<rows).map { _ in random.normal() }
      let spread = pow(10, -Double(random.next() % 5))
      let table = (0..<width).map { _ in base.map { $0 + spread * random.normal() } }
      let target = (0..<rows).map { _ in random.normal() }
      let data = frame(table, target: target)
      let early = try train(data, ["alpha": .number(0), "max_iter": .integer(1 + Int(random.next() % 50))])
      let late = try train(data, ["alpha": .number(0), "max_iter": .integer(100_000), "tol": .number(1e-12)])
      func objective(_ model: LinearModel) -> Double {
        Self.objective(model, table, target, alpha: 0, ratio: 0, scales: table.map { _ in 1 })
      }
      #expect(objective(early) - objective(late) <= early.ending.gap * (1 + 1e-6) + 1e-9, "round \(round), seed 4: \(early.ending)")
    }
  }

  @Test("Under a ridge penalty values whose squares underflow do not pass for converged")
  func minuteRidge() throws {
    let values = [1e-90, 2e-90, 4e-90]
    let model = try train(frame([values], target: values), ["alpha": .number(1e-190), "l1_ratio": .number(0)])
    #expect(model.ending.converged && abs(model.features[0].coefficient - 1) < 1e-3, "\(model.ending) \(model.features)")
  }

  @Test("A restored model predicts the same bits, for parts of the rows too, and training again gives them again")
  func restoredPredictsTheSame() throws {
    let data = mixed(rows: 10_000)
    let model = try train(data, ["alpha": .number(1e-6), "tol": .number(1e-9)])
    let predictions = try model.predict(data)
    #expect(predictions.type == .float64)
    #expect(relativeError(try #require(predictions.doubles), try #require(data["y"]?.doubles)) < 1e-5)
    let restored = try #require(try TrainElasticNet(model.parameters).restore(model.state) as? any Predictor)
    #expect(try restored.predict(data).isIdentical(to: predictions))
    #expect(restored.state == model.state && restored.featureNames == ["a", "b", "flag", "day"])
    #expect(try restored.apply([])[0].isIdentical(to: model.apply([.frame(data)])[0]))
    #expect(try restored.predict(data.slice(4_000..<9_001)).isIdentical(to: predictions.slice(4_000..<9_001)))
    #expect(try train(data, ["alpha": .number(1e-6), "tol": .number(1e-9)]).state == model.state)
    #expect(try restored.predict(data.slice(0..<0)).count == 0)
  }

  @Test("The output has one row per feature and one for the intercept, and says how training ended")
  func output() throws {
    let data = mixed()
    let model = try train(data, ["alpha": .number(0.01), "max_iter": .integer(1), "tol": .number(1e-12)])
    let output = try model.apply([])[0]
    #expect(output.names == ["feature", "coefficient", "mean", "sweeps", "gap", "converged"])
    #expect(output["feature"]!.goldenTexts == ["a", "b", "flag", "day", "(intercept)"])
    #expect(output["coefficient"]!.doubles! == model.features.map(\.coefficient) + [model.intercept])
    #expect(abs(output["mean"]!.doubles![4] - data["y"]!.doubles!.reduce(0, +) / 500) < 1e-9)
    #expect(output["sweeps"]!.goldenTexts == Array(repeating: "1", count: 5))
    #expect(output["converged"]!.goldenTexts == Array(repeating: "false", count: 5))
    #expect(output["gap"]!.doubles!.allSatisfy { $0 > 0 && $0 == model.ending.gap })
    let longer = try train(data, ["alpha": .number(0.01), "tol": .number(1e-12)]).ending
    #expect(longer.converged && longer.sweeps > 1 && longer.gap < model.ending.gap)
  }

  @Test("Gaps are an error that names column and row, or count as the mean, in predictions too")
  func gaps() throws {
    let rows = 200
    let data = mixed(rows: rows)
    var present = Validity(count: rows, present: true)
    for row in stride(from: 3, to: rows, by: 5) { present[row] = false }
    let b = Column(data["b"]!.values, validity: present)
    var a = data["a"]!.doubles!
    a[8] = .nan
    let gone = Column(.float64(Array(repeating: 0, count: rows)), validity: Validity(count: rows, present: false))
    func frame(_ a: Column, _ b: Column, _ gone: Column) -> DataFrame {
      DataFrame(rowIDs: data.rowIDs, columns: [("a", a), ("b", b), ("gone", gone), ("y", data["y"]!)])
    }
    let gappy = frame(Column(.float64(a)), b, gone)
    let error = try #require(throws: NumericColumnError.self) { try train(gappy) }
    #expect(
      error.description == "column \"a\" is missing or NaN in 1 row, first in row_id 1008; fill the gaps (FillNA), or train with "
        + "missing: mean to take the column's mean over the training rows")
    func filled(_ column: Column) -> Column {
      let values = column.doubles!
      let known = values.filter { !$0.isNaN }
      let mean = known.reduce(0, +) / Double(known.count)
      return Column(.float64(values.map { $0.isNaN ? mean : $0 }))
    }
    for normalize in [false, true] {
      let values: [String: ParameterValue] = ["normalize": .boolean(normalize), "tol": .number(1e-10)]
      let model = try train(gappy, values.merging(["missing": .text("mean")]) { $1 })
      let zeros = Column(.float64(Array(repeating: 0, count: rows)))
      let whole = frame(filled(Column(.float64(a))), filled(b), zeros)
      let reference = try train(whole, values)
      #expect(relativeError(model.features.map(\.coefficient), reference.features.map(\.coefficient)) < 1e-9)
      #expect(relativeError(try model.predict(gappy).doubles!, try reference.predict(whole).doubles!) < 1e-9)
      #expect(model.features[2].coefficient == 0 && model.features[2].mean.isNaN)
      #expect(try model.apply([])[0]["mean"]!.goldenTexts[2] == nil)
      let restored = try #require(try TrainElasticNet(model.parameters).restore(model.state) as? any Predictor)
      #expect(try restored.predict(gappy).isIdentical(to: model.predict(gappy)))
      // The feature without a mean has no coefficient, so it is not looked at.
      let strict = frame(Column(.float64(a)), b, Column(.float64(Array(repeating: .infinity, count: rows))))
      let first = try #require(throws: NumericColumnError.self) { try reference.predict(strict) }
      #expect(first.description.hasPrefix("column \"b\" is missing or NaN in 40 rows, first in row_id 1003; "))
      #expect(throws: Never.self) { try model.predict(strict) }
    }
  }

  @Test("A constant target is predicted by the intercept alone")
  func constantTarget() throws {
    let model = try train(frame([[1, 2, 3], [5, 5, 6]], target: [0.1, 0.1, 0.1]))
    #expect(model.features.allSatisfy { $0.coefficient == 0 } && model.intercept == 0.1)
    #expect(model.ending == CoordinateDescent.Ending(sweeps: 0, gap: 0, converged: true))
    let single = try train(frame([[1], [2]], target: [4]), ["alpha": .number(0)])
    #expect(single.intercept == 4 && single.features.allSatisfy { $0.coefficient == 0 })
  }

  @Test("Hostile columns are errors that name them")
  func errors() throws {
    let text = DataFrame(rowIDs: .first(1), columns: [("t", Column(.text(TextValues(["a"])))), ("y", Column(.float64([1])))])
    #expect(throws: TransformerError.textFeature("t")) { try train(text) }
    #expect(throws: TransformerError.noRows) { try train(frame([[]], target: [])) }
    #expect(throws: TransformerError.noFeatures) { try train(DataFrame(rowIDs: .first(1), columns: [("y", Column(.float64([1])))])) }
    #expect(throws: TransformerError.missingColumns(["y"], available: ["c0"])) { try train(LearnersGolden.frame([[1, 2]])) }
    #expect(throws: TransformerError.targetNotFinite(column: "y")) { try train(frame([[1, 2]], target: [1, .nan])) }
    #expect(throws: NumericColumnError.infinite(column: "c0", rowID: 101)) {
      try train(frame([[1, -.infinity]], target: [1, 2]), ["missing": .text("mean")])
    }
    #expect(throws: NumericColumnError.outOfRange(column: "c0")) { try train(frame([[1e200, -1e200]], target: [1, 2])) }
    #expect(throws: NumericColumnError.outOfRange(column: "y")) { try train(frame([[1, 2]], target: [-1e200, 2])) }
    let model = try train(frame([[1, 2, 4], [5, 5, 6]], target: [0.1, 1.1, 0.1]))
    #expect(throws: TransformerError.missingColumns(["c1"], available: ["c0"])) { try model.predict(LearnersGolden.frame([[1]])) }
    #expect(throws: NumericColumnError.infinite(column: "c1", rowID: 101)) {
      try model.predict(LearnersGolden.frame([[1, 2], [1, .infinity]]))
    }
    let steep = try train(frame([[1, 2, 4]], target: [100, 200, 400]))
    #expect(throws: NumericColumnError.predictionOutOfRange(rowID: 100)) { try steep.predict(LearnersGolden.frame([[1e308]])) }
    var columns: [(name: String, column: Column)] = [("y", Column(.int64([1])))]
    for number in 0...GramMatrix.largestSize { columns.append(("f\(number)", Column(.int64([1])))) }
    let wide = DataFrame(rowIDs: .first(1), columns: columns)
    #expect(throws: NumericColumnError.tooManyColumns(8_194, limit: 8_192)) { try train(wide) }
  }

  @Test("Damaged states are refused, and so is a coefficient without a mean")
  func damagedStates() throws {
    let model = try train(mixed())
    let transformer = TrainElasticNet(model.parameters)
    try expectDamagedStatesRefused(transformer, state: model.state, parameters: model.parameters)
    var writer = TabularPipelines.ByteWriter()
    writer.write(UInt32(1))
    writer.write(counted: "a".utf8)
    writer.write((1.0).bitPattern)
    writer.write(Double.nan.bitPattern)
    writer.write(bytes: [UInt8](repeating: 0, count: 29))
    let state = FittedState.sealed(writer.bytes, transformer: "TrainElasticNet", parameters: model.parameters)
    #expect(throws: FittedStateError.malformed("feature \"a\" has a coefficient and no mean")) { try transformer.restore(state) }
    #expect(throws: FittedStateError.self) { try TrainElasticNet(parameters(["alpha": .number(0.5)])).restore(model.state) }
  }

  @Test("A trained model is used through Predict, rounded to decimals")
  func throughPredict() throws {
    let data = mixed(rows: 50)
    let model = try train(data)
    let predict = makeTransformer(Predict.self, ["decimals": .integer(1)])
    let column = try #require(try predict.apply([.model(model), .frame(data)])[0]["prediction"])
    let expected = try model.predict(data).doubles!.map { ($0 * 10).rounded() / 10 + 0 }
    #expect(column.isIdentical(to: Column(.float64(expected))))
  }

  @Test("Integers that float64 rounds are errors, as targets and where a model is applied")
  func roundedIntegers() throws {
    func frame(_ x: [Int64], _ y: [Int64]) -> DataFrame {
      DataFrame(rowIDs: .list([4, 5, 9]), columns: [("x", Column(.int64(x))), ("y", Column(.int64(y)))])
    }
    let odd: Int64 = 9_007_199_254_740_993
    #expect { try train(frame([1, 2, 4], [1, 2, odd])) } throws: { "\($0)".contains("\(odd)") }
    let model = try train(frame([1, 2, 4], [1, 2, 4]), ["alpha": .number(0.001)])
    #expect { try model.predict(frame([1, 2, odd], [1, 2, 4])) } throws: { "\($0)".contains("\(odd)") }
  }

  @Test("A time is learned in days, as a target too")
  func times() throws {
    let day: Int64 = 86_400_000_000
    let days: [Int64] = [17_000, 17_001, 17_003, 17_004]
    func model(_ x: [Int64], _ y: [Int64]) throws -> LinearModel {
      try train(
        DataFrame(rowIDs: .first(4), columns: [("x", Column(.timestamp(x))), ("y", Column(.timestamp(y)))]), ["alpha": .number(1e-9)])
    }
    let found = try model(days.map { $0 * day }, days.map { ($0 * 2 + 5) * day })
    #expect(abs(found.features[0].coefficient - 2) < 1e-3 && abs(found.targetMean - 34_009) < 1)
  }
}
