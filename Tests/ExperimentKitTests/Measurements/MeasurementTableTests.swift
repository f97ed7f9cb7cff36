import Foundation
import Testing

@testable import ExperimentKit

struct MeasurementTableTests {
  @Test("A matrix is whole, whatever the order of its rows, or an error")
  func matrix() throws {
    func table(_ cells: [(String, String, Double)]) throws -> MeasurementTable {
      var table = try MeasurementTable(parameters: ["scheme", "class", "neuron"])
      for (row, column, value) in cells {
        try table.append("mean", value, unit: "1", at: ["scheme": "full", "class": row, "neuron": column])
      }
      return table
    }
    func matrix(_ table: MeasurementTable, _ scheme: String = "full") throws -> [[Double]] {
      try table.matrix("mean", rows: "class", columns: "neuron", where: ["scheme": scheme])
    }
    let cells = [("0", "0", 1.0), ("0", "1", 2), ("0", "2", 3), ("1", "2", 6), ("1", "0", 4), ("1", "1", 5)]
    #expect(try matrix(table(cells)) == [[1, 2, 3], [4, 5, 6]])
    for place in cells.indices {
      var fewer = cells
      fewer.remove(at: place)
      #expect(throws: MeasurementError.self) { try matrix(table(fewer)) }
    }
    #expect(throws: MeasurementError.self) { try matrix(table([])) }
    #expect(throws: MeasurementError.self) { try matrix(table(cells), "8BIT") }
  }

  @Test("A measurement table keeps every finite number to the last bit through its CSV")
  func roundTrip() throws {
    var table = try MeasurementTable(parameters: ["case"])
    let numbers: [any Measurable] = [
      Int64.max, Int64.min, Int(0), 9_007_199_254_740_993 as Int64, 0.1, -0.0, 5.0, Double.leastNonzeroMagnitude,
      Double.greatestFiniteMagnitude, 1.0 / 3, Float(0.1), 1e300,
    ]
    for (index, number) in numbers.enumerated() { try table.append("value", number, unit: "1", at: ["case": index]) }
    let again = try MeasurementTable(bytes: Array(table.csv.utf8), file: "rows.csv")
    #expect(again == table)
    for (index, number) in numbers.enumerated() {
      let read = try again.measured("value", where: ["case": index])
      #expect(read == number.measured)
      #expect(read.double.bitPattern == number.measured.double.bitPattern)
    }
  }

  @Test("A measurement table keeps random bit patterns, and prints the seed when it does not", arguments: [UInt64(2018), 7])
  func randomRoundTrip(seed: UInt64) throws {
    var state = seed
    for _ in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state ^ (state >> 31))
      guard value.isFinite else { continue }
      let parsed = MeasuredValue(parsing: MeasuredValue.real(value).description)
      #expect(parsed?.double.bitPattern == value.bitPattern, "seed \(seed)")
    }
  }

  @Test("A measurement table keeps commas, quotes, line breaks and emoji in parameters")
  func quoting() throws {
    var table = try MeasurementTable(parameters: ["scheme, or \"policy\""])
    for text in ["a,b", "say \"hi\"", "two\nlines", "two\r\nlines", "🔬 é", " spaces "] {
      try table.append("value", 1, unit: "1", at: ["scheme, or \"policy\"": text])
    }
    #expect(try MeasurementTable(bytes: Array(table.csv.utf8), file: "rows.csv") == table)
  }

  @Test("A measurement table refuses NaN and the infinities", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) throws {
    var table = try MeasurementTable(parameters: ["policy"])
    #expect {
      try table.append("readSeconds", value, unit: "s", at: ["policy": "LP"])
    } throws: { error in
      "\(error)".contains("'readSeconds' at policy=LP is \(value)")
    }
    #expect(table.rows.isEmpty)
  }

  @Test("A measurement table refuses a missing, an empty and an unknown parameter, and a second copy of a row")
  func incompleteRows() throws {
    var table = try MeasurementTable(parameters: ["policy"])
    #expect(throws: MeasurementError.missingParameter("policy", metric: "m")) { try table.append("m", 1, unit: "1", at: [:]) }
    #expect(throws: MeasurementError.missingParameter("policy", metric: "m")) { try table.append("m", 1, unit: "1", at: ["policy": ""]) }
    #expect(throws: MeasurementError.unknownParameter("layer", all: ["policy"])) {
      try table.append("m", 1, unit: "1", at: ["policy": "LP", "layer": 3])
    }
    try table.append("m", 1, unit: "1", at: ["policy": "LP"])
    #expect(throws: MeasurementError.duplicate("m", at: "policy=LP")) { try table.append("m", 2, unit: "1", at: ["policy": "LP"]) }
    #expect(table.rows.count == 1)
  }

  @Test(
    "A measurement table refuses columns that are empty, repeated or reserved",
    arguments: [["a", "a"], [""], ["value"], ["metric"], ["unit"]])
  func badColumns(columns: [String]) {
    #expect(throws: MeasurementError.self) { try MeasurementTable(parameters: columns) }
  }

  @Test(
    "A measurement table names file and line of what is damaged",
    arguments: [
      ("", 1, "empty"), ("policy,metric,unit\n", 1, "header"), ("policy,metric,unit,value\nLP,m,1\n", 2, "3 fields"),
      ("policy,metric,unit,value\nLP,m,1,1\nLP,m,1,x\n", 3, "'x' is not a finite number"),
      ("policy,metric,unit,value\nLP,m,1,nan\n", 2, "not a finite number"), ("policy,metric,unit,value\nLP,m,1,1", 2, "cut off"),
      ("policy,metric,unit,value\n\"LP,m,1,1\n", 2, "not closed"), ("policy,metric,unit,value\nL\"P,m,1,1\n", 2, "quote"),
      ("policy,metric,unit,value\n\"LP\"x,m,1,1\n", 2, "closing quote"), ("policy,metric,unit,value\nLP,m,1,1\nLP,m,1,2\n", 3, "twice"),
      ("policy,metric,unit,value\n,m,1,1\n", 2, "policy"),
      ("policy,metric,unit,value\n\"a\nb\",m,1,1\nLP,m,1,\n", 4, "not a finite number"),
      ("policy,metric,unit,value\nLP,m,1,9223372036854775808\n", 2, "not a finite number"),
    ])
  func damage(text: String, line: Int, words: String) {
    #expect {
      try MeasurementTable(bytes: Array(text.utf8), file: "some/rows.csv")
    } throws: { error in
      guard let error = error as? CSVError else { return false }
      return error.line == line && error.description.hasPrefix("some/rows.csv:\(line): ") && error.problem.contains(words)
    }
  }

  @Test("A measurement table reads CRLF files")
  func carriageReturns() throws {
    let table = try MeasurementTable(bytes: Array("policy,metric,unit,value\r\nLP,m,1,2.5\r\n".utf8), file: "rows.csv")
    #expect(try table.value("m") == 2.5)
  }

  @Test("A measurement table answers with the value, the repetitions, their median and the distinct values of a parameter")
  func queries() throws {
    let table = try Sample.table()
    #expect(try table.value("storedBytes", where: ["policy": "DEDUP"]) == 611_000_000)
    #expect(try table.repetitions("readSeconds", where: ["policy": "LP"]).map(\.double) == [0.5, 0.25, 0.75])
    #expect(try table.median("readSeconds", where: ["policy": "LP"]) == 0.5)
    #expect(try table.values(of: "policy") == ["STORE_ALL", "LP", "DEDUP"])
    #expect(try table.filter("storedBytes").rows.count == 3)
    #expect(table.metrics == ["storedBytes", "readSeconds"])
  }

  @Test("A measurement table treats a missing cell as an error that says what is there, and an ambiguous one likewise")
  func missingCells() throws {
    let table = try Sample.table()
    #expect {
      try table.value("storedBytes", where: ["policy": "POOL"])
    } throws: {
      "\($0)".contains("No measurement of 'storedBytes' at policy=POOL") && "\($0)".contains("policy=LP repetition=1")
    }
    #expect { try table.value("nonsense") } throws: { "\($0)".contains("none of this metric") }
    #expect { try table.value("storedBytes") } throws: { "\($0)".contains("3 measurements") }
    #expect { try table.median("readSeconds") } throws: { "\($0)".contains("9 measurements") }
    #expect(throws: MeasurementError.unknownParameter("layer", all: ["policy", "repetition"])) {
      try table.value("storedBytes", where: ["layer": 1])
    }
  }
}
