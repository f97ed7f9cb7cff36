import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct CSVReaderTests {
  static let hostileSchema = CSVSchema(types: [
    "key": .int64, "text,with comma": .text, "number": .float64, "flag": .boolean, "day": .date, "empty": .float64,
  ])

  @Test("A hostile file reads as pandas reads it, whatever the size of the buffer", arguments: [16, 61, 257, 1_024, 1 << 20])
  func hostileFileReadsAsPandas(buffer: Int) throws {
    let expected = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: golden("golden.json"))) as? [String: Any])
    let columns = try #require(expected["hostile"] as? [String: Any])
    let frame = try CSVReader(schema: Self.hostileSchema, pieceByteCount: buffer, threadCount: 2).read(golden("hostile.csv")).frame
    #expect(frame.names == ["key", "text,with comma", "number", "flag", "day", "empty"])
    for name in frame.names {
      #expect(try frame[name]!.goldenTexts == goldenTexts(columns[name]), "column \(name)")
    }
    #expect(frame.rowIDs == .first(120))
  }

  @Test("What the writer writes, the reader reads back to the bit")
  func writtenFilesReadBack() throws {
    let directory = TemporaryDirectory()
    let frame = try CSVReader(schema: Self.hostileSchema).read(golden("hostile.csv")).frame
    let url = directory.url.appendingPathComponent("again.csv")
    try CSVWriter().write(frame, to: url)
    #expect(try CSVReader(schema: Self.hostileSchema).read(url).frame.isIdentical(to: frame))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path) == ["again.csv"])
  }

  @Test("A quoted empty field is an empty text in a text column and missing in a number column")
  func quotedEmptyFields() throws {
    let directory = TemporaryDirectory()
    let url = try directory.file("a.csv", "t,n\n\"\",\"\"\n,\n")
    let frame = try CSVReader(schema: CSVSchema(types: ["t": .text, "n": .int64])).read(url).frame
    #expect(frame["t"]!.goldenTexts == ["", nil])
    #expect(frame["n"]!.goldenTexts == [nil, nil])
  }

  @Test("Types are inferred, and a later value that does not fit widens its column")
  func typesAreInferred() throws {
    let directory = TemporaryDirectory()
    let rows = (0..<2_000).map {
      "\($0),\($0 < 1_500 ? "\($0)" : "\($0).5"),\($0 == 1_999 ? "x" : "1"),true,2016-02-29,,0100,\($0 == 1_900 ? "7" : "")"
    }
    let url = try directory.file("a.csv", "i,n,t,b,d,e,code,late\n" + rows.joined(separator: "\n"))
    let result = try CSVReader().read(url)
    #expect(result.frame.columns.map(\.type) == [.int64, .float64, .text, .boolean, .date, .float64, .text, .int64])
    #expect(result.frame["n"]!.goldenTexts[1_500] == Column(.float64([1500.5])).goldenTexts[0])
    #expect(try CSVReader(schema: result.schema).read(url).frame.isIdentical(to: result.frame))
  }

  @Test("Integers may be written as whole numbers of any form")
  func integerForms() throws {
    let directory = TemporaryDirectory()
    let url = try directory.file("a.csv", "n,m\n7.0,1\n6.1e+3,1\n-9223372036854775808,1\n\"12\",1\n")
    let frame = try CSVReader(schema: CSVSchema(types: ["n": .int64])).read(url).frame
    #expect(frame["n"]!.goldenTexts == ["7", "6100", "-9223372036854775808", "12"])
  }

  @Test("A byte order mark and blank lines are skipped; in one column a blank line is a missing value")
  func blankLines() throws {
    let directory = TemporaryDirectory()
    let two = try CSVReader().read(directory.file("two.csv", "\u{FEFF}a,b\r\n\r\n1,2\r\n\n3,4")).frame
    #expect(two.names == ["a", "b"])
    #expect(two["b"]!.goldenTexts == ["2", "4"])
    let one = try CSVReader().read(directory.file("one.csv", "a\n1\n\n3\n")).frame
    #expect(one["a"]!.goldenTexts == ["1", nil, "3"])
  }

  @Test("A file of a header only has no rows")
  func headerOnly() throws {
    let directory = TemporaryDirectory()
    for text in ["a,b", "a,b\n", "a,b\r\n"] {
      let frame = try CSVReader().read(directory.file("a.csv", text)).frame
      #expect(frame.rowCount == 0 && frame.names == ["a", "b"])
    }
  }

  @Test(
    "Errors name file, line and column",
    arguments: [
      ("", "1: the file is empty; a CSV file needs at least a header line with the names of its columns"),
      ("a,a\n", "1: the header names the column \"a\" twice; rename one of them"),
      ("a,b\n", "1: the header lacks the required column \"k\""),
      ("k,b\n1,2\n3\n", "3: expected 2 fields as in the header, got 1; a field that contains a comma or a newline must be quoted"),
      (
        "k,b\n\"1\",\"x\ny\"\n3,4,5,6\n",
        "4: expected 2 fields as in the header, got 4; a field that contains a comma or a newline must be quoted"
      ),
      (
        "k,b\n1,2\n2x,2\n",
        "3: column \"k\": expected an integer, got \"2x\"; correct the field, or give the column another type, such as types: {\"k\": text}"
      ),
      ("k,b\n1,\"a\"b\n", "2: text follows the closing quote of a field; a quote inside a quoted field is written twice"),
      ("k,b\n1,2\n1,\"a\n\n", "3: a quoted field of the record that starts here is never closed"),
    ])
  func errorsNamePlaces(text: String, message: String) throws {
    let directory = TemporaryDirectory()
    let url = try directory.file("a.csv", text)
    for buffer in [16, 1 << 20] {
      let reader = CSVReader(
        schema: CSVSchema(types: ["k": .int64], required: text.hasPrefix("a,b") ? ["k"] : []), pieceByteCount: buffer, threadCount: 3)
      let error = try #require(throws: CSVError.self) { try reader.read(url) }
      #expect(error.description == "\(url.path):\(message)")
    }
  }

  @Test("A file that is not there is an error with its name")
  func missingFile() throws {
    let error = try #require(throws: CSVError.self) { try CSVReader().read(URL(fileURLWithPath: "/nonexistent/a.csv")) }
    #expect(error.description == "/nonexistent/a.csv: cannot be read: No such file or directory")
  }
}
