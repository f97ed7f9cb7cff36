import Mistique
import Testing

@testable import TabularPipelines

struct FillNATests {
  private typealias Run = ColumnTransformerRun<FillNA>

  private func run(_ strategy: String, _ columns: [String] = [], value: String = "0") -> ColumnTransformerRun<FillNA> {
    ColumnTransformerRun(FillNA.self, ["strategy": .text(strategy), "columns": .texts(columns), "value": .text(value)])
  }

  @Test("gaps are filled with the values that scikit-learn fills them with", arguments: ["mean", "median", "most_frequent"])
  func learnsAsScikitLearn(strategy: String) throws {
    let golden = try ColumnGolden()
    let numbers = ["lot", "small", "noise", "rooms", "half", "empty"]
    let names = numbers + (strategy == "most_frequent" ? ["city", "code", "flag", "day"] : [])
    let outputs = try run(strategy, names, value: "3")(golden.fit, golden.other)
    for (side, output) in zip(["fit", "other"], outputs) {
      #expect(output.names == golden.fit.names)
      for name in names {
        let expected = try golden.column(["fill", strategy, side, name], golden.fit[name]!.type)
        if name == "noise" {
          #expect(output[name]!.isClose(to: expected, relative: 1e-12), "column \(name)")
        } else {
          #expect(output[name]!.isIdentical(to: expected), "column \(name)")
        }
      }
    }
  }

  @Test("a constant fills every column that it is a value of, and leaves the others")
  func constants() throws {
    let golden = try ColumnGolden()
    let filled = try ColumnTransformerRun(FillNA.self)(golden.fit, golden.other)
    let fitted = try FillNA(Parameters([:], declarations: FillNA.signature.parameters)).fit([.frame(golden.fit)])
    let gaps = Set(golden.fit.names.filter { golden.fit[$0]!.hasGap && $0 != "day" })
    let traced = try fitted.applyTracing([.frame(golden.fit)])[0]
    #expect(Set(traced.origins.keys.map { traced.frame.names[$0] }) == gaps.filter { !golden.fit[$0]!.hasNaN })
    #expect(gaps.contains("no_text") && !gaps.contains("whole"))
    for (side, output) in zip(["fit", "other"], filled) {
      for name in gaps where name != "label" {
        #expect(try output[name]!.isIdentical(to: golden.column(["fill", "constant", side, name], output[name]!.type)), "column \(name)")
      }
    }
    #expect(filled[0]["day"]!.missingCount > 0)
  }

  @Test("a column that had no gap when fitted is passed on, whatever it has later")
  func onlyFittedGaps() throws {
    let fit = DataFrame([("a", Column(.float64([1, 2]))), ("b", Column(.float64([1, .nan])))])
    let later = DataFrame([("a", Column(.float64([.nan, 2]))), ("b", Column(.float64([.infinity, .nan])))])
    let outputs = try run("mean")(fit, later)
    #expect(outputs[1]["a"]!.isIdentical(to: later["a"]!))
    #expect(outputs[1]["b"]!.isIdentical(to: Column(.float64([.infinity, 1]))))
  }

  @Test("means of integers are exact and rounded half away from zero")
  func integerMeans() throws {
    func filled(_ values: [Int64], _ strategy: String) throws -> Int64 {
      var validity = Validity(count: values.count + 1, present: true)
      validity[values.count] = false
      let frame = DataFrame([("a", Column(.int64(values + [0]), validity: validity))])
      guard case .int64(let output) = try run(strategy)(frame)[0]["a"]!.values else { return 0 }
      return output.last!
    }
    let cases: [([Int64], Int64)] = [
      ([1, 2], 2), ([-1, -2], -2), ([0, 1], 1), ([0, -1], -1), ([1, 1, 2], 1), ([-1, -1, -2], -1), ([-5, 2], -2),
      ([Int64.max, Int64.max], Int64.max),
      ([Int64.min, Int64.min], Int64.min), ([Int64.min, Int64.max], -1), ([Int64.max, Int64.max - 1], Int64.max), ([7], 7),
    ]
    for (values, expected) in cases {
      #expect(try filled(values, "mean") == expected, "mean of \(values)")
      if values.count == 2 { #expect(try filled(values, "median") == expected, "median of \(values)") }
    }
  }

  @Test("sums and midpoints of huge numbers do not overflow")
  func hugeNumbers() throws {
    let huge = Double.greatestFiniteMagnitude
    for strategy in ["mean", "median"] {
      let output = try run(strategy)(DataFrame([("a", Column(.float64([huge, huge, .nan, .infinity])))]))[0]
      #expect(output["a"]!.isIdentical(to: Column(.float64([huge, huge, huge, .infinity]))))
    }
  }

  @Test("zero rows, and columns of nothing but gaps")
  func emptyColumns() throws {
    for strategy in ["constant", "mean", "median", "most_frequent"] {
      let none = DataFrame([("a", Column(.float64([]))), ("t", Column(.text(TextValues())))])
      #expect(try run(strategy)(none)[0].isIdentical(to: none))
      let gaps = DataFrame([("a", Column(.float64([.nan, 0]), validity: Validity(words: [1], count: 2)))])
      #expect(try run(strategy, value: "-2.5")(gaps)[0]["a"]!.isIdentical(to: Column(.float64([-2.5, -2.5]))))
      #expect(try run(strategy, value: "none")(gaps)[0].isIdentical(to: gaps), "a value that fits no column leaves it")
    }
  }

  @Test("texts of any length are put between others")
  func texts() throws {
    for word in ["", "🏠", "a long text for a gap"] {
      var validity = Validity(count: 0, present: true)
      for row in 0..<131 { validity.append(![0, 1, 64, 65, 100, 130].contains(row)) }
      let column = Column(.text(TextValues((0..<131).map { "é\($0)" })), validity: validity)
      let output = try run("constant", value: word)(DataFrame([("t", column)]))[0]["t"]!
      let expected = TextValues((0..<131).map { validity[$0] ? "é\($0)" : word })
      #expect(output.isIdentical(to: Column(.text(expected))))
    }
  }

  @Test("what cannot be filled says why")
  func errors() throws {
    let golden = try ColumnGolden()
    func message(_ run: ColumnTransformerRun<FillNA>) throws -> String {
      try #require(throws: TransformerError.self) { try run(golden.fit) }.description
    }
    #expect(
      try message(run("constant", ["lot", "whole"], value: "x"))
        == "\"x\" is not a value of column \"lot\", which is of type float64; give one, or leave the column out")
    #expect(try message(run("constant", ["whole"], value: "1.5")).hasPrefix("\"1.5\" is not a value of column \"whole\""))
    #expect(try message(run("constant", ["lot"], value: "nan")).hasPrefix("\"nan\" is not a value"))
    #expect(try message(run("constant", ["day"])).hasPrefix("\"0\" is not a value of column \"day\", which is of type date"))
    #expect(
      try message(run("median", ["city"]))
        == "column \"city\" is of type text, and this transformer needs numbers for the strategy median; name another column, or convert it first"
    )
    #expect(try message(run("mean", ["zz"])).hasPrefix("there is no column \"zz\""))
    #expect(throws: TransformerError.duplicateColumn("lot")) { try run("mean", ["lot", "lot"])(golden.fit) }
    let fitted = try run("mean", ["lot"]).transformer.fit([.frame(golden.fit)])
    let retyped = DataFrame([("lot", Column(.int64([1])))])
    #expect(throws: TransformerError.columnType(column: "lot", got: "int64", needed: "float64, as when it was fitted")) {
      try fitted.apply([.frame(retyped)])
    }
    #expect(throws: TransformerError.missingColumns(["lot"], available: ["a"])) {
      try fitted.apply([.frame(DataFrame([("a", Column(.int64([1])))]))])
    }
  }

  @Test("damaged states are refused", arguments: ["constant", "most_frequent"])
  func damage(strategy: String) throws { try run(strategy).refusesDamage(ColumnGolden().fit) }
}
