import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct CSVEncodingTests {
  private let folder = TemporaryDirectory()

  private func file(_ bytes: [UInt8], _ name: String = "a.csv") throws -> URL {
    let url = folder.url.appendingPathComponent(name)
    try Data(bytes).write(to: url)
    return url
  }

  private func read(_ bytes: [UInt8], _ encoding: CSVEncoding = .utf8, piece: Int = 7) throws -> DataFrame {
    var schema = CSVSchema.inferred
    schema.encoding = encoding
    return try CSVReader(schema: schema, pieceByteCount: piece, threadCount: 2).read(file(bytes)).frame
  }

  private func message(_ bytes: [UInt8], _ encoding: CSVEncoding = .utf8) throws -> String {
    let error = try #require(throws: CSVError.self) { try read(bytes, encoding) }
    return error.description.replacingOccurrences(of: folder.url.path + "/a.csv", with: "")
  }

  private static func utf16(_ text: String, bigEndian: Bool = false, mark: Bool = true) -> [UInt8] {
    ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
      bigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
    }
  }

  @Test("Bytes that are not UTF-8 are refused with line, column and place, also in quotes and cut by pieces")
  func notUTF8() throws {
    for piece in [1, 3, 16, 1 << 18] {
      for (before, bad, offset) in [
        ("k,t\n1,a\n2,caf", 0xE9, 13), ("k,t\n1,a\n2,\"x\"\"\ny", 0xFF, 16), ("k,t\n1,a\n2,\u{1F3E0}", 0xC3, 14),
      ] as [(String, UInt8, Int)] {
        let bytes = Array(before.utf8) + [bad] + Array((before.contains("\"") ? "\"\n3,b\n" : "\n3,b\n").utf8)
        let error = try #require(throws: CSVError.self) { try read(bytes, piece: piece) }
        #expect(error == .notUTF8(CSVBadByte(file: folder.url.path + "/a.csv", line: 3, column: "t", offset: offset, byte: bad)))
      }
    }
    #expect(
      try message(Array("k,t\n1,".utf8) + [0xED, 0xA0, 0x80, 0x0A])
        == ":2: column \"t\": byte 6 of the file, 0xED, is not UTF-8; say what the file is with encoding: latin1 (or utf-16), or convert it"
    )
    #expect(
      try message(Array("k,".utf8) + [0xE9] + Array("\n1,2\n".utf8)).hasPrefix(":1: the header: byte 2 of the file, 0xE9, is not UTF-8"))
    #expect(try message(Array("k,t\n1,2\n".utf8) + [0x80] + Array(",2\n".utf8)).hasPrefix(":3: column \"k\": byte 8"), "among integers too")
  }

  @Test("What is valid UTF-8 is what the standard library takes for it")
  func validity() {
    var random = SeededRandom(seed: 11)
    let interesting: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ]
    var valid = 0
    for _ in 0..<200_000 {
      let bytes = (0..<Int(random.next() % 7)).map { _ in interesting.randomElement(using: &random)! }
      let found = bytes.withUnsafeBufferPointer { UTF8Check.firstInvalid($0) }
      #expect((found == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
      if let found { #expect(String(validating: bytes.prefix(found), as: UTF8.self) != nil, "\(bytes)") } else { valid += 1 }
    }
    #expect(valid > 10_000 && valid < 150_000)
  }

  @Test("Latin-1 keys that differ are read as texts that differ")
  func latin1() throws {
    let bytes = Array("k,caf".utf8) + [0xE9] + Array("\n1,caf".utf8) + [0xE9] + Array("\n2,caf".utf8) + [0xE8, 0x0A]
    let frame = try read(bytes, .latin1)
    #expect(frame.names == ["k", "caf\u{E9}"])
    #expect(frame["caf\u{E9}"]!.goldenTexts == ["caf\u{E9}", "caf\u{E8}"])
    let latin = (UInt8(0)...255).filter { $0 != 34 && !(0x80...0x9F).contains($0) }
    let all = try read(Array("t\n\"".utf8) + latin + Array("\"\n".utf8), .latin1)
    #expect(all["t"]!.goldenTexts[0]!.unicodeScalars.map(\.value) == latin.map { UInt32($0) })
    #expect(try message([0xEF, 0xBB, 0xBF] + Array("a\n1\n".utf8), .latin1).hasPrefix(": the file is UTF-8, by its byte order mark"))
  }

  @Test("Windows-1252 is read when it is said, and named where Latin-1 is said of it or nothing")
  func windows1252() throws {
    let bytes = Array("t\n".utf8) + [0x93, 0x80, 0xE9, 0x92, 0x9F, 0x94, 0x0A]
    #expect(try read(bytes, .windows1252)["t"]!.goldenTexts == ["\u{201C}\u{20AC}\u{E9}\u{2019}\u{178}\u{201D}"])
    #expect(
      try message(bytes)
        == ":2: column \"t\": byte 2 of the file, 0x93, is not UTF-8; say what the file is with encoding: windows-1252 (or utf-16), or convert it"
    )
    #expect(
      try message(bytes, .latin1)
        == ": the file is not Latin-1: its byte 2, 0x93, would be a control character; read it with encoding: windows-1252")
    for encoding in [CSVEncoding.latin1, .windows1252] {
      #expect(
        try message(Array("t\nx".utf8) + [0x81, 0x0A], encoding)
          == ": the file is neither Latin-1 nor Windows-1252: its byte 3, 0x81, is a character of neither; convert it to UTF-8")
    }
    let all = (UInt8(0x80)...0x9F).filter { ![0x81, 0x8D, 0x8F, 0x90, 0x9D].contains($0) }
    let expected = try #require(String(data: Data(all), encoding: .windowsCP1252))
    #expect(try read(Array("t\n".utf8) + all + [0x0A], .windows1252)["t"]!.goldenTexts == [expected])
  }

  @Test("Names whose bytes differ are different columns, and only names whose bytes are the same are duplicates")
  func names() throws {
    let (one, two) = ("caf\u{E9}", "cafe\u{301}")
    let text = Array("\(one),\(two)\n1,x\n".utf8)
    let frame = try read(text)
    #expect(frame[one]!.goldenTexts == ["1"] && frame[two]!.goldenTexts == ["x"])
    let schema = CSVSchema(types: CSVColumnTypes([(one, .text), (two, .text)]), required: [two], columns: [two])
    let chosen = try CSVReader(schema: schema).read(file(text))
    #expect(chosen.frame.names.map { Array($0.utf8) } == [Array(two.utf8)])
    #expect(chosen.schema.types[one] == nil && chosen.schema.types[two] == .text)
    let input = [StageInput.file(try file(text))]
    let stage = ReadCSV(Parameters([:], declarations: ReadCSV.signature.parameters))
    #expect(try stage.restore(stage.fit(input).state).apply(input)[0].columns.map(\.type) == [.int64, .text])
    #expect(throws: CSVError.missingColumns(file: folder.url.path + "/a.csv", line: 1, names: [two])) {
      try CSVReader(schema: CSVSchema(required: [two])).read(file(Array("\(one)\n1\n".utf8)))
    }
    #expect(throws: CSVError.duplicateHeader(file: folder.url.path + "/a.csv", line: 1, name: two)) {
      try read(Array("\(two),\(two)\n1,2\n".utf8))
    }
  }

  @Test("A name that begins with a byte order mark is written in quotes, so that it is not taken for the file's")
  func markedNames() throws {
    let frame = DataFrame([("\u{FEFF}a", Column(.int64([1]))), ("b", Column(.text(TextValues(["\u{FEFF}"]))))])
    let url = folder.url.appendingPathComponent("written.csv")
    try CSVWriter().write(frame, to: url)
    let read = try CSVReader().read(url).frame
    #expect(read.isIdentical(to: frame) && read.names[0].unicodeScalars.first == "\u{FEFF}")
  }

  @Test("UTF-16 is read when it is said, by its mark or its zero bytes, and named when it is not")
  func utf16() throws {
    let text = "id,name\r\n1,Zo\u{EB} \u{1F3E0}\r\n2,\"a,b\nc\"\r\n"
    for bigEndian in [false, true] {
      for mark in [false, true] {
        let bytes = Self.utf16(text, bigEndian: bigEndian, mark: mark)
        let frame = try read(bytes, .utf16)
        #expect(frame.names == ["id", "name"] && frame["name"]!.goldenTexts == ["Zo\u{EB} \u{1F3E0}", "a,b\nc"])
        let named =
          ": the file is UTF-16 (\(bigEndian ? "big" : "little") endian), by its \(mark ? "byte order mark" : "zero bytes"); read it with encoding: utf-16"
        #expect(try message(bytes) == named)
        #expect(try message(bytes, .latin1) == named)
      }
    }
    #expect(try message(Array("a,b\n1,2\n".utf8), .utf16).hasPrefix(": the file is not UTF-16"))
    #expect(try message(Self.utf16("a,b\n1,2\n") + [0x31], .utf16).contains("half of a character"))
    #expect(try message(Self.utf16("a,b\n1,") + [0x00, 0xD8, 0x0A, 0x00], .utf16).contains("half of a surrogate pair"))
    #expect(try message([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]) == ": the file is UTF-32; convert it to UTF-8")
    // A long text, whose surrogate pairs lie across every edge of the stretches in which it is converted.
    let long = "t\n" + String(repeating: "\u{1F3E0}", count: 700_000) + "\nx" + String(repeating: "\u{1F3E0}", count: 300_000) + "\n"
    let texts = try read(Self.utf16(long), .utf16, piece: 1 << 18)["t"]!.goldenTexts
    #expect(texts.map { $0!.unicodeScalars.count } == [700_000, 300_001])
  }

  @Test("Lines that end in two carriage returns and a newline are reported", arguments: ["a,b\r\r\n1,2\r\r\n", "a,\"b\"\r\r\n1,2\r\r\n"])
  func doubleCarriageReturns(text: String) throws {
    #expect(try message(Array(text.utf8)).hasPrefix(":1: lines end in two carriage returns and a newline"))
    var schema = CSVSchema.inferred
    schema.hasHeader = false
    #expect(throws: CSVError.doubleCarriageReturn(file: folder.url.path + "/a.csv", line: 1)) {
      try CSVReader(schema: schema).read(file(Array(text.utf8)))
    }
  }

  @Test(
    "Files of other formats are named, whatever they are called",
    arguments: [
      ("PK\u{3}\u{4}\u{14}\0", "a ZIP archive"), ("PAR1\u{15}\u{4}", "in the format Parquet"), ("ARROW1\0\0", "in the format Arrow"),
      ("SQLite format 3\0", "an SQLite database"), ("%PDF-1.7\n", "a PDF document"), ("BZh91AY&SY", "compressed by bzip2"),
    ])
  func otherFormats(text: String, name: String) throws {
    #expect(try message(Array(text.utf8)).hasPrefix(": the file is \(name)"))
    #expect(try message([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]).hasPrefix(": the file is an old Excel workbook"))
  }

  @Test("Headers that begin as such formats do are read", arguments: ["PAR1,b\n1,2\n", "BZh9,b\n1,2\n", "ARROW1,b\n1,2\n", "PK,b\n1,2\n"])
  func likeOtherFormats(text: String) throws { #expect(try read(Array(text.utf8))["b"]!.goldenTexts == ["2"]) }
}
