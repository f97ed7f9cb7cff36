import Mistique
import Testing

@testable import TabularPipelines

struct FillNATests {
  private typealias Run = ColumnTransformerRun<FillNA>

  private func run(_ strategy: String, _ columns: [String] = [], value: String = "0") -> ColumnTransformerRun<FillNA> {
    ColumnTransformerRun(FillNA.self, ["strategy": .text(strategy), "columns": .texts(columns), "value": .text(value)])
  }

  @Test("Gaps are filled with the values that scikit-learn fills them with", arguments: ["mean", "median", "most_frequent"])
  func learnsAsScikitLearn(strategy: String) throws {
    let golden = try ColumnGolden()
    let numbers = ["lot", "small", "noise", "rooms", "half", "empty"]
    let names = numbers + (strategy == "most_frequent" ? ["city", "code", "flag", "day"] : [])
    let outputs = try run(strategy, names, value: "3")(golden.fit, golden.other)
    for (side, output) in zip(["fit", "other"], outputs) {
      #expect(output.names == golden.fit.names)
      for name in names {
        // The mean of the integers in "rooms" is no whole number.
        let isWidened = name == "rooms" && strategy == "mean"
        let expected = try golden.column(["fill", strategy, side, name], isWidened ? .float64 : golden.fit[name]!.type)
        if name == "noise" {
          #expect(output[name]!.isClose(to: expected, relative: 1e-12), "column \(name)")
        } else {
          #expect(output[name]!.isIdentical(to: expected), "column \(name)")
        }
      }
    }
  }

  @Test("A constant fills every column that it is a value of, and leaves the others")
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

  @Test("A column that had no gap when fitted is passed on, whatever it has later")
  func onlyFittedGaps() throws {
    let fit = DataFrame([("a", Column(.float64([1, 2]))), ("b", Column(.float64([1, .nan])))])
    let later = DataFrame([("a", Column(.float64([.nan, 2]))), ("b", Column(.float64([.infinity, .nan])))])
    let outputs = try run("mean")(fit, later)
    #expect(outputs[1]["a"]!.isIdentical(to: later["a"]!))
    #expect(outputs[1]["b"]!.isIdentical(to: Column(.float64([.infinity, 1]))))
  }

  private func integers(_ values: [Int64]) -> DataFrame {
    var validity = Validity(count: values.count + 1, present: true)
    validity[values.count] = false
    let rowIDs = RowIDs.list((0...values.count).map { Int64($0 * 10) })
    return DataFrame(rowIDs: rowIDs, columns: [("a", Column(.int64(values + [0]), validity: validity))])
  }

  @Test("Whole means and medians of integers keep the column's type, also at its ends")
  func wholeMeans() throws {
    let (most, least) = (Int64.max, Int64.min)
    let cases: [([Int64], Int64)] = [
      ([1, 3], 2), ([-1, -3], -2), ([0, 0], 0), ([-5, 3], -1), ([most, most], most), ([least, least], least), ([most, most - 2], most - 1),
      ([7], 7),
      ([least, most - 1], -1),
    ]
    for (values, expected) in cases {
      for strategy in ["mean", "median"] {
        let output = try run(strategy)(integers(values))[0]["a"]!
        #expect(output.isIdentical(to: Column(.int64(values + [expected]))), "\(strategy) of \(values)")
      }
    }
  }

  @Test("A mean or median that is no whole number makes the column float64, and is not rounded")
  func fractionsWiden() throws {
    let cases: [([Int64], mean: Double, median: Double)] = [
      ([0, 1, 1], 2.0 / 3, 1), ([1, 2], 1.5, 1.5), ([-1, -2], -1.5, -1.5), ([0, -1], -0.5, -0.5), ([1, 1, 2, 3], 1.75, 1.5),
      ([-5, 2], -1.5, -1.5),
      ([1 << 52, 1], 2_251_799_813_685_248.5, 2_251_799_813_685_248.5), ([Int64.min, Int64.min, 0], -6_148_914_691_236_517_205.3, 0),
    ]
    for (values, mean, median) in cases {
      let frame = integers(values)
      func expected(_ fill: Double) -> Column { Column(.float64(values.map(Double.init) + [fill])) }
      #expect(try run("mean")(frame)[0]["a"]!.isIdentical(to: expected(mean)), "mean of \(values)")
      let found = try run("median")(frame)[0]["a"]!
      if median == median.rounded() {
        #expect(
          found.isIdentical(to: frame["a"]!.fillingMissing(with: Column(.int64([values.sorted()[values.count / 2]])))),
          "median of \(values)")
      } else {
        #expect(found.isIdentical(to: expected(median)), "median of \(values)")
      }
    }
  }

  @Test("An integer that float64 does not have is an error where its column would become float64")
  func noSilentRounding() throws {
    let frame = integers([0, 9_007_199_254_740_993])
    let error = try #require(throws: NumericColumnError.self) { try run("median")(frame) }
    #expect(error == .notFloat64(column: "a", rowID: 10, value: 9_007_199_254_740_993))
    #expect(
      error.description
        == "the fill value of column \"a\" is no whole number, so the column becomes float64, which has no 9007199254740993 "
        + "(row_id 10); fill with a constant or the most frequent value, or leave the column out")
    // Filled with a whole number it stays as it is.
    #expect(try run("median")(integers([1, 9_007_199_254_740_993]))[0]["a"]!.type == .int64)
    let fitted = try run("mean").transformer.fit([.frame(integers([0, 1]))])
    #expect(throws: NumericColumnError.notFloat64(column: "a", rowID: 10, value: .max)) { try fitted.apply([.frame(integers([0, .max]))]) }
  }

  @Test("Sums and midpoints of huge numbers do not overflow")
  func hugeNumbers() throws {
    let huge = Double.greatestFiniteMagnitude
    for strategy in ["mean", "median"] {
      let output = try run(strategy)(DataFrame([("a", Column(.float64([huge, huge, .nan, .infinity])))]))[0]
      #expect(output["a"]!.isIdentical(to: Column(.float64([huge, huge, huge, .infinity]))))
    }
  }

  @Test("Zero rows stay, and columns of nothing but gaps take the given value")
  func emptyColumns() throws {
    for strategy in ["constant", "mean", "median", "most_frequent"] {
      let none = DataFrame([("a", Column(.float64([]))), ("t", Column(.text(TextValues())))])
      #expect(try run(strategy)(none)[0].isIdentical(to: none))
      let gaps = DataFrame([("a", Column(.float64([.nan, 0]), validity: Validity(words: [1], count: 2)))])
      #expect(try run(strategy, value: "-2.5")(gaps)[0]["a"]!.isIdentical(to: Column(.float64([-2.5, -2.5]))))
      #expect(try run(strategy, value: "none")(gaps)[0].isIdentical(to: gaps), "a value that fits no column leaves it")
    }
  }

  @Test("Texts of any length are put between others")
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

  @Test("What cannot be filled says why")
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
        == "column \"city\" is of type text, and this transformer needs numbers for the strategy median; name another column, or convert it first (Cast)"
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

  @Test("Damaged states are refused", arguments: ["constant", "most_frequent"])
  func damage(strategy: String) throws { try run(strategy).refusesDamage(ColumnGolden().fit) }

  @Test(
    "A constant that float32 does not have is refused where the column is float32, as it is in a file", arguments: ["16777217", "1e-60"])
  func singleConstants(text: String) {
    #expect(FillValue(text, type: .float32) == nil && FillValue(text, type: .float64) != nil)
    #expect(FillValue("16777216", type: .float32) == .float32(16_777_216) && FillValue("0.1", type: .float32) == .float32(0.1))
  }
}
