import Foundation
import Mistique
import Testing

@testable import TabularPipelines

struct ScaleTests {
  private func parameters(_ values: [String: ParameterValue]) -> Parameters { Parameters(values, declarations: Scale.signature.parameters) }

  @Test("Columns are scaled as scikit-learn scales them", arguments: ["standard", "minmax", "robust"])
  func asScikitLearn(method: String) throws {
    let section = try #require(try LearnersGolden.section("scale") as? [String: Any])
    let names = try #require(section["names"] as? [String])
    let table = try LearnersGolden.table(section["columns"])
    let expected = try LearnersGolden.table((section["scaled"] as? [String: Any])?[method])
    // Gaps as missing values and as NaN.
    for gapsAreMissing in [true, false] {
      let columns = zip(names, table).map { name, values -> (name: String, column: Column) in
        var present = Validity(count: values.count, present: true)
        for row in values.indices where values[row].isNaN && gapsAreMissing { present[row] = false }
        return (name, Column(.float64(values), validity: present))
      }
      let frame = DataFrame(rowIDs: .first(table[0].count), columns: columns)
      let transformer = Scale(parameters(["method": .text(method)]))
      let fitted = try transformer.fit([.frame(frame)])
      let scaled = try fitted.apply([.frame(frame)])[0]
      #expect(scaled.names == names && scaled.rowIDs == frame.rowIDs)
      // A spread below 2e-15 is none to scikit-learn's MinMaxScaler and RobustScaler, whatever the size of the values.
      for (name, values) in zip(names, expected) where name != "tiny" || method == "standard" {
        let column = try #require(scaled[name])
        let found = try #require(column.doubles)
        #expect(column.missingCount == (gapsAreMissing ? values.count { $0.isNaN } : 0), "\(name)")
        #expect(zip(found, values).allSatisfy { $0.isNaN == $1.isNaN }, "\(name): other gaps")
        let pairs = zip(found, values).filter { !$0.0.isNaN }
        // Centres may be some roundings of the largest value apart: of 101 times 0.1 scikit-learn's mean is 15 roundings off.
        let learned = try #require((fitted as? Scale.Fitted)?.scalings.first { $0.name == name }?.scaling)
        let largest = table[names.firstIndex(of: name)!].reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
        let allowed = 32 * largest.ulp / learned.scale + 1e-12 * pairs.reduce(0) { max($0, abs($1.1)) }
        let error = pairs.reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= allowed, "\(method) \(name): \(error), allowed \(allowed)")
      }
      let restored = try transformer.restore(fitted.state)
      #expect(try restored.apply([.frame(frame)])[0].isIdentical(to: scaled))
      #expect(restored.state == fitted.state)
      try expectDamagedStatesRefused(transformer, state: fitted.state, parameters: parameters(["method": .text(method)]))
    }
  }

  @Test(
    "Integers that float64 would round are an error, when they are learned from and when they are scaled",
    arguments: ["standard", "minmax", "robust"])
  func roundedIntegers(method: String) throws {
    func frame(_ values: [Int64]) -> DataFrame { DataFrame(rowIDs: .list([4, 5, 9]), columns: [("n", Column(.int64(values)))]) }
    let large = frame([1_733_299_200_000_000_000, 1_733_299_200_000_000_001, 1_733_299_200_000_000_256])
    let transformer = Scale(parameters(["method": .text(method)]))
    #expect { try transformer.fit([.frame(large)]) } throws: { "\($0)".contains("1733299200000000001") }
    let fitted = try transformer.fit([.frame(frame([1, 2, 4]))])
    #expect { try fitted.apply([.frame(large)]) } throws: { "\($0)".contains("1733299200000000001") }
  }

  @Test("Only numeric columns are scaled, and the others are passed on")
  func choice() throws {
    let frame = DataFrame(
      rowIDs: .list([4, 9]),
      columns: [
        ("whole", Column(.int64([1, 3]))), ("text", Column(.text(TextValues(["a", "b"])))), ("flag", Column(.boolean([true, false]))),
        ("single", Column(.float32([2, 4]))), ("day", Column(.date([1, 2]))),
      ])
    let fitted = try Scale(parameters([:])).fit([.frame(frame)])
    let scaled = try fitted.apply([.frame(frame)])[0]
    #expect(scaled.names == frame.names && scaled.rowIDs == frame.rowIDs)
    #expect(scaled["whole"]!.isIdentical(to: Column(.float64([-1, 1]))))
    #expect(scaled["single"]!.isIdentical(to: Column(.float64([-1, 1]))))
    for name in ["text", "flag", "day"] { #expect(scaled[name]!.isIdentical(to: frame[name]!)) }
    let one = try Scale(parameters(["columns": .texts(["whole"])])).fit([.frame(frame)])
    #expect(try one.apply([.frame(frame)])[0]["single"]!.isIdentical(to: frame["single"]!))
  }

  @Test(
    "What was learned is applied to other rows, and a column without a value stays missing", arguments: ["standard", "minmax", "robust"])
  func otherRows(method: String) throws {
    func frame(_ x: [Double], _ gone: [Double], _ present: Bool) -> DataFrame {
      DataFrame(
        rowIDs: .first(x.count),
        columns: [("x", Column(.float64(x))), ("gone", Column(.float64(gone), validity: Validity(count: x.count, present: present)))])
    }
    let fitted = try Scale(parameters(["method": .text(method)])).fit([.frame(frame([0, 4], [0, 0], false))])
    let scaled = try fitted.apply([.frame(frame([8, 2, .nan], [1, 2, .nan], true))])[0]
    let expected = ["standard": [3, 0], "minmax": [2, 0.5], "robust": [3, 0]][method]!
    #expect(Array(scaled["x"]!.doubles!.prefix(2)) == expected)
    #expect(scaled["x"]!.doubles![2].isNaN && scaled["x"]!.missingCount == 0)
    #expect(scaled["gone"]!.missingCount == 2 && scaled["gone"]!.isPresent(2))
    let empty = frame([], [], true)
    let onNothing = try Scale(parameters(["method": .text(method)])).fit([.frame(empty)])
    #expect(try onNothing.apply([.frame(empty)])[0].rowCount == 0)
    #expect(try fitted.apply([.frame(empty)])[0].names == ["x", "gone"])
  }

  @Test("Texts, infinities, unknown and repeated names are errors that name the column")
  func errors() throws {
    let text = DataFrame(rowIDs: .first(1), columns: [("t", Column(.text(TextValues(["a"])))), ("x", Column(.float64([1])))])
    #expect(throws: NumericColumnError.notNumeric(column: "t", type: .text)) {
      try Scale(parameters(["columns": .texts(["x", "t"])])).fit([.frame(text)])
    }
    #expect(throws: NumericColumnError.namedTwice("x")) { try Scale(parameters(["columns": .texts(["x", "x"])])).fit([.frame(text)]) }
    #expect(throws: TransformerError.missingColumns(["y"], available: ["t", "x"])) {
      try Scale(parameters(["columns": .texts(["x", "y"])])).fit([.frame(text)])
    }
    let onlyText = DataFrame(rowIDs: .first(1), columns: [("t", Column(.text(TextValues(["a"]))))])
    let none = try #require(throws: NumericColumnError.self) { try Scale(parameters([:])).fit([.frame(onlyText)]) }
    #expect(none.description == "there is no int64, float32 or float64 column; there are t")
    for method in ["standard", "minmax", "robust"] {
      let scale = Scale(parameters(["method": .text(method)]))
      let infinite = DataFrame(rowIDs: .list([7, 8]), columns: [("x", Column(.float32([1, -.infinity])))])
      let error = try #require(throws: NumericColumnError.self) { try scale.fit([.frame(infinite)]) }
      #expect(
        error.description
          == "column \"x\" is infinite in row_id 8; only finite numbers can be worked on, so drop the row or the column")
      let fine = DataFrame(rowIDs: .list([7, 8]), columns: [("x", Column(.float32([1, 2])))])
      #expect(throws: NumericColumnError.infinite(column: "x", rowID: 8)) { try scale.fit([.frame(fine)]).apply([.frame(infinite)]) }
      let huge = DataFrame(rowIDs: .first(4), columns: [("x", Column(.float64([-1.7e308, -1.7e308, 1.7e308, 1.7e308])))])
      #expect(throws: NumericColumnError.outOfRange(column: "x")) { try scale.fit([.frame(huge)]) }
    }
  }
}
