import Groundwork
import Foundation
import Mistique
import Testing

@testable import TabularPipelines

struct LearnerTests {
  static let learners: [any Transformer.Type] = [TrainLightGBM.self, TrainXGBoost.self]

  private func frame(rows: Int = 3_000) -> DataFrame {
    var random = SplitMix64(seed: 3)
    let x = (0..<rows).map { _ in random.normal() }
    let z = (0..<rows).map { _ in Int64(random.next() % 5) }
    let y = (0..<rows).map { x[$0] * 2 + Double(z[$0]) + 0.1 * random.normal() }
    var present = Validity(count: rows, present: true)
    for row in stride(from: 0, to: rows, by: 7) { present[row] = false }
    return DataFrame(
      rowIDs: .range(10..<Int64(rows + 10)),
      columns: [
        ("x", Column(.float64(x))), ("z", Column(.int64(z), validity: present)), ("flag", Column(.boolean(z.map { $0 > 2 }))),
        ("day", Column(.date(z.map { Int32($0) }))), ("y", Column(.float64(y))),
      ])
  }

  private func make(_ type: any Transformer.Type) -> any Transformer {
    type.init(Parameters(["target": .text("y"), "rounds": .integer(20)], declarations: type.signature.parameters))
  }

  @Test("Boosting starts at the mean or at what base_score says, and states and specifications are as before it could", arguments: [0, 1])
  func baseScore(learner: Int) throws {
    let type = Self.learners[learner]
    let data = frame(rows: 400)
    let target = try #require(data["y"]?.doubles)
    func fitted(_ score: String?) throws -> any Predictor {
      var values: [String: ParameterValue] = [
        "target": .text("y"), "rounds": .integer(1), type == TrainXGBoost.self ? "eta" : "learning_rate": .number(1e-6),
      ]
      if let score { values["base_score"] = .text(score) }
      return try #require(try type.init(Parameters(values, declarations: type.signature.parameters)).fit([.frame(data)]) as? any Predictor)
    }
    // One tree that changes next to nothing: what is predicted is where boosting starts.
    for (score, start) in [(nil, target.reduce(0, +) / 400), ("mean", target.reduce(0, +) / 400), ("0.5", 0.5), ("-3e2", -300)]
      as [(String?, Double)]
    {
      let predictions = try #require(try fitted(score).predict(data).doubles)
      #expect(predictions.allSatisfy { abs($0 - start) < 1e-2 }, "\(score ?? "default")")
    }
    #expect(try fitted(nil).state == fitted("mean").state && fitted("0.5").state != fitted("mean").state)
    let payload = try FittedState.opened(
      try fitted(nil).state, transformer: type.signature.name,
      parameters: Parameters(
        ["target": .text("y"), "rounds": .integer(1), type == TrainXGBoost.self ? "eta" : "learning_rate": .number(1e-6)],
        declarations: type.signature.parameters.filter { $0.name != "base_score" }))
    #expect(!payload.isEmpty, "a state is bound to a parameter that came later")
    for wrong in ["", "half", "nan", "inf"] {
      let error = #expect(throws: TransformerError.self) { try fitted(wrong) }
      #expect(error == .baseScore(wrong))
    }
  }

  @Test("A learner learns, and a restored model predicts the same bits", arguments: [0, 1])
  func restoredPredictsTheSame(learner: Int) throws {
    let transformer = make(Self.learners[learner])
    let data = frame()
    let trained = try #require(try transformer.fit([.frame(data)]) as? any Predictor)
    let predictions = try trained.predict(data)
    let restored = try #require(try transformer.restore(trained.state) as? any Predictor)
    #expect(try restored.predict(data).isIdentical(to: predictions))
    #expect(restored.state == trained.state)
    #expect(try transformer.fit([.frame(data)]).state == trained.state, "training again gives other bytes")
    #expect(try restored.apply([])[0].isIdentical(to: trained.apply([.frame(data)])[0]))
    let y = try #require(data["y"]?.doubles)
    let p = try #require(predictions.doubles)
    let mean = y.reduce(0, +) / Double(y.count)
    let explained = 1 - zip(y, p).reduce(0) { $0 + pow($1.0 - $1.1, 2) } / y.reduce(0) { $0 + pow($1 - mean, 2) }
    #expect(explained > 0.8, "R2 \(explained)")
    let sliced = try restored.predict(data.slice(100..<200))
    #expect(sliced.isIdentical(to: predictions.slice(100..<200)))
  }

  @Test("Importances have one row per feature, in the order of the features")
  func importances() throws {
    let frame = try make(TrainXGBoost.self).fit([.frame(frame())]).apply([])[0]
    #expect(frame.names == ["feature", "gain", "weight", "cover"])
    #expect(frame["feature"]!.goldenTexts == ["x", "z", "flag", "day"])
    let gains = try #require(frame["gain"]?.doubles)
    #expect(gains[0] > 0)
  }

  @Test("Texts, gaps in the target and missing features are errors that say so")
  func learnerErrors() throws {
    let text = DataFrame(rowIDs: .first(1), columns: [("t", Column(.text(TextValues(["a"])))), ("y", Column(.float64([1])))])
    #expect(throws: TransformerError.textFeature("t")) { try make(TrainXGBoost.self).fit([.frame(text)]) }
    let gap = DataFrame(
      rowIDs: .first(1), columns: [("x", Column(.int64([1]))), ("y", Column(.float64([1]), validity: Validity(count: 1, present: false)))])
    #expect(throws: TransformerError.targetMissing(column: "y", rows: 1)) { try make(TrainXGBoost.self).fit([.frame(gap)]) }
    let model = try #require(try make(TrainXGBoost.self).fit([.frame(frame())]) as? any Predictor)
    #expect(throws: TransformerError.missingColumns(["z", "flag", "day"], available: ["x", "y"])) {
      try model.predict(DataFrame(rowIDs: .first(1), columns: [("x", Column(.int64([1]))), ("y", Column(.float64([1])))]))
    }
  }

  @Test("Predicting in place gives the bits of predicting a matrix of XGBoost's own, missing values and all")
  func predictsInPlace() throws {
    let data = frame(rows: 2_000)
    let model = try #require(try make(TrainXGBoost.self).fit([.frame(data)]) as? BoostedTrees)
    var reader = ByteReader(try FittedState.opened(model.state, transformer: "TrainXGBoost", parameters: model.parameters)[...])
    let (flags, count) = try reader.flaggedCount()
    for _ in 0..<count { _ = try reader.text() }
    _ = try TimeFeatures(flags: flags, features: count, from: &reader)
    let booster = try Booster(modelBytes: Array(reader.rest))
    let columns = try FeatureMatrix.columns(model.featureNames, of: data)
    let rowMajor = FeatureMatrix.rowMajor(columns, rows: 0..<data.rowCount)
    #expect(rowMajor.contains { $0.isNaN })
    let matrix = try BoosterMatrix(rowMajor: rowMajor, rows: data.rowCount, columns: columns.count)
    #expect(try model.predict(data).isIdentical(to: Column(.float32(booster.predict(matrix)))))
    #expect(try model.predict(data.slice(0..<0)).count == 0)
  }

  @Test("An infinite value is an error that names column and row, in training and in prediction", arguments: [Double.infinity, -1e300])
  func infiniteFeatures(value: Double) throws {
    let data = frame(rows: 300)
    var x = try #require(data["x"]?.doubles)
    x[7] = value
    let names = data.names.filter { $0 != "x" }
    let hostile = DataFrame(rowIDs: data.rowIDs, columns: names.map { ($0, data[$0]!) } + [("x", Column(.float64(x)))])
    let error = try #require(throws: NumericColumnError.self) { try make(TrainXGBoost.self).fit([.frame(hostile)]) }
    #expect(
      error.description.hasPrefix(
        "column \"x\" is infinite, too large, too small or too near to its other values for float32 in row_id 17; "))
    let model = try #require(try make(TrainXGBoost.self).fit([.frame(data)]) as? any Predictor)
    #expect(throws: error) { try model.predict(hostile) }
  }

  @Test("A feature of which float32 leaves one value is an error: times of a few seconds, numbers far from zero")
  func oneValueInFloat32() throws {
    let data = frame(rows: 300)
    let names = data.names.filter { $0 != "x" }
    // 2019-03-23 20:21:00, in microseconds.
    let evening: Int64 = 1_553_372_460_000_000
    for column in [
      Column(.timestamp((0..<300).map { evening + Int64($0 % 3) * 30_000_000 })), Column(.float64((0..<300).map { 1e9 + Double($0 % 3) })),
      Column(.int64((0..<300).map { 1_000_000_000 + Int64($0 % 3) })),
      // Of these float64 leaves one value too.
      Column(.int64((0..<300).map { 1 << 60 + Int64($0 % 3) })),
    ] {
      let hostile = DataFrame(rowIDs: data.rowIDs, columns: names.map { ($0, data[$0]!) } + [("x", column)])
      for type in [TrainXGBoost.self, TrainLightGBM.self] as [any Transformer.Type] {
        let error = try #require(throws: NumericColumnError.self) { try make(type).fit([.frame(hostile)]) }
        #expect(error == .notFloat32(column: "x", rowID: 11))
      }
    }
    // One value is one value, and so it is beside gaps.
    for same in [Column(.float64(Array(repeating: 1e9, count: 300))), Column(.float64((0..<300).map { $0 == 0 ? .nan : 1e9 }))] {
      let plain = DataFrame(rowIDs: data.rowIDs, columns: names.map { ($0, data[$0]!) } + [("x", same)])
      #expect(throws: Never.self) { try make(TrainXGBoost.self).fit([.frame(plain)]) }
    }
  }

  @Test(
    "A time stays a time: a feature that is a number where it was a day, or a day where it was a number, is an error",
    arguments: [TrainXGBoost.self, TrainLightGBM.self, TrainElasticNet.self] as [any Transformer.Type])
  func times(type: any Transformer.Type) throws {
    let days = (0..<60).map { Int32(16_800 + $0) }
    func frame(_ x: Column) -> DataFrame {
      DataFrame(
        rowIDs: .first(60),
        columns: [("x", x), ("n", Column(.int64((0..<60).map(Int64.init)))), ("y", Column(.float64(days.map(Double.init))))])
    }
    let (asDay, asTime) = (Column(.date(days)), Column(.timestamp(days.map { Int64($0) * 86_400_000_000 })))
    let asNumber = Column(.int64((0..<60).map { 20_160_105 + Int64($0) }))
    let transformer = type.init(Parameters(["target": .text("y")], declarations: type.signature.parameters))
    for (trained, alike, other) in [(asDay, asTime, asNumber), (asNumber, Column(.boolean(Array(repeating: true, count: 60))), asDay)] {
      let fitted = try transformer.fit([.frame(frame(trained))])
      for model in [fitted, try transformer.restore(fitted.state)] {
        let predictor = try #require(model as? any Predictor)
        #expect(model.state == fitted.state)
        for same in [trained, alike] { #expect(try predictor.predict(frame(same)).count == 60) }
        let error = try #require(throws: TransformerError.self) { try predictor.predict(frame(other)) }
        guard case .columnType(column: "x", _, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
  }

  @Test("Damaged states are refused with an error, wherever they are damaged")
  func damagedStates() throws {
    let transformer = make(TrainLightGBM.self)
    let state = try transformer.fit([.frame(frame(rows: 300))]).state
    for length in [0, 3, 4, 13, 14, 21, 100, state.count / 2, state.count - 1] {
      #expect(throws: FittedStateError.self) { try transformer.restore(Array(state.prefix(length))) }
    }
    for place in stride(from: 0, to: state.count, by: max(1, state.count / 400)) {
      var flipped = state
      flipped[place] ^= 0x10
      #expect(throws: FittedStateError.self) { try transformer.restore(flipped) }
    }
    #expect(throws: FittedStateError.self) { try transformer.restore(state + [0]) }
    let error = try #require(throws: FittedStateError.self) { try make(TrainXGBoost.self).restore(state) }
    #expect(error.description == "the fitted state belongs to TrainLightGBM, not to TrainXGBoost; fit the stage again")
    let other = TrainLightGBM(Parameters(["target": .text("y")], declarations: TrainLightGBM.signature.parameters))
    #expect(throws: FittedStateError.otherParameters(transformer: "TrainLightGBM")) { try other.restore(state) }
  }
}
