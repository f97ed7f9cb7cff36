import Mistique
import Testing

@testable import TabularPipelines

/// GetConstructionRecency, ComputeNeighborhood and IsResidential.
struct HomeColumnTests {
  @Test("Recency is the reference year minus the year, as pandas subtracts")
  func recency() throws {
    let golden = try ColumnGolden()
    let outputs = try ColumnTransformerRun(GetConstructionRecency.self)(golden.fit, golden.other)
    for (side, output) in zip(["fit", "other"], outputs) {
      #expect(output.names == golden.fit.names + ["construction_recency"])
      #expect(try output["construction_recency"]!.isIdentical(to: golden.column(["recency", side], .int64)))
    }
  }

  @Test("Recency keeps the type of the year, and what does not fit is missing")
  func recencyOfTypes() throws {
    func recency(_ column: Column) throws -> Column {
      let run = ColumnTransformerRun(
        GetConstructionRecency.self, ["column": .text("y"), "reference_year": .integer(2000), "output": .text("age")])
      return try run(DataFrame([("y", column)]))[0]["age"]!
    }
    let validity = Validity(words: [7], count: 4)
    #expect(
      try recency(Column(.float32([1990.5, .infinity, 2001, 5]), validity: validity))
        .isIdentical(to: Column(.float32([9.5, -.infinity, -1, 0]), validity: validity)))
    #expect(
      try recency(Column(.float64([1990.5, -.infinity, 2001, 5]), validity: validity))
        .isIdentical(to: Column(.float64([9.5, .infinity, -1, 0]), validity: validity)))
    guard case .float64(let notNumbers) = try recency(Column(.float64([.nan]))).values else { Issue.record("not a float64"); return }
    #expect(notNumbers[0].isNaN)
    #expect(
      try recency(Column(.int64([Int64.min, 1, Int64.max, 5]), validity: validity))
        .isIdentical(to: Column(.int64([0, 1_999, 2_000 - Int64.max, 0]), validity: Validity(words: [6], count: 4))))
    #expect(try recency(Column(.int64([]))).count == 0)
    #expect(throws: TransformerError.columnType(column: "y", got: "date", needed: "int64, float32 or float64")) {
      try recency(Column(.date([1])))
    }
  }

  @Test("Neighborhoods are the cells that pandas counts")
  func neighborhoods() throws {
    let golden = try ColumnGolden()
    let outputs = try ColumnTransformerRun(ComputeNeighborhood.self)(golden.fit, golden.other)
    for (side, output) in zip(["fit", "other"], outputs) {
      #expect(output.names == golden.fit.names + ["neighborhood", "neighborhood_size"])
      for name in ["neighborhood", "neighborhood_size"] {
        #expect(try output[name]!.isIdentical(to: golden.column(["neighborhood", side, name], .int64)), "\(name) of \(side)")
      }
    }
    guard case .int64(let sizes) = outputs[1]["neighborhood_size"]!.values else { Issue.record("not an int64"); return }
    #expect(sizes.indices.contains { sizes[$0] == 0 && outputs[1]["neighborhood_size"]!.isPresent($0) }, "some cell is new")
    #expect(sizes.contains { $0 > 0 }, "some cell is not")
  }

  @Test("Every cell of 32-bit coordinates has a number of its own, up to the edges")
  func cellsAtTheEdges() throws {
    let edge = 2_147_483_648.0
    let values = [-edge, -1, 0, 1, edge - 1]
    let outside = [(edge, 0), (0, edge), (-edge - 1, 0), (.infinity, 0), (.nan, 0)]
    let places = (0..<25).map { (values[$0 / 5], values[$0 % 5]) } + outside
    let y: [Double] = places.map(\.0)
    let x: [Double] = places.map(\.1)
    let frame = DataFrame([("latitude", Column(.float64(y))), ("longitude", Column(.float64(x)))])
    let output = try ColumnTransformerRun(ComputeNeighborhood.self, ["cell_size": .number(1)])(frame)[0]
    guard case .int64(let cells) = output["neighborhood"]!.values else { Issue.record("not an int64"); return }
    #expect(Set(cells.prefix(25)).count == 25)
    for row in 0..<25 {
      #expect(Double(cells[row] >> 32) == y[row] && Double(Int32(truncatingIfNeeded: cells[row])) == x[row], "row \(row)")
    }
    #expect(output["neighborhood"]!.validity == Validity(words: [(1 << 25) - 1], count: 30))
    #expect(output["neighborhood_size"]!.validity == output["neighborhood"]!.validity)
    let tiny = try ColumnTransformerRun(ComputeNeighborhood.self, ["cell_size": .number(Double.leastNonzeroMagnitude)])(frame)[0]
    #expect(tiny["neighborhood"]!.missingCount == 29, "only 0/0 has a cell")
  }

  @Test("Coordinates that are no numbers and outputs that are taken are errors, and zero rows give none")
  func neighborhoodErrors() throws {
    let golden = try ColumnGolden()
    #expect(throws: TransformerError.columnType(column: "city", got: "text", needed: "int64, float32 or float64")) {
      try ColumnTransformerRun(ComputeNeighborhood.self, ["latitude": .text("city")])(golden.fit)
    }
    #expect(throws: TransformerError.missingColumns(["x"], available: golden.fit.names)) {
      try ColumnTransformerRun(ComputeNeighborhood.self, ["longitude": .text("x")])(golden.fit)
    }
    let once = try ColumnTransformerRun(ComputeNeighborhood.self)(golden.fit)[0]
    #expect(throws: TransformerError.duplicateColumn("neighborhood")) { try ColumnTransformerRun(ComputeNeighborhood.self)(once) }
    let none = try ColumnTransformerRun(ComputeNeighborhood.self)(golden.fit.slice(0..<0), golden.other)
    #expect(none[0].rowCount == 0)
    guard case .int64(let sizes) = none[1]["neighborhood_size"]!.values else { Issue.record("not an int64"); return }
    #expect(sizes.allSatisfy { $0 == 0 })
  }

  @Test("Damaged counts of neighborhoods are refused")
  func damage() throws { try ColumnTransformerRun(ComputeNeighborhood.self).refusesDamage(ColumnGolden().fit) }

  @Test("Residential are the codes under which people live, in integers and in texts")
  func residential() throws {
    let golden = try ColumnGolden()
    let run = ColumnTransformerRun(IsResidential.self, ["column": .text("landuse")])
    let texts = DataFrame([
      ("landuse", try ColumnGolden.column(texts: golden.fit["landuse"]!.goldenTexts, "text"))
    ])
    let outputs = try run(golden.fit, golden.other, texts)
    for (side, output) in zip(["fit", "other", "fit"], outputs) {
      #expect(try output["is_residential"]!.isIdentical(to: golden.column(["residential", side], .boolean)))
    }
    #expect(try run(golden.fit.slice(0..<0))[0]["is_residential"]!.count == 0)
  }

  @Test("Codes may be given, and one that is no integer is an error for integers")
  func residentialCodes() throws {
    let frame = DataFrame([
      ("i", Column(.int64([1, 2]))), ("t", Column(.text(TextValues(["01", "🏠"])))), ("f", Column(.float64([1, 2]))),
    ])
    func residential(_ column: String, _ codes: [String]) throws -> [String?] {
      let values: [String: ParameterValue] = ["column": .text(column), "codes": .texts(codes), "output": .text("r")]
      return try ColumnTransformerRun(IsResidential.self, values)(frame)[0]["r"]!.goldenTexts
    }
    #expect(try residential("i", ["1"]) == ["true", "false"])
    #expect(throws: TransformerError.unusableValue("01", column: "i", type: "int64")) { try residential("i", ["01"]) }
    #expect(try residential("t", ["1", "🏠"]) == ["false", "true"])
    #expect(try residential("t", []) == ["false", "false"])
    #expect(throws: TransformerError.unusableValue("🏠", column: "i", type: "int64")) { try residential("i", ["1", "🏠"]) }
    #expect(throws: TransformerError.columnType(column: "f", got: "float64", needed: "int64 or text")) { try residential("f", ["1"]) }
  }

  @Test("A state for a transformer that has none is refused")
  func noState() {
    #expect(throws: FittedStateError.self) { try ColumnTransformerRun(IsResidential.self).transformer.restore([1]) }
    #expect(throws: FittedStateError.self) { try ColumnTransformerRun(GetConstructionRecency.self).transformer.restore([1]) }
  }
}
