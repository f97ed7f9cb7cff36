import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Pieces on several threads against one piece on one thread.
struct CSVParallelTests {
  private enum Outcome: Equatable {
    case read(CSVSchema, [String], [[String?]])
    case failed(String)
  }

  private func outcome(_ url: URL, _ schema: CSVSchema, piece: Int, threads: Int) throws -> Outcome {
    do {
      let result = try CSVReader(schema: schema, pieceByteCount: piece, threadCount: threads).read(url)
      #expect(result.frame.rowIDs == .first(result.frame.rowCount))
      return .read(result.schema, result.frame.names, result.frame.columns.map(\.goldenTexts))
    } catch let error as CSVError { return .failed(error.description) }
  }

  private func expectSame(_ text: String, _ schema: CSVSchema, _ directory: TemporaryDirectory, _ random: inout SeededRandom) throws -> Bool
  {
    let url = try directory.file("a.csv", text)
    let expected = try outcome(url, schema, piece: 1 << 20, threads: 1)
    for piece in [1, 2, 7, 16, 61, 257, Int(random.next() % 400) + 1] {
      for threads in [1, 3] {
        let got = try outcome(url, schema, piece: piece, threads: threads)
        #expect(got == expected, "pieces of \(piece) bytes on \(threads) threads: \(text.debugDescription)")
      }
    }
    if case .read = expected { return true }
    return false
  }

  @Test(
    "Well-formed files with newlines, quotes and separators in fields give the same frame, which holds what was written", arguments: 0..<12)
  func wellFormedFiles(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let directory = TemporaryDirectory()
    let pieces = ["x", ",", "\n", "\r\n", "\"", "é", " ", "long text that is longer than a piece", "1", "\r", "\u{0}"]
    var text = "key,words,number\r\n"
    var written: [String?] = []
    for row in 0..<60 {
      let words = (0..<Int(random.next() % 6)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      written.append(words)
      let number = row % 3 == 0 ? "" : row % 3 == 1 ? "\(row).25" : "\"\(row)\""
      text += "\(row),\"\(words.replacingOccurrences(of: "\"", with: "\"\""))\",\(number)" + (random.next() % 2 == 0 ? "\n" : "\r\n")
      if random.next() % 8 == 0 { text += "\n" }
    }
    for schema in [CSVSchema.inferred, CSVSchema(types: ["words": .text]), CSVSchema(columns: ["key"])] {
      #expect(try expectSame(text, schema, directory, &random), "seed \(seed)")
    }
    let url = try directory.file("a.csv", text)
    let frame = try CSVReader(schema: CSVSchema(types: ["words": .text]), pieceByteCount: 16, threadCount: 2).read(url).frame
    // Swift compares strings by characters, in which a carriage return and a newline are one; bytes are what counts.
    #expect(frame["words"]!.goldenTexts.map { $0.map { Array($0.utf8) } } == written.map { $0.map { Array($0.utf8) } })
  }

  @Test("Whatever stands in a file, the frame or the first error is the same", arguments: 0..<40)
  func anyFiles(seed: UInt64) throws {
    var random = SeededRandom(seed: seed + 1_000)
    let directory = TemporaryDirectory()
    let tokens = [
      "\"", ",", ",", ",", "\n", "\n", "\r\n", "\r", "1", "2.5", "-", "x", "NA", "\"a\nb\"", "\"\"", "é", "\u{0}", "true", "2016-02-29",
      "0100",
    ]
    // Soup is mostly malformed; rows with a rare accident are read further.
    var text = "a,b,c\n"
    for row in 0..<40 {
      if seed % 4 == 0 {
        text += tokens[Int(random.next() % UInt64(tokens.count))]
      } else {
        text += random.next() % 5 == 0 ? "\"\(row)\n\n\",,\(row)" : "\(row),\(random.next() % 9 == 0 ? "1.5" : ""),\(row).5"
        text += random.next() % 60 == 0 ? tokens[Int(random.next() % UInt64(tokens.count))] : ""
        text += "\n"
      }
    }
    _ = try expectSame(text, .inferred, directory, &random)
    _ = try expectSame(text, CSVSchema(types: ["a": .int64, "b": .float64, "c": .text], missing: ["NA"]), directory, &random)
  }

  @Test("A late value widens its column in every cutting, and the first bad value of the file decides")
  func widening() throws {
    var random = SeededRandom(seed: 3)
    let directory = TemporaryDirectory()
    let rows = (0..<1_400).map { "\($0),\($0 == 1_200 ? "2.5" : $0 == 1_350 ? "x" : "7")\n" }
    #expect(try expectSame("i,n\n" + rows.joined(), .inferred, directory, &random))
    let url = try directory.file("b.csv", "i,n\n" + rows.joined() + "1,2,3\n")
    let schema = CSVSchema(types: ["n": .int64])
    for piece in [64, 4_096, 1 << 18] {
      let error = try #require(throws: CSVError.self) { try CSVReader(schema: schema, pieceByteCount: piece, threadCount: 2).read(url) }
      #expect(error.description.hasPrefix("\(url.path):1202: column \"n\": expected an integer, got \"2.5\""))
    }
  }

  @Test("Decimal numbers of any length are rounded as the standard library rounds them")
  func numbers() throws {
    var random = SeededRandom(seed: 8)
    let directory = TemporaryDirectory()
    var texts = [
      "9007199254740993.0", "0.1234567890123456789", "9999999999999999999.", "0.0000000000000000001", "-0.0", "4.9e-324", "5.", ".5",
    ]
    for _ in 0..<4_000 {
      let digits = "1" + String((0..<Int(random.next() % 23) + 1).map { _ in Character(String(random.next() % 10)) })
      let point = digits.index(digits.startIndex, offsetBy: Int(random.next() % UInt64(digits.count)))
      texts.append((random.next() % 2 == 0 ? "-" : "") + digits[..<point] + "." + digits[point...])
      texts.append("\(random.unit() * 1e6)")
      texts.append("\((random.unit() - 0.5) * 1e-6)")
    }
    let url = try directory.file("a.csv", "n,m\n" + texts.map { "\($0),1\n" }.joined())
    let read = try #require(try CSVReader(schema: CSVSchema(types: ["n": .float64])).read(url).frame["n"]?.doubles)
    for (text, value) in zip(texts, read) { #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(text)") }
    #expect(read.count == texts.count)
  }
}
