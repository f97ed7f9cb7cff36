import Mistique

/// Columns that a stage left as they are although they may have been meant, and what to do about it.
///
/// Only what a stage decides by itself is noted: columns that its parameters name or leave out are not. Equal inputs and parameters give equal notes.
public struct ColumnNote: Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    /// A stage that works on numbers met texts that read as numbers.
    case readsAsNumbers
    /// `FillNA` met gaps in columns of a type that its strategy or its value does not serve.
    case keepsGaps(ColumnType)
  }

  /// In the order of the frame.
  public let columns: [String]
  public let reason: Reason

  public init(columns: [String], reason: Reason) {
    self.columns = columns
    self.reason = reason
  }
}

/// A note on a stage of a pipeline.
public struct StageNote: Sendable, Hashable {
  public let stage: String
  public let note: ColumnNote

  public init(stage: String, note: ColumnNote) {
    self.stage = stage
    self.note = note
  }
}

extension StageNote: CustomStringConvertible {
  /// One line, however many columns there are.
  public var description: String {
    let shown = note.columns.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
    let more = note.columns.count > 8 ? " and \(note.columns.count - 8) more" : ""
    let isOne = note.columns.count == 1
    let subject = "stage \(stage): column\(isOne ? "" : "s") \(shown)\(more)"
    switch note.reason {
    case .readsAsNumbers:
      return subject
        + (isOne
          ? " is text and was left as it is, though its values read" : " are text and were left as they are, though their values read")
        + " as numbers; make \(isOne ? "it" : "them") float64 first (Cast), or name the columns that are meant"
    case .keepsGaps(let type):
      return subject + (isOne ? " is \(type) and keeps its gaps" : " are \(type) and keep their gaps")
        + ", which neither the strategy nor the value serves; fill \(isOne ? "it" : "them") in a stage of \(isOne ? "its" : "their") own, or name the"
        + " columns that are meant"
    }
  }
}

extension ColumnNote {
  /// How many texts are looked at: enough to tell, and no time to speak of.
  private static let sampleCount = 1_000

  /// The text columns of `frame` that read as numbers; `nil` when there are none. Complexity: O(columns), with a thousand texts of each read.
  static func texts(readingAsNumbersIn frame: DataFrame, where isMeant: (Column) -> Bool = { _ in true }) -> ColumnNote? {
    let names = zip(frame.names, frame.columns).filter { isMeant($1) && readsAsNumbers($1) }.map(\.0)
    return names.isEmpty ? nil : ColumnNote(columns: names, reason: .readsAsNumbers)
  }

  /// Whether at least half of the texts are numbers, among the first thousand that are neither missing nor blank. A code with leading zeros is
  /// none, and neither are the names of what is no number.
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
