import Mistique
import Testing

@testable import TabularPipelines

struct AvgTests {
  private let names = ["lot", "small", "noise", "rooms", "flag", "empty"]

  private func run(_ columns: [String], by: String) -> ColumnTransformerRun<Avg> {
    ColumnTransformerRun(Avg.self, ["columns": .texts(columns), "by": .text(by)])
  }

  @Test("Means are those of pandas, by keys of every type", arguments: ["city", "code", "flag", "day"])
  func meansAsPandas(by: String) throws {
    let golden = try ColumnGolden()
    let outputs = try run(names, by: by)(golden.fit, golden.other)
    for (side, output) in zip(["fit", "other"], outputs) {
      let added = names.map { "\($0)_avg_by_\(by)" }
      #expect(output.names == golden.fit.names + added)
      for name in added {
        let expected = try golden.column(["average", name, side], .float64)
        if name.hasPrefix("noise") {
          #expect(output[name]!.isClose(to: expected, relative: 1e-9), "column \(name) of \(side)")
        } else {
          #expect(output[name]!.isIdentical(to: expected), "column \(name) of \(side)")
        }
      }
    }
  }

  @Test("Infinities count; of both signs in one group there is no mean")
  func infinities() throws {
    let frame = DataFrame([
      ("k", Column(.int64([1, 1, 2, 2, 3]))), ("x", Column(.float64([1, .infinity, .infinity, -.infinity, .nan]))),
    ])
    let output = try run(["x"], by: "k")(frame)[0]["x_avg_by_k"]!
    #expect(output.isIdentical(to: Column(.float64([.infinity, .infinity, 0, 0, 0]), validity: Validity(words: [3], count: 5))))
  }

  @Test("A column may be averaged by itself; texts that are only canonically equivalent are different keys")
  func keys() throws {
    let frame = DataFrame([("t", Column(.text(TextValues(["\u{e9}", "e\u{301}", "\u{e9}"])))), ("x", Column(.int64([1, 2, 5])))])
    #expect(try run(["x"], by: "t")(frame)[0]["x_avg_by_t"]!.isIdentical(to: Column(.float64([3, 2, 3]))))
    #expect(try run(["x"], by: "x")(frame)[0]["x_avg_by_x"]!.isIdentical(to: Column(.float64([1, 2, 5]))))
  }

  @Test("Zero rows give an empty column, and later rows a missing mean")
  func zeroRows() throws {
    let none = DataFrame([("k", Column(.int64([]))), ("x", Column(.float64([])))])
    let some = DataFrame([("k", Column(.int64([1]))), ("x", Column(.float64([1])))])
    let outputs = try run(["x"], by: "k")(none, some)
    #expect(outputs[0]["x_avg_by_k"]!.isIdentical(to: Column(.float64([]))))
    #expect(outputs[1]["x_avg_by_k"]!.missingCount == 1)
  }

  @Test("What cannot be averaged says why")
  func errors() throws {
    let golden = try ColumnGolden()
    #expect(throws: TransformerError.columnType(column: "city", got: "text", needed: "numbers or booleans")) {
      try run(["city"], by: "code")(golden.fit)
    }
    #expect(throws: TransformerError.columnType(column: "lot", got: "float64", needed: "int64, text, boolean, date or timestamp for a key"))
    {
      try run(["rooms"], by: "lot")(golden.fit)
    }
    #expect(throws: TransformerError.missingColumns(["zz"], available: golden.fit.names)) { try run(["lot"], by: "zz")(golden.fit) }
    #expect(throws: TransformerError.missingColumns(["zz"], available: golden.fit.names)) { try run(["zz"], by: "code")(golden.fit) }
    let once = try run(["lot"], by: "code")(golden.fit)[0]
    #expect(throws: TransformerError.duplicateColumn("lot_avg_by_code")) { try run(["lot"], by: "code")(once) }
    let fitted = try run(["lot"], by: "code").transformer.fit([.frame(golden.fit)])
    #expect(throws: TransformerError.columnType(column: "code", got: "text", needed: "int64, as when it was fitted")) {
      try fitted.apply([.frame(DataFrame([("lot", Column(.int64([1]))), ("code", Column(.text(TextValues(["3"]))))]))])
    }
  }

  @Test("Damaged states are refused", arguments: ["city", "code", "flag", "day"])
  func damage(by: String) throws { try run(["lot", "rooms"], by: by).refusesDamage(ColumnGolden().fit) }
}
