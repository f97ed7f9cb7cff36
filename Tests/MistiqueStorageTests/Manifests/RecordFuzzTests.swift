import TestSupport
import Testing

@testable import MistiqueStorage

/// Manifests, manifests of columns and codebooks with bytes that nobody wrote: refused as corrupt, or records that are written as they are read.
/// `MISTIQUE_FUZZ_RECORDS` says how many.
@Suite struct RecordFuzzTests {
  /// Variable-length numbers at the ends of what they may be, and JSON that means something.
  private static let mutations = ByteMutations(
    tokens: [
      [0xff, 0xff, 0xff, 0xff, 0x07], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xfe, 0xff, 0xff, 0xff, 0x07], [0x80, 0x80, 0x80, 0x80, 0x08],
      [0x80],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0, 0, 0, 0xf0, 0x7f], [0, 0, 0xc0, 0x7f], [0, 0, 0x80, 0xff],
    ] + ["1048576", "2147483647", "-1", "{\"maps\":{}}", "1e9", "null", "\"size\":0", "\"bits\":9"].map { Array($0.utf8) })

  @Test("A mutated record is refused as corrupt, or is written as it was read")
  func mutated() throws {
    let report = TortureRun("records", TortureSettings("MISTIQUE_FUZZ_RECORDS", small: 20_000)).run { _, random in
      switch random.next() % 8 {
      case 0...2:
        return try Self.judge(
          try RandomRecords.intermediate(&random).encoded(), &random, { try IntermediateManifest(decoding: $0, place: "fuzz") }
        ) {
          try $0.encoded()
        }
      case 3, 4:
        return try Self.judge(RandomRecords.column(&random).encoded, &random, { try ColumnManifest(decoding: $0, place: "fuzz") }) {
          $0.encoded
        }
      case 5:
        return try Self.judge(RandomRecords.derived(&random).encoded, &random, { try DerivedColumn(decoding: $0, place: "fuzz") }) {
          $0.encoded
        }
      default:
        return try Self.judge(
          try RandomRecords.codebook(&random).encoded, &random,
          {
            let record = try CodebookRecord(decoding: $0, place: "fuzz")
            Self.ask(record)
            return record
          }, { $0.encoded })
      }
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["came back", "refused", "another record"]))
  }

  /// Reads `bytes`, mutated most of the time; what is read must be the record that its own bytes give.
  private static func judge<Record: Equatable>(
    _ bytes: [UInt8], _ random: inout SeededRandom, _ decode: ([UInt8]) throws -> Record, _ encode: (Record) throws -> [UInt8]
  ) throws -> String {
    var bytes = bytes
    let isMutated = random.next() % 8 != 0
    if isMutated { mutations.mutate(&bytes, &random) }
    let record: Record
    do { record = try decode(bytes) } catch let error as StoreError where error.code == .corrupt || error.code == .unsupportedVersion {
      guard isMutated else { throw BrokenProperty("\(Record.self) \(bytes) is refused: \(error)") }
      return "refused"
    }
    let written = try encode(record)
    // NaN among statistics is not equal to itself, but its bytes are.
    guard try encode(try decode(written)) == written, isMutated || written == bytes else {
      throw BrokenProperty("\(Record.self) \(bytes) is written as \(written)")
    }
    return isMutated ? "another record" : "came back"
  }

  /// What a reader asks of every codebook.
  private static func ask(_ record: CodebookRecord) {
    for entry in record.entries where entry.quantizer.columns > 0 {
      for column in [0, entry.quantizer.columns - 1] {
        let representatives = entry.quantizer.representatives(column: column)
        for code in representatives.indices { _ = entry.quantizer.bounds(ofCode: UInt8(code), column: column, extrema: entry.extrema) }
        _ = entry.quantizer.threshold(column: column)
      }
    }
  }
}
