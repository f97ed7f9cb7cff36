import Foundation
import Mistique

/// Writes a frame as a CSV file that `CSVReader` reads back to the bit, given the same column types.
///
/// Numbers are written with the fewest digits that give them back (NaN as `nan`), booleans as `true` and `false`, dates as `yyyy-mm-dd`,
/// timestamps as `yyyy-mm-dd hh:mm:ss` with as many digits of a fraction as they need (years of other than four digits are not read back);
/// a missing value is an empty field, a present empty text is `""`. Texts are quoted where they must be. Row ids are not written.
/// The file appears under its name only when it is complete.
public struct CSVWriter: Sendable {
  /// A writer; it has no options and can write any number of frames.
  public init() {}

  /// Writes the file, or replaces the one that is there. Throws ``CSVError/unwritable(file:reason:)``. Complexity: O(rows x columns).
  public func write(_ frame: DataFrame, to url: URL) throws {
    let output = try CSVOutput(url)
    Self.appendHeader(frame, to: &output.buffer)
    for row in 0..<frame.rowCount {
      Self.appendRow(frame, row, to: &output.buffer)
      try output.flushIfFull()
    }
    try output.commit()
  }

  /// Hands the bytes of the file to `take` in order, in pieces of about a megabyte: for a terminal or a pipe. Throws what `take` throws.
  public func write(_ frame: DataFrame, take: (borrowing [UInt8]) throws -> Void) throws {
    var buffer: [UInt8] = []
    Self.appendHeader(frame, to: &buffer)
    for row in 0..<frame.rowCount {
      Self.appendRow(frame, row, to: &buffer)
      guard buffer.count >= 1 << 20 else { continue }
      try take(buffer)
      buffer.removeAll(keepingCapacity: true)
    }
    try take(buffer)
  }

  /// The value of a row as its field has it, before quotes; `nil` when it is missing.
  package static func text(of column: Column, row: Int) -> String? {
    guard column.isPresent(row) else { return nil }
    if case .text(let texts) = column.values { return texts[row] }
    var buffer: [UInt8] = []
    append(column.values, row, to: &buffer)
    return String(decoding: buffer, as: UTF8.self)
  }

  private static func appendHeader(_ frame: DataFrame, to buffer: inout [UInt8]) {
    for (index, name) in frame.names.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      appendText(Array(name.utf8), to: &buffer)
    }
    buffer.append(UInt8(ascii: "\n"))
  }

  private static func appendRow(_ frame: DataFrame, _ row: Int, to buffer: inout [UInt8]) {
    for (index, column) in frame.columns.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      if column.isPresent(row) { append(column.values, row, to: &buffer) }
    }
    buffer.append(UInt8(ascii: "\n"))
  }

  private static func append(_ values: Column.Values, _ row: Int, to buffer: inout [UInt8]) {
    switch values {
    case .float32(let v): buffer.append(contentsOf: v[row].description.utf8)
    case .float64(let v): buffer.append(contentsOf: v[row].description.utf8)
    case .int64(let v): NumberText.append(v[row], to: &buffer)
    case .boolean(let v): buffer.append(contentsOf: (v[row] ? "true" : "false").utf8)
    case .date(let v): buffer.append(contentsOf: CalendarDate(daysSince1970: v[row]).text.utf8)
    case .timestamp(let v): buffer.append(contentsOf: Timestamp(microseconds: v[row]).text.utf8)
    case .text(let v): appendText(v.bytes(at: row), to: &buffer)
    }
  }

  private static func appendText(_ bytes: some Collection<UInt8>, to buffer: inout [UInt8]) {
    let special: [UInt8] = [
      UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
    ]
    // A text that begins with a byte order mark would be taken for the file's mark.
    guard bytes.isEmpty || bytes.contains(where: special.contains) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
      buffer.append(contentsOf: bytes)
      return
    }
    buffer.append(UInt8(ascii: "\""))
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { buffer.append(byte) }
      buffer.append(byte)
    }
    buffer.append(UInt8(ascii: "\""))
  }
}
