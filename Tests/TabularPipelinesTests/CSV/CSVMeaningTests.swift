import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Values that a narrower type would change, one kind at a time.
struct CSVMeaningTests {
  private func read(_ text: String, _ schema: CSVSchema = .inferred, piece: Int = 1 << 18) throws -> DataFrame {
    try CSVReader(schema: schema, pieceByteCount: piece, threadCount: 2).read(TemporaryDirectory().file("a.csv", text)).frame
  }

  private func message(_ text: String, _ schema: CSVSchema) throws -> String {
    let error = try #require(throws: CSVError.self) { try read(text, schema) }
    return String(error.description[error.description.range(of: "a.csv:")!.upperBound...])
  }

  private static let numbers = (10_001...11_000).map { "\($0)" }

  @Test(
    "A code with leading zeros behind the sample makes a text of its column",
    arguments: ["02116", "\"0012\"", "-0012", "+0012", "00", "007.50", "012e3"], [16, 1 << 18])
  func leadingZeros(code: String, piece: Int) throws {
    let value = code.replacingOccurrences(of: "\"", with: "")
    for values in [Self.numbers + [code], Self.numbers.map { "\($0).5" } + [code], [code] + Self.numbers] {
      let column = try read("k,m\n" + values.map { "\($0),1\n" }.joined(), piece: piece)["k"]!
      #expect(column.type == .text)
      #expect(column.goldenTexts == values.map { $0 == code ? value : $0 })
    }
  }

  @Test("A key with a leading zero and one without never pair")
  func joins() throws {
    let left = try read("zip,a\n" + (Self.numbers + ["02116"]).map { "\($0),x\n" }.joined())
    let right = try read("zip,b\n2116,no\n02116,yes\n")
    let join = Join(Parameters(["left_key": .text("zip"), "right_key": .text("zip")], declarations: Join.signature.parameters))
    let frame = try join.apply([.frame(left), .frame(right)])[0]
    #expect(frame["b"]!.goldenTexts == ["yes"])
    let integers = try read("zip,b\n2116,no\n10001,yes\n")
    #expect(integers["zip"]!.type == .int64)
    #expect(throws: TransformerError.keyTypes(left: .text, right: .int64)) { try join.apply([.frame(left), .frame(integers)]) }
  }

  @Test("Integers beyond 64 bits are texts that differ, and one of them rounds no other value")
  func wideIntegers() throws {
    let huge = ["11898508762506083287", "11898508762506083288", "11898508762506083289"]
    #expect(try read("n\n" + huge.joined(separator: "\n"))["n"]!.goldenTexts == huge)
    for mixture in [["9007199254740993", huge[0]], ["9007199254740993", "1.5"], ["1.5", "9007199254740993"], [huge[0], "1.5"]] {
      for values in [mixture, Self.numbers + mixture, [mixture[0]] + Self.numbers + [mixture[1]]] {
        let column = try read("n,m\n" + values.map { "\($0),1\n" }.joined(), piece: 509)["n"]!
        #expect(column.type == .text && column.goldenTexts == values)
      }
    }
    // Exactly a float64: 2^53, 2^64 and 10^22 lose nothing beside a decimal number.
    let column = try read("n\n1.5\n9007199254740992\n18446744073709551616\n10000000000000000000000\n")["n"]!
    #expect(column.doubles == [1.5, 9_007_199_254_740_992, 18_446_744_073_709_551_616, 1e22])
  }

  @Test(
    "A value that a given type cannot hold is an error with its line and the parameter that settles it",
    arguments: [
      (ColumnType.int64, "02116", "an integer without leading zeros"), (.int64, "\"0012\"", "an integer without leading zeros"),
      (.int64, "9223372036854775808", "an integer of 64 bits"), (.int64, "1.5", "an integer"), (.int64, "1e19", "an integer"),
      (.float64, "007.50", "a number without leading zeros"),
      (.float64, "9007199254740993", "an integer that float64 holds without rounding"),
      (.float64, "1e400", "a number in the range of float64"), (.float64, "1e-400", "a number in the range of float64"),
      (.float32, "16777217", "an integer that float32 holds without rounding"), (.float32, "1e39", "a number in the range of float32"),
      (.float64, "nan(1)", "a number"), (.float64, "0x1F", "a number"), (.date, "2015-02-29", "a date such as 2016-12-30"),
    ])
  func givenTypes(type: ColumnType, field: String, expected: String) throws {
    let schema = CSVSchema(types: ["k": type])
    let good = type == .date ? "2016-12-30" : "7"
    let got = field.replacingOccurrences(of: "\"", with: "")
    let message = try message("k,t\n\(good),a\n\(field),b\n", schema)
    #expect(
      message
        == "3: column \"k\": expected \(expected), got \"\(got)\"; correct the field, or give the column another type, such as types: "
        + "{\"k\": text}")
  }

  @Test("Numbers without a fraction are read exactly as given integers, in any form")
  func wholeNumbers() throws {
    let schema = CSVSchema(types: ["n": .int64])
    let fields = ["7.0", "6.1e+13", "9007199254740993.0", "9223372036854775807.00", "-1200e-2", "0e5", "-0.0", "1e18", ".5e1"]
    let values = ["7", "61000000000000", "9007199254740993", "9223372036854775807", "-12", "0", "0", "1000000000000000000", "5"]
    #expect(try read("n\n" + fields.joined(separator: "\n") + "\n", schema)["n"]!.goldenTexts == values)
  }

  @Test("NaN and infinity have three words each way; whatever else looks like them is a text")
  func words() throws {
    for word in ["nan", "NaN", "NAN", "+nan", "-nan", "inf", "-Inf", "+INF", "infinity", "-Infinity"] {
      #expect(try read("n\n1.5\n\(word)\n")["n"]!.type == .float64, "\(word)")
    }
    for word in ["nan(1)", "nan()", "NaN(abc)", "infinit", "in", "na", "0x1F", "0x1p3", "1_000", "--1", "1e", "½"] {
      #expect(try read("n\n1.5\n\(word)\n")["n"]!.goldenTexts == ["1.5", word])
    }
  }

  @Test("A quoted empty field is missing in columns of numbers, days and booleans, wherever it stands, and an empty text among texts")
  func quotedEmptyFields() throws {
    let small = try read("\"id\",\"price\"\n\"1\",\"2.5\"\n\"2\",\"\"\n\"3\",\"4\"\n")
    #expect(small["price"]!.isIdentical(to: Column(.float64([2.5, 0, 4]), validity: Validity(words: [0b101], count: 3))))
    for (value, type) in [
      ("7", ColumnType.int64), ("7.5", .float64), ("true", .boolean), ("2016-01-02", .date), ("2016-01-02 03:04:05", .timestamp),
    ] {
      for place in [0, 500, 1_200] {
        let rows = (0..<1_300).map { $0 == place ? "\"\",\"\"\n" : "\(value),x\n" }
        let frame = try read("v,t\n" + rows.joined(), piece: 97)
        #expect(frame["v"]!.type == type && frame["v"]!.missingCount == 1 && !frame["v"]!.isPresent(place))
        #expect(frame["t"]!.missingCount == 0 && frame["t"]!.goldenTexts[place] == "")
      }
    }
  }

  @Test(
    "Exponents of any size are texts or numbers, and never the end of the process",
    arguments: ["1e-9223372036854775808", "1e9223372036854775807", "1e-99999999999999999999"])
  func exponents(numeral: String) throws {
    for missing in [[], ["-999"], [numeral]] {
      let frame = try read("a,b\n\(numeral),1\n2,3\n", CSVSchema(missing: missing))
      #expect(frame.rowIDs.count == 2)
    }
    #expect(throws: CSVError.self) { try read("a,b\n\(numeral),1\n", CSVSchema(types: ["a": .int64])) }
  }

  @Test("Markers that are numbers count by value in columns of numbers, and byte for byte in others")
  func numericMarkers() throws {
    let schema = CSVSchema(missing: ["-999", "NA"])
    let text = "i,f,t,u\n1,1.5,x,-999.0\n-999,-9.99e2,-999.0,-999\n-999.0,-999.00,-999,NA\n\"-999\",\"-999.0\",NA,-99.9e1\n"
    for piece in [1, 7, 1 << 18] {
      let frame = try read(text, schema, piece: piece)
      #expect(frame.columns.map(\.type) == [.int64, .float64, .text, .float64])
      #expect(frame["i"]!.goldenTexts == ["1", nil, nil, "-999"])
      #expect(frame["f"]!.missingCount == 2 && frame["f"]!.doubles![3] == -999)
      #expect(frame["t"]!.goldenTexts == ["x", "-999.0", nil, nil])
      #expect(frame["u"]!.missingCount == 4)
    }
    // Integers are compared as integers: these two are the same float64.
    let wide = try read("n\n9007199254740993\n9007199254740992\n", CSVSchema(missing: ["9007199254740993"]))
    #expect(wide["n"]!.goldenTexts == [nil, "9007199254740992"])
  }
}
