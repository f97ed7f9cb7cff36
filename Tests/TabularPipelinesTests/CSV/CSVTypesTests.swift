import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Random files against an oracle in Python (`make_csv_types.py`), and properties of any file.
struct CSVTypesTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let bytes: Data
      let encoding: String
      let separator: String
      let missing: [String]
      let trim: Bool
      let header: Bool
      let names: [String]
      let types: [String]
      let values: [[String?]]

      var schema: CSVSchema {
        var schema = CSVSchema(missing: missing, separator: separator)
        (schema.trims, schema.hasHeader) = (trim, header)
        schema.encoding = CSVEncoding(rawValue: encoding)!
        return schema
      }
    }
    let cases: [Case]

    static func all() throws -> [Case] {
      let cases = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: golden("csv_types.json"))).cases
      try #require(cases.count == 300)
      return cases
    }
  }

  @Test("Types and values are what the fields mean, in any encoding, however small the pieces", arguments: 0..<10)
  func asTheyMean(part: Int) throws {
    let directory = TemporaryDirectory()
    let url = directory.url.appendingPathComponent("a.csv")
    for (seed, one) in try Golden.all().enumerated() where seed % 10 == part {
      try one.bytes.write(to: url)
      let isLong = one.values[0].count > 1_000
      for (piece, threads) in isLong ? [(61, 3), (1 << 18, 1)] : [(1, 3), (7, 1), (61, 3), (1 << 18, 1)] {
        let result = try CSVReader(schema: one.schema, pieceByteCount: piece, threadCount: threads).read(url)
        let place = "seed \(seed), pieces of \(piece) bytes"
        #expect(result.frame.names.map { Array($0.utf8) } == one.names.map { Array($0.utf8) }, "\(place)")
        #expect(result.frame.columns.map { "\($0.type)" } == one.types, "\(place)")
        for (column, expected) in zip(result.frame.columns, one.values) { expectSameTexts(column.goldenTexts, expected, place) }
        // What was settled on reads the same again, without inferring.
        #expect(
          try CSVReader(schema: result.schema, pieceByteCount: piece, threadCount: threads).read(url).frame.isIdentical(to: result.frame))
      }
    }
  }

  @Test("What was read is written so that it is read as the same columns", arguments: 0..<5)
  func writtenAgain(part: Int) throws {
    let directory = TemporaryDirectory()
    let (url, again) = (directory.url.appendingPathComponent("a.csv"), directory.url.appendingPathComponent("b.csv"))
    for (seed, one) in try Golden.all().enumerated() where seed % 5 == part {
      try one.bytes.write(to: url)
      let frame = try CSVReader(schema: one.schema).read(url).frame
      try CSVWriter().write(frame, to: again)
      let read = try CSVReader(schema: .inferred, pieceByteCount: 61, threadCount: 2).read(again).frame
      // Columns without a value, or of empty texts alone, say nothing of their type.
      for (place, column) in frame.columns.enumerated() where column.goldenTexts.contains(where: { $0 != nil && $0 != "" }) {
        #expect(read.columns[place].isIdentical(to: Self.withPositiveNaN(column)), "seed \(seed), column \(place)")
      }
    }
  }

  @Test("The type does not depend on the order of the values, nor on which are in the sample", arguments: 0..<6)
  func order(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let directory = TemporaryDirectory()
    let odd = ["9007199254740993", "1.5", "18446744073709551616", "007", "true", "2016-02-29", "x", "", "\"\"", "7.0", "-0", "nan"]
    var types: [ColumnType] = []
    for round in 0..<6 {
      let few = (0..<Int(random.next() % 3) + 1).map { _ in odd.randomElement(using: &random)! }
      let base = [["1", "22"], ["1.5", "2"], ["", ""]][round % 3]
      var values = (0..<1_300).map { base[$0 % 2] } + few
      var found: [ColumnType] = []
      for _ in 0..<3 {
        let url = try directory.file("a.csv", "n,m\n" + values.map { "\($0),1\n" }.joined())
        let frame = try CSVReader(schema: .inferred, pieceByteCount: 509, threadCount: 2).read(url).frame
        let texts = frame["n"]!.goldenTexts
        #expect(
          texts.indices.allSatisfy { (texts[$0] == nil) == (values[$0].isEmpty || (values[$0] == "\"\"" && frame["n"]!.type != .text)) })
        found.append(frame["n"]!.type)
        values.shuffle(using: &random)
      }
      #expect(Set(found).count == 1, "seed \(seed), \(few) among \(base): \(found)")
      types.append(found[0])
    }
    #expect(Set(types).count > 1, "all rounds had the same type, which tests nothing")
  }

  private static let german = "/usr/share/i18n/locales/de_DE"

  @Test("A point is one also where the program's language writes a comma", .enabled(if: FileManager.default.fileExists(atPath: german)))
  func commas() throws {
    let folder = TemporaryDirectory("locales")
    // Its warnings are status 1.
    _ = try Command.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder.path + "/de_DE.UTF-8"])
    setenv("LOCPATH", folder.path, 1)
    let made = newlocale(1 << LC_NUMERIC, "de_DE.UTF-8", nil)
    unsetenv("LOCPATH")
    let german = try #require(made)
    let before = uselocale(german)
    defer {
      uselocale(before)
      freelocale(german)
    }
    #expect(strtod("1,5", nil) == 1.5, "of this thread")
    for (text, number) in [("1.5e3", 1500), ("-2.5e-05", -2.5e-05), ("0.12345678901234567890123", 0.12345678901234567890123)] {
      let found = Array(text.utf8).withUnsafeBufferPointer { CSVFieldParsing.slowNumber($0) }
      #expect(found == number, "\(text)")
    }
  }

  /// The writer writes every NaN as `nan`.
  private static func withPositiveNaN(_ column: Column) -> Column {
    guard case .float64(let values) = column.values else { return column }
    return Column(.float64(values.map { $0.isNaN ? .nan : $0 }), validity: column.validity)
  }

  private func expectSameTexts(_ got: [String?], _ expected: [String?], _ place: String) {
    // Strings are equal by canonical equivalence in Swift; bytes are what counts.
    #expect(got.map { $0.map { Array($0.utf8) } } == expected.map { $0.map { Array($0.utf8) } }, "\(place)")
  }
}
