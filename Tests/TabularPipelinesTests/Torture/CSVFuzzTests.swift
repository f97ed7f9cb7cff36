import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// CSV files that nobody would write, small: read as a plain reader reads them, or refused with a `CSVError`. `MISTIQUE_FUZZ_CSV` says how many.
@Suite("Random CSV files")
struct CSVFuzzTests {
  @Test("A file is refused with a CSVError, or says the same however it is cut, read again or written")
  func files() {
    let scratch = ScratchFile("csv", name: "case.csv")
    let report = TortureRun("csv", TortureSettings("MISTIQUE_FUZZ_CSV", small: 5_000)).run { _, random in
      let csv = RandomCSV(&random, records: Int(random.next() % 7), mutated: random.next() % 2 == 0)
      let schema = CSVSchema(separator: String(UnicodeScalar(csv.separator)))
      scratch.write(csv.bytes)
      let first = try Self.read(scratch.url, schema, piece: 4_096)
      switch random.next() % 8 {
      case 0: try Self.isCutAnywhere(scratch.url, schema, first, csv, &random)
      case 1: try Self.hasPlainTexts(scratch.url, csv)
      case 2: if case .success(let result) = first { try Self.comesBack(result, scratch, csv) }
      default: break
      }
      guard case .success(let result) = first else { return "refused" }
      if !KnownFaults.csvValuesChanged.isThere { try Self.keepsItsMeaning(result, csv) }
      return "read"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["read", "refused"]))
  }

  @Test("A value that comes after the type sample keeps its meaning")
  func afterTheSample() {
    let scratch = ScratchFile("csv", name: "long.csv")
    let report = TortureRun("csv behind the sample", TortureSettings("MISTIQUE_FUZZ_LONG_CSV", small: 50)).run { _, random in
      let tail = RandomCSV(&random, records: 1 + Int(random.next() % 4), mutated: false)
      guard let plain = PlainCSV(tail.bytes, separator: tail.separator), plain.records.count > 1 else { return "no record" }
      let usual = ["1", "10001", "0.5", "true", "2016-12-30", "x", ""]
      let line = plain.records[0].map { _ in usual[Int(random.next() % UInt64(usual.count))] }.joined(
        separator: String(UnicodeScalar(tail.separator)))
      let header = tail.bytes.firstIndex(of: 10)!
      let csv =
        Array(tail.bytes[...header]) + Array(repeatElement(Array((line + "\n").utf8), count: 1_001).joined()) + tail.bytes[(header + 1)...]
      scratch.write(csv)
      guard
        case .success(let result) = try Self.read(scratch.url, CSVSchema(separator: String(UnicodeScalar(tail.separator))), piece: 1 << 16)
      else {
        return "refused"
      }
      guard !KnownFaults.csvValuesBehindTheSample.isThere else { return "read" }
      try Self.keepsItsMeaning(result, csv, tail.separator)
      return "read"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
  }

  typealias Outcome = Swift.Result<CSVReader.Result, CSVError>

  private static func read(_ url: URL, _ schema: CSVSchema, piece: Int, threads: Int = 1) throws -> Outcome {
    do { return .success(try CSVReader(schema: schema, pieceByteCount: piece, threadCount: threads).read(url)) } catch let error as CSVError
    {
      return .failure(error)
    }
  }

  private static func text(_ csv: RandomCSV) -> String { text(csv.bytes) }
  private static func text(_ bytes: some Collection<UInt8>) -> String {
    bytes.count > 4_000
      ? "..." + text(bytes.suffix(200))
      : bytes.map { $0 >= 32 && $0 < 127 ? String(UnicodeScalar($0)) : String(format: "\\x%02x", $0) }.joined()
  }

  private static func isCutAnywhere(_ url: URL, _ schema: CSVSchema, _ first: Outcome, _ csv: RandomCSV, _ random: inout SeededRandom)
    throws
  {
    let piece = 1 + Int(random.next() % 40)
    let again = try read(url, schema, piece: piece, threads: random.next() % 16 == 0 ? 3 : 1)
    switch (first, again) {
    case (.failure(let a), .failure(let b)) where a == b: return
    case (.success(let a), .success(let b)) where a.schema == b.schema && a.frame.isIdentical(to: b.frame): return
    default: throw BrokenProperty("\(text(csv)) in pieces of \(piece) bytes reads otherwise: \(first), then \(again)")
    }
  }

  /// Everything as text: the fields of a plain reader.
  private static func hasPlainTexts(_ url: URL, _ csv: RandomCSV) throws {
    let plain = PlainCSV(csv.bytes, separator: csv.separator)
    var schema = CSVSchema(separator: String(UnicodeScalar(csv.separator)))
    if let plain { for field in plain.records[0] { schema.types[String(decoding: field.bytes, as: UTF8.self)] = .text } }
    guard case .success(let result) = try read(url, schema, piece: 4_096) else {
      // Bytes outside printable ASCII may be refused for what they are.
      let isPlain = csv.bytes.allSatisfy { $0 == 10 || ($0 >= 32 && $0 < 127) }
      guard let plain, isPlain, Set(plain.records[0].map(\.bytes)).count == plain.records[0].count, plain.records[0].map(\.bytes) != [[]]
      else { return }
      throw BrokenProperty("\(text(csv)) is well formed and refused")
    }
    guard let plain else { throw BrokenProperty("\(text(csv)) is malformed and read: \(result.frame)") }
    guard result.frame.rowCount == plain.records.count - 1 else {
      throw BrokenProperty("\(text(csv)) has \(plain.records.count - 1) records, \(result.frame.rowCount) were read")
    }
    for (column, values) in result.frame.columns.enumerated() {
      guard case .text(let texts) = values.values else { throw BrokenProperty("\(text(csv)): a text column is of type \(values.type)") }
      for (row, record) in plain.records.dropFirst().enumerated() {
        let isMissing = record[column].bytes.isEmpty && !record[column].isQuoted
        guard values.isPresent(row) == !isMissing, Array(texts.bytes(at: row)) == record[column].bytes else {
          throw BrokenProperty("\(text(csv)): row \(row), column \(column) is \(text(texts.bytes(at: row)))")
        }
      }
    }
  }

  /// With the types that were settled on, and after being written, it is the same frame.
  private static func comesBack(_ result: CSVReader.Result, _ scratch: ScratchFile, _ csv: RandomCSV) throws {
    guard case .success(let again) = try read(scratch.url, result.schema, piece: 4_096), again.frame.isIdentical(to: result.frame) else {
      throw BrokenProperty("\(text(csv)) reads otherwise with the schema that reading it gave")
    }
    if KnownFaults.csvZeros.isThere, csv.bytes.contains(0) { return }
    if KnownFaults.csvNamesWithByteOrderMark.isThere, result.frame.names.first?.unicodeScalars.first == "\u{FEFF}" { return }
    var written: [UInt8] = []
    try CSVWriter().write(result.frame) { written += $0 }
    var schema = result.schema
    schema.separator = ","
    scratch.write(written)
    guard case .success(let back) = try read(scratch.url, schema, piece: 4_096), isSame(back.frame, result.frame) else {
      throw BrokenProperty("\(text(csv)) is written as \(text(written)), which is another frame")
    }
  }

  /// Equal but for the bits of a NaN, which a text does not tell.
  private static func isSame(_ a: DataFrame, _ b: DataFrame) -> Bool {
    guard a.rowIDs == b.rowIDs, a.names.map({ Array($0.utf8) }) == b.names.map({ Array($0.utf8) }) else { return false }
    return zip(a.columns, b.columns).allSatisfy { x, y in
      guard case .float64(let p) = x.values, case .float64(let q) = y.values else { return x.isIdentical(to: y) }
      return x.validity == y.validity && zip(p, q).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    }
  }

  private static func keepsItsMeaning(_ result: CSVReader.Result, _ csv: RandomCSV) throws {
    try keepsItsMeaning(result, csv.bytes, csv.separator)
  }

  /// Every value of the frame is what its field says; nothing is rounded, cut or reinterpreted.
  private static func keepsItsMeaning(_ result: CSVReader.Result, _ csv: [UInt8], _ separator: UInt8) throws {
    guard let plain = PlainCSV(csv, separator: separator), plain.records.count == result.frame.rowCount + 1 else {
      throw BrokenProperty("\(text(csv)) is malformed, or has other records than were read")
    }
    for (column, values) in result.frame.columns.enumerated() {
      for (row, record) in plain.records.dropFirst().enumerated() {
        guard let fault = FieldMeaning.fault(of: record[column], in: values, row) else { continue }
        throw BrokenProperty("\(text(csv)): row \(row), column \(column), of type \(values.type): \(fault)")
      }
    }
  }
}
