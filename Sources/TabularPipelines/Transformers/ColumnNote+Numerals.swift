import Mistique

extension ColumnNote {
  /// How many texts of a column are read: enough to decide, in a negligible time.
  private static let sampleCount = 1_000

  /// The text columns of `frame` that read as numbers; `nil` when there are none. Complexity: O(columns), with a thousand texts read per column.
  static func texts(readingAsNumbersIn frame: DataFrame, where isMeant: (Column) -> Bool = { _ in true }) -> ColumnNote? {
    let names = zip(frame.names, frame.columns).filter { isMeant($1) && readsAsNumbers($1) }.map(\.0)
    return names.isEmpty ? nil : ColumnNote(columns: names, reason: .readsAsNumbers)
  }

  /// Whether at least half of the texts are numbers, among the first thousand that are neither missing nor blank. A code with leading zeros
  /// is no number, and neither is a word such as `nan`.
  private static func readsAsNumbers(_ column: Column) -> Bool {
    guard case .text(let texts) = column.values else { return false }
    var (looked, numbers) = (0, 0)
    for row in 0..<texts.count where column.isPresent(row) {
      let text = trimmed(texts.bytes(at: row))
      if text.isEmpty { continue }
      looked += 1
      if isNumber(text) { numbers += 1 }
      if looked == sampleCount { break }
    }
    return numbers > 0 && numbers * 2 >= looked
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while rest.first == 32 { rest.removeFirst() }
    while rest.last == 32 { rest.removeLast() }
    return rest
  }

  private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 48 && $0 < 58 } == true }
    guard isDigit(digits.first), !(digits.first == 48 && isDigit(digits.dropFirst().first)) else { return false }
    return bytes.withUnsafeBufferPointer { CSVFieldParsing.slowNumber($0)?.isFinite == true }
  }
}
