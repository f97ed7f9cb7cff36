import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Files that are cut, damaged or strange, in pieces so small that everything lies across an edge.
struct CSVMalformedTests {
  static let pieces = [1, 2, 3, 5, 16, 1 << 18]
  static let schema = CSVSchema(types: ["k": .int64, "t": .text])

  private func read(_ url: URL, _ piece: Int, _ schema: CSVSchema = schema) throws -> DataFrame {
    try CSVReader(schema: schema, pieceByteCount: piece, threadCount: 2).read(url).frame
  }

  @Test(
    "An error names the line, however small the pieces",
    arguments: [
      ("", "1: the file is empty"),
      ("\u{FEFF}", "1: the file is empty"),
      ("\n", "1: the file is empty"),
      ("k,t\n1,a\n2,b,c\n", "3: expected 2 fields as in the header, got 3"),
      ("k,t\n1,a\n2", "3: expected 2 fields as in the header, got 1"),
      ("k,t\r\n1,\"a\nb\"\r\n\r\nx,b\r\n", "5: column \"k\": expected an integer, got \"x\""),
      ("k,t\n1,a\n\u{0}2,b\n", "3: column \"k\": expected an integer, got \"\u{0}2\""),
      ("k,t\n1\u{0},a\n", "2: column \"k\": expected an integer, got \"1\u{0}\""),
      ("k,t\n1,a\n2,\"b\n3,c\n4,d\n", "3: a quoted field of the record that starts here is never closed"),
      ("k,\"t\n1,a\n", "1: a quoted field of the record that starts here is never closed"),
      ("k,t\r1,a\r2,b\r", "1: the first record holds a carriage return without a newline"),
      ("k,t\n1\r2,b\n", "2: column \"k\": expected an integer, got \"1\r2\""),
      ("k,t\n1,\"a\"\"b\"c\n", "2: text follows the closing quote of a field"),
    ])
  func errors(text: String, message: String) throws {
    let directory = TemporaryDirectory()
    let url = try directory.file("a.csv", text)
    for piece in Self.pieces {
      let error = try #require(throws: CSVError.self) { try read(url, piece) }
      let got = Array(error.description.utf8)
      #expect(got.starts(with: Array("\(url.path):\(message)".utf8)), "pieces of \(piece) bytes: \(error)")
    }
  }

  @Test("Zeros and lone carriage returns stay in texts, and are written as they were read")
  func strangeBytes() throws {
    let directory = TemporaryDirectory()
    let url = directory.url.appendingPathComponent("a.csv")
    let bytes: [UInt8] = Array("k,t\n1,".utf8) + [0xC3, 0xA9, 0x28, 0x00, 0x41] + Array("\n2,a\rb\n3,".utf8) + [0xE2, 0x82, 0xAC]
    try Data(bytes).write(to: url)
    for piece in Self.pieces {
      let frame = try read(url, piece)
      guard case .text(let texts)? = frame["t"]?.values else { throw CSVError.empty(file: "no texts") }
      #expect(Array(texts.bytes(at: 0)) == [0xC3, 0xA9, 0x28, 0x00, 0x41])
      #expect(Array(texts.bytes(at: 1)) == Array("a\rb".utf8))
      #expect(Array(texts.bytes(at: 2)) == [0xE2, 0x82, 0xAC])
      let again = directory.url.appendingPathComponent("again.csv")
      try CSVWriter().write(frame, to: again)
      #expect(try read(again, piece).isIdentical(to: frame))
    }
  }

  @Test("Files may end without a newline, in a carriage return, and after a separator")
  func ends() throws {
    let directory = TemporaryDirectory()
    for (text, expected) in [
      ("k,t\n1,a", ["a"]), ("k,t\r\n1,a\r", ["a"]), ("k,t\n1,", [nil]), ("k,t\n1,\"a\"", ["a"]), ("k,t\n1,\"\"", [""]),
    ] {
      let url = try directory.file("a.csv", text)
      for piece in Self.pieces {
        let frame = try read(url, piece)
        #expect(frame["k"]!.goldenTexts == ["1"] && frame["t"]!.goldenTexts == expected, "\(text.debugDescription) in \(piece)")
      }
    }
  }

  @Test("A header only, with and without byte order mark and line end, has no rows")
  func headers() throws {
    let directory = TemporaryDirectory()
    for text in ["k,t", "k,t\n", "\u{FEFF}k,t\r\n", "\u{FEFF}\"k\",t\r\n\r\n\n"] {
      let url = try directory.file("a.csv", text)
      for piece in Self.pieces {
        let frame = try read(url, piece)
        #expect(frame.names == ["k", "t"] && frame.rowCount == 0)
      }
    }
  }

  @Test("Fields much longer than a piece, quoted and not, are read whole")
  func longFields() throws {
    let directory = TemporaryDirectory()
    let (plain, quoted) = (String(repeating: "é", count: 5_000), String(repeating: "\",\n", count: 3_000))
    let doubled = quoted.replacingOccurrences(of: "\"", with: "\"\"")
    let url = try directory.file("a.csv", "k,t\n1,\(plain)\r\n2,\"\(doubled)\"\r\n3,c\n")
    for piece in [16, 61, 1_024, 1 << 18] {
      let frame = try read(url, piece)
      #expect(frame["t"]!.goldenTexts == [plain, quoted, "c"])
      #expect(frame["k"]!.goldenTexts == ["1", "2", "3"])
    }
  }

  @Test("A file whose lines end in carriage returns alone is refused without a header too", arguments: ["1,a\r2,b\r", "\n1,a\r2,b\r3,c\n"])
  func carriageReturns(text: String) throws {
    let directory = TemporaryDirectory()
    let url = try directory.file("a.csv", text)
    for names in [[], ["k", "t", "more"]] {
      var schema = CSVSchema.inferred
      (schema.hasHeader, schema.names) = (false, names)
      for piece in Self.pieces {
        #expect(throws: CSVError.loneCarriageReturn(file: url.path, line: text.hasPrefix("\n") ? 2 : 1)) { try read(url, piece, schema) }
      }
    }
    var schema = CSVSchema.inferred
    schema.hasHeader = false
    let quoted = try read(directory.file("a.csv", "1,\"a\rb\"\n"), 3, schema)
    #expect(quoted["c2"]!.goldenTexts == ["a\rb"])
  }

  @Test("A record that does not end is not held in memory: the error names the line where it begins")
  func longRecords() throws {
    let directory = TemporaryDirectory()
    func error(_ url: URL, _ piece: Int, longest: Int) throws -> CSVError {
      try #require(throws: CSVError.self) {
        try CSVReader(schema: Self.schema, pieceByteCount: piece, threadCount: 2, longestRecord: longest).read(url)
      }
    }
    let rest = String(repeating: "3,c\n", count: 20_000)
    let url = try directory.file("a.csv", "k,t\n1,a\n\n2,\"b\n" + rest)
    let header = try directory.file("b.csv", "\nk,\"t\n" + rest)
    for piece in [1, 16, 1_000] {
      #expect(try error(url, piece, longest: 2_000) == .recordTooLong(file: url.path, line: 4, bytes: 2_000), "pieces of \(piece) bytes")
      #expect(try error(url, piece, longest: 1 << 20) == .unterminatedQuote(file: url.path, line: 4), "pieces of \(piece) bytes")
      #expect(try error(header, piece, longest: 2_000) == .recordTooLong(file: header.path, line: 2, bytes: 2_000))
    }
    let long = try directory.file("c.csv", "k,t\n1,\"" + String(repeating: "x", count: 1_900) + "\"\n2,b\n")
    for piece in [1, 16, 1_000] {
      let frame = try CSVReader(schema: Self.schema, pieceByteCount: piece, threadCount: 2, longestRecord: 2_000).read(long).frame
      #expect(frame.rowCount == 2)
    }
  }

  @Test("A directory and a device are no files to read")
  func noFiles() throws {
    for path in ["/", "/dev/null"] {
      let error = try #require(throws: CSVError.self) { try CSVReader().read(URL(fileURLWithPath: path)) }
      #expect(error.description == "\(path): cannot be read: it is not a regular file; copy its contents to one")
    }
  }
}
