import Mistique
import Testing

@testable import TabularPipelines

/// `é` as one scalar and as two: equal to Swift, two names and two values to every stage.
struct ExactTextTests {
  private static let composed = "caf\u{e9}"
  private static let decomposed = "cafe\u{301}"
  private let both = [Self.composed, Self.decomposed]

  private func run<T: Transformer>(_ type: T.Type, _ values: [String: ParameterValue], _ frames: DataFrame...) throws -> [DataFrame] {
    let inputs = frames.map(StageInput.frame)
    let transformer = makeTransformer(type, values)
    let fitted = try transformer.fit(inputs)
    let output = try fitted.apply(inputs)
    #expect(zip(output, try transformer.restore(fitted.state).apply(inputs)).allSatisfy { $0.isIdentical(to: $1) })
    return output
  }

  private func text(_ values: String...) -> Column { Column(.text(TextValues(values))) }

  /// Two columns whose names differ in their bytes only, and a target.
  private var twins: DataFrame {
    DataFrame([
      (Self.composed, Column(.float64([1, 2, 4]))), (Self.decomposed, Column(.float64([10, 30, 20]))), ("y", Column(.float64([1, 2, 3]))),
    ])
  }

  @Test("A frame holds columns with canonically equivalent names, and finds each by its bytes")
  func frames() {
    #expect(Self.composed == Self.decomposed, "this test is about nothing where Swift tells them apart")
    #expect(twins[Self.composed]!.doubles! == [1, 2, 4])
    #expect(twins[Self.decomposed]!.doubles! == [10, 30, 20])
    #expect(DataFrame([(Self.composed, Column(.boolean([true])))])[Self.decomposed] == nil)
  }

  @Test("Keys of a join are compared by their bytes")
  func joins() throws {
    let left = DataFrame([("k", text(Self.composed, Self.decomposed, "cafe"))])
    let right = DataFrame([("k", text(Self.decomposed, Self.composed)), ("v", Column(.int64([1, 2])))])
    let joined = try run(Join.self, ["left_key": .text("k"), "right_key": .text("k"), "how": .text("left")], left, right)[0]
    #expect(joined["v"]!.goldenTexts == ["2", "1", nil])
    // Bytes that are not UTF-8 look alike when they are repaired, and are two keys.
    func latin(_ byte: UInt8) -> [UInt8] { Array("caf".utf8) + [byte] }
    let keys = Column(.text(TextValues(offsets: [0, 4, 8], utf8: latin(0xE9) + latin(0xE8))))
    let one = DataFrame([("k", Column(.text(TextValues(offsets: [0, 4], utf8: latin(0xE8))))), ("v", Column(.int64([7])))])
    let paired = try run(
      Join.self, ["left_key": .text("k"), "right_key": .text("k"), "how": .text("left")], DataFrame([("k", keys)]), one)[0]
    #expect(paired["v"]!.goldenTexts == [nil, "7"])
  }

  @Test("A column of the right side may have a name that is only equivalent to one of the left side's or to the key's")
  func joinedNames() throws {
    let left = DataFrame([(Self.composed, Column(.int64([1, 2])))])
    let right = DataFrame([("id", Column(.int64([2, 1]))), (Self.decomposed, Column(.int64([20, 10])))])
    let joined = try run(Join.self, ["left_key": .text(Self.composed), "right_key": .text("id")], left, right)[0]
    #expect(joined[Self.decomposed]!.goldenTexts == ["10", "20"])
  }

  @Test("Categories and groups are told apart by their bytes")
  func categories() throws {
    let frame = DataFrame([("t", text(Self.composed, Self.decomposed, Self.composed)), ("x", Column(.float64([1, 5, 3])))])
    let encoded = try run(OneHotEncoding.self, ["columns": .texts(["t"])], frame)[0]
    #expect(encoded["t_" + Self.composed]!.goldenTexts == ["true", "false", "true"])
    #expect(encoded["t_" + Self.decomposed]!.goldenTexts == ["false", "true", "false"])
    let averaged = try run(Avg.self, ["columns": .texts(["x"]), "by": .text("t")], frame)[0]
    #expect(averaged["x_avg_by_t"]!.doubles! == [2, 5, 2])
    let residential = try run(IsResidential.self, ["column": .text("t"), "codes": .texts([Self.composed])], frame)[0]
    #expect(residential["is_residential"]!.goldenTexts == ["true", "false", "true"])
    let filled = try run(
      FillNA.self, ["strategy": .text("most_frequent")],
      DataFrame([("t", Column(.text(TextValues(both + both + [Self.composed, ""])), validity: Validity(words: [31], count: 6)))]))[0]
    #expect(Array(filled["t"]!.goldenTexts.last!!.utf8) == Array(Self.composed.utf8))
  }

  @Test("Stages find the named columns by their bytes and keep both")
  func namedColumns() throws {
    let names = ["columns": ParameterValue.texts([Self.decomposed])]
    #expect(try run(SelectColumn.self, names, twins)[0].columns[0].doubles! == [10, 30, 20])
    #expect(try run(SelectColumn.self, ["columns": .texts(both)], twins)[0].columns.count == 2)
    let dropped = try run(DropColumns.self, names, twins)[0]
    #expect(dropped[Self.composed] != nil && dropped[Self.decomposed] == nil)
    let scaled = try run(Scale.self, ["columns": names["columns"]!, "method": .text("minmax")], twins)[0]
    #expect(scaled[Self.decomposed]!.doubles! == [0, 1, 0.5] && scaled[Self.composed]!.doubles! == [1, 2, 4])
    #expect(try run(Scale.self, [:], twins)[0].columns.count == 3)
    #expect(try run(PCA.self, ["columns": .texts(both)], twins)[0].columns.count == 2)
    let parts = try run(TrainTestSplit.self, ["test_fraction": .number(0)], twins)
    #expect(parts[0].isIdentical(to: twins))
    for absent in [SelectColumn.self, DropColumns.self, Scale.self, PCA.self] as [any Transformer.Type] {
      let one = DataFrame([(Self.composed, Column(.float64([1, 2, 3])))])
      #expect(throws: TransformerError.self, "\(absent)") { try run(absent, names, one) }
    }
  }

  @Test("Learners take both as features, and predict from both")
  func learners() throws {
    for learner in [TrainElasticNet.self, TrainXGBoost.self] as [any Transformer.Type] {
      let fitted = try makeTransformer(learner, ["target": .text("y")]).fit([.frame(twins)])
      let model = try #require(fitted as? any Predictor)
      #expect(model.featureNames.count == 2)
      #expect(try model.predict(twins).count == 3)
      let one = DataFrame([(Self.composed, Column(.float64([1, 2, 3])))])
      #expect(throws: TransformerError.self) { try model.predict(one) }
    }
    // A target is not dropped along with what only looks like it.
    let target = DataFrame([(Self.composed, Column(.float64([1, 2, 3]))), (Self.decomposed, Column(.float64([2, 4, 6])))])
    let fitted = try makeTransformer(TrainElasticNet.self, ["target": .text(Self.composed)]).fit([.frame(target)])
    #expect((fitted as? any Predictor)?.featureNames.count == 1)
  }

  @Test("A state belongs to the bytes of its parameters")
  func states() throws {
    let state = try makeTransformer(FillNA.self, ["value": .text(Self.composed)]).fit([.frame(twins)]).state
    #expect(throws: FittedStateError.self) { try makeTransformer(FillNA.self, ["value": .text(Self.decomposed)]).restore(state) }
  }
}
