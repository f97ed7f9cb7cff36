import Mistique
import Testing

@testable import TabularPipelines

struct OneHotEncodingTests {
  private let names = ["label", "code", "flag", "day", "small", "empty"]

  @Test("Columns are encoded as scikit-learn encodes them", arguments: [(100, "encode_all"), (3, "encode_3")])
  func encodesAsScikitLearn(limit: Int, key: String) throws {
    let golden = try ColumnGolden()
    let encoded = try #require(golden.root[key] as? [String: [[String: Any]]])
    for drops in [true, false] {
      let run = ColumnTransformerRun(
        OneHotEncoding.self, ["columns": .texts(names), "max_categories": .integer(limit), "drop": .boolean(drops)])
      let outputs = try run(golden.fit, golden.other)
      let expectedNames = golden.fit.names.flatMap { name in
        guard let categories = encoded[name] else { return [name] }
        return (drops ? [] : [name]) + categories.map { $0["name"] as? String ?? "" }
      }
      for (side, output) in zip(["fit", "other"], outputs) {
        #expect(output.names == expectedNames)
        for category in encoded.values.joined() {
          let name = try #require(category["name"] as? String)
          let expected = try ColumnGolden.column(texts: goldenTexts(category[side]), "boolean")
          #expect(try #require(output[name]).isIdentical(to: expected), "column \(name) of \(side)")
        }
      }
    }
  }

  @Test("Categories of every type come in ascending order, under the names that the CSV writer would write")
  func namesOfCategories() throws {
    let frame = DataFrame([
      ("i", Column(.int64([10, -3, 9, 9]))), ("f", Column(.float64([-.infinity, -0.0, 0, .nan]))),
      ("s", Column(.float32([0.1, 0.1, -2, 1e20]))),
    ])
    let output = try ColumnTransformerRun(OneHotEncoding.self, ["columns": .texts(["s", "i", "f"])])(frame)[0]
    #expect(output.names == ["i_-3", "i_9", "i_10", "f_-inf", "f_0.0", "s_-2.0", "s_0.1", "s_1e+20"])
    #expect(output["f_0.0"]!.isIdentical(to: Column(.boolean([false, true, true, false]))))
  }

  @Test("A name that is taken is an error, also that of a column which is dropped")
  func takenNames() throws {
    func encode(_ names: [String], _ columns: [(name: String, column: Column)]) throws -> DataFrame {
      try ColumnTransformerRun(OneHotEncoding.self, ["columns": .texts(names)])(DataFrame(columns))[0]
    }
    let a = Column(.text(TextValues(["b", "c"])))
    #expect(throws: TransformerError.duplicateColumn("a_b")) { try encode(["a"], [("a", a), ("a_b", a)]) }
    #expect(throws: TransformerError.duplicateColumn("a_b")) { try encode(["a", "a_b"], [("a", a), ("a_b", a)]) }
    #expect(throws: TransformerError.duplicateColumn("a")) { try encode(["a", "a"], [("a", a)]) }
    #expect(throws: TransformerError.missingColumns(["z"], available: ["a"])) { try encode(["z"], [("a", a)]) }
    let fitted = try ColumnTransformerRun(OneHotEncoding.self, ["columns": .texts(["a"])]).transformer.fit([.frame(DataFrame([("a", a)]))])
    #expect(throws: TransformerError.columnType(column: "a", got: "int64", needed: "text, as when it was fitted")) {
      try fitted.apply([.frame(DataFrame([("a", Column(.int64([1])))]))])
    }
  }

  @Test("Zero rows and columns without a value give no category; later rows are false in all")
  func noCategories() throws {
    let run = ColumnTransformerRun(OneHotEncoding.self, ["columns": .texts(["a"])])
    let none = DataFrame([("a", Column(.int64([]))), ("b", Column(.int64([])))])
    #expect(try run(none)[0].names == ["b"])
    let one = DataFrame([("a", Column(.int64([4])))])
    let outputs = try run(one, DataFrame([("a", Column(.int64([5, 4, 0]), validity: Validity(words: [3], count: 3)))]))
    #expect(outputs[1]["a_4"]!.isIdentical(to: Column(.boolean([false, true, false]))))
  }

  @Test("Damaged states are refused")
  func damage() throws {
    try ColumnTransformerRun(OneHotEncoding.self, ["columns": .texts(names)]).refusesDamage(ColumnGolden().fit)
  }
}
