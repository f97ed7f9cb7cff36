import TestSupport

/// CSV files drawn at random: mostly well formed, of fields that are hard to take for what they are.
struct RandomCSV {
  private(set) var bytes: [UInt8] = []
  let separator: UInt8

  private static let fields: [String] = [
    "", "0", "1", "-1", "7", "42", "0.5", "-0.25", "1e3", "1E-3", "007", "00", "-0", "-007", "02116", "0012.5", "1.", ".5", "+1", "+0.5",
    "1e",
    "9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "11898508762506083287",
    "18446744073709551615", "123456789012345678901234567890", "1e308", "1e309", "-1e309", "5e-324", "1e-400", "0.1", "0.30000000000000004",
    "3.14159265358979323846264338327950288", "true", "false", "True", "TRUE", "2016-12-30", "2016-02-30", "0000-01-01", "9999-12-31",
    "2019-03-23 20:21:09", "nan", "NaN", "NAN", "-nan", "inf", "-inf", "Infinity", "nan(1)", "nan()", "0x10", "0x1p3", "1_000", "1 000",
    " 1",
    "1 ", "\t", "NA", "null", "a", "b c", "\"\"", "\"", "a\"b", "'", "é", "e\u{301}", "漢字", "🧪", "\u{FEFF}", "\u{0}", "\r", "a\rb", "1\r",
    "7.0", "6.1e+13", "1e2147483648", "0e99999", "-", "--1", "-.5", ";", "|",
  ]
  private static let quoted: [String] = [
    "\"\"", "\"a\"", "\"1\"", "\"0012\"", "\"a,b\"", "\"a\nb\"", "\"a\r\nb\"", "\"\"\"\"", "\"x\"\"y\"", "\"NA\"",
  ]
  static let mutations = ByteMutations(
    tokens: [",", "\n", "\r\n", "\r", "\"", "\"\"", "\"\n", ",,", "\n\n", "\u{FEFF}", "1e9", "nan(1)", "-", "0"].map { Array($0.utf8) }
      + [[0], [0xff, 0xfe], [0xfe, 0xff], [0x1f, 0x8b], [0xe9], [0xc3], [0xf0, 0x9f]])

  init(_ random: inout SeededRandom, records: Int, mutated: Bool) {
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    separator = below(8) == 0 ? UInt8(ascii: ";") : UInt8(ascii: ",")
    let columns = 1 + below(4)
    let newline: [UInt8] = below(4) == 0 ? [13, 10] : [10]
    if below(16) == 0 { bytes += [0xEF, 0xBB, 0xBF] }
    for column in 0..<columns {
      if column > 0 { bytes.append(separator) }
      bytes += Array(
        (below(16) == 0 ? ["\"q\(column)\"", " s\(column)", "é\(column)", "\"a,\(column)\"", ""][below(5)] : "c\(column)").utf8)
    }
    bytes += newline
    // A column keeps to few kinds of fields, so that types other than text are settled on.
    let palettes = (0..<columns).map { _ in
      (0..<1 + below(4)).map { _ in below(6) == 0 ? Self.quoted[below(10)] : Self.fields[below(Self.fields.count)] }
    }
    for record in 0..<records {
      for column in 0..<columns {
        if column > 0 { bytes.append(separator) }
        bytes += Array(palettes[column][below(palettes[column].count)].utf8)
      }
      if record < records - 1 || below(4) > 0 { bytes += newline }
    }
    if mutated { Self.mutations.mutate(&bytes, &random) }
  }
}

/// The records of a CSV file, split by a reader that looks at one byte at a time: RFC 4180, `\n` or `\r\n`, blank lines skipped.
struct PlainCSV {
  struct Field: Equatable {
    var bytes: [UInt8] = []
    var isQuoted = false
  }

  /// The header first; `nil` when a record is not well formed or has another number of fields.
  let records: [[Field]]

  init?(_ bytes: [UInt8], separator: UInt8) {
    var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    var records: [[Field]] = []
    while !rest.isEmpty {
      guard let record = Self.record(&rest, separator) else { return nil }
      // A blank line is a record in a file of one column only, and only after the header.
      if record == [Field()], records.first.map({ $0.count > 1 }) ?? true { continue }
      guard records.first.map({ $0.count == record.count }) ?? true else { return nil }
      records.append(record)
    }
    guard !records.isEmpty else { return nil }
    self.records = records
  }

  private static func record(_ rest: inout ArraySlice<UInt8>, _ separator: UInt8) -> [Field]? {
    var record = [Field()]
    func endsLine() -> Int? {
      if rest.first == 10 { return 1 }
      if rest.first == 13, rest.count == 1 || rest.dropFirst().first == 10 { return min(2, rest.count) }
      return rest.isEmpty ? 0 : nil
    }
    while true {
      if rest.first == 34 {
        rest.removeFirst()
        record[record.count - 1].isQuoted = true
        while true {
          guard let byte = rest.popFirst() else { return nil }
          if byte == 34 {
            guard rest.first == 34 else { break }
            rest.removeFirst()
          }
          record[record.count - 1].bytes.append(byte)
        }
      } else {
        while let byte = rest.first, byte != separator, endsLine() == nil {
          record[record.count - 1].bytes.append(byte)
          rest.removeFirst()
        }
      }
      if let length = endsLine() {
        rest = rest.dropFirst(length)
        return record
      }
      guard rest.first == separator else { return nil }
      rest.removeFirst()
      record.append(Field())
    }
  }
}
