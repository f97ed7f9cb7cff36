import Mistique

/// The reader's inner loop: records into the lanes of a block, a field parsed straight from the file's bytes as its column's type.
///
/// Fields that are not plain (quoted, long numbers, errors) go through `general`, which first finds the field's end.
struct CSVRecordParser {
  typealias Cursor = UnsafePointer<UInt8>

  enum Problem: Error {
    case fieldCount(line: Int, got: Int)
    case badValue(line: Int, column: Int, bytes: [UInt8])
    case textAfterQuote(line: Int)
  }

  private enum FieldEnd { case done, incomplete, bad, textAfterQuote }

  let block: CSVBlock
  /// The number of the text line on which the next record starts.
  var line: Int
  private var newlinesInRecord = 0
  private var scratch: [UInt8] = []

  init(block: CSVBlock, line: Int) {
    self.block = block
    self.line = line
  }

  /// Parses all records that end within `bytes`, behind which a newline must stand; returns how many bytes they take.
  mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool) throws
    -> Int
  {
    guard let base = bytes.baseAddress else { return 0 }
    let lanes = UnsafeBufferPointer(block.lanes)
    let end = base + bytes.count
    var p = base + start
    while p < end {
      let record = p
      if lanes.count > 1 {
        // A blank line is no record, except in a file of one column, where it is a missing value.
        let length =
          p.pointee == UInt8(ascii: "\n")
          ? 1 : p.pointee == UInt8(ascii: "\r") && p[1] == UInt8(ascii: "\n") ? 2 : 0
        if length > 0 {
          if p + length > end, !isLast { return record - base }
          p += length
          line += 1
          continue
        }
      }
      var column = 0
      newlinesInRecord = 0
      while true {
        if column == lanes.count {
          guard
            case .record(let fields, _, _) = CSVRecordScanner.record(
              in: bytes, at: record - base, isLast: isLast)
          else {
            block.forgetOpenRow()
            return record - base
          }
          throw Problem.fieldCount(line: line, got: fields.count)
        }
        switch field(&p, end: end, isLast: isLast, lane: lanes[column]) {
        case .done: break
        case .incomplete:
          block.forgetOpenRow()
          return record - base
        case .bad: throw Problem.badValue(line: line, column: column, bytes: scratch)
        case .textAfterQuote: throw Problem.textAfterQuote(line: line)
        }
        column += 1
        guard p.pointee == UInt8(ascii: ",") else { break }
        p += 1
      }
      if column < lanes.count {
        if p >= end, !isLast {
          block.forgetOpenRow()
          return record - base
        }
        throw Problem.fieldCount(line: line, got: column)
      }
      p += p.pointee == UInt8(ascii: "\r") ? 2 : 1
      line += 1 + newlinesInRecord
      block.rowCount += 1
      if block.rowCount == CSVBlock.rowCapacity { block.flush() }
    }
    return min(p - base, bytes.count)
  }

  /// One field; leaves `p` at the comma or line end behind it.
  @inline(__always)
  private mutating func field(_ p: inout Cursor, end: Cursor, isLast: Bool, lane: CSVBlock.Lane)
    -> FieldEnd
  {
    let start = p
    let row = block.rowCount
    switch lane.type {
    case .int64:
      if Self.endsField(p) { break }
      if let value = CSVFieldParsing.integer(&p), Self.endsField(p) {
        lane.values.storeBytes(of: value, toByteOffset: row &* 8, as: Int64.self)
        lane.present[row >> 6] |= 1 << UInt64(row & 63)
        return p < end - 1 || isLast ? .done : complete(p, end)
      }
      p = start
      return general(&p, end: end, isLast: isLast, lane: lane)
    case .float64:
      if Self.endsField(p) { break }
      if let value = CSVFieldParsing.number(&p), Self.endsField(p) {
        lane.values.storeBytes(of: value, toByteOffset: row &* 8, as: Double.self)
        lane.present[row >> 6] |= 1 << UInt64(row & 63)
        return p < end - 1 || isLast ? .done : complete(p, end)
      }
      p = start
      return general(&p, end: end, isLast: isLast, lane: lane)
    case .boolean, .date, .float32, .text:
      if Self.endsField(p) { break }
      return general(&p, end: end, isLast: isLast, lane: lane)
    }
    if p >= end - 1, !isLast, complete(p, end) == .incomplete { return .incomplete }
    storeMissing(lane)
    return .done
  }

  /// Whether a field that ended close to the end of the bytes really ended, rather than the bytes. `\r` alone may be cut from its `\n`.
  private func complete(_ p: Cursor, _ end: Cursor) -> FieldEnd {
    p < end && !(p.pointee == UInt8(ascii: "\r") && p + 1 == end) ? .done : .incomplete
  }

  private mutating func general(_ p: inout Cursor, end: Cursor, isLast: Bool, lane: CSVBlock.Lane)
    -> FieldEnd
  {
    if p.pointee == UInt8(ascii: "\""), p < end {
      scratch.removeAll(keepingCapacity: true)
      let rest = UnsafeBufferPointer(start: p, count: end - p)
      guard
        case .closed(let next, let newlines) = CSVRecordScanner.quoted(
          in: rest, at: 0, isLast: isLast, into: &scratch)
      else { return .incomplete }
      p += next
      newlinesInRecord += newlines
      if !isLast, complete(p, end) == .incomplete { return .incomplete }
      guard Self.endsField(p) else { return .textAfterQuote }
      return scratch.withUnsafeBufferPointer { store($0, lane) } ? .done : .bad
    }
    let start = p
    while !Self.endsField(p) { p += 1 }
    if !isLast, complete(p, end) == .incomplete { return .incomplete }
    let bytes = UnsafeBufferPointer(start: start, count: min(p, end) - start)
    if store(bytes, lane) { return .done }
    scratch = Array(bytes)
    return .bad
  }

  @inline(__always)
  private static func endsField(_ p: Cursor) -> Bool {
    let byte = p.pointee
    return byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n")
      || (byte == UInt8(ascii: "\r") && p[1] == UInt8(ascii: "\n"))
  }

  @inline(__always)
  private func storeMissing(_ lane: CSVBlock.Lane) {
    let row = block.rowCount
    if lane.type == .text {
      let end = lane.text!._withUnsafeGuaranteedRef { $0.byteCount }
      lane.values.storeBytes(of: end, toByteOffset: row &* 8, as: Int.self)
    } else {
      // The widest zero serves the eight-byte types; the narrower ones are packed and get their own.
      switch lane.type {
      case .boolean: lane.values.storeBytes(of: 0, toByteOffset: row, as: UInt8.self)
      case .date, .float32: lane.values.storeBytes(of: 0, toByteOffset: row &* 4, as: UInt32.self)
      default: lane.values.storeBytes(of: 0, toByteOffset: row &* 8, as: UInt64.self)
      }
    }
  }

  /// Stores a present value; an empty quoted field is a present empty text, and missing in every other type.
  private func store(_ bytes: UnsafeBufferPointer<UInt8>, _ lane: CSVBlock.Lane) -> Bool {
    let row = block.rowCount
    if bytes.isEmpty, lane.type != .text {
      storeMissing(lane)
      return true
    }
    switch lane.type {
    case .int64:
      guard let value = CSVFieldParsing.slowInteger(bytes) else { return false }
      lane.values.storeBytes(of: value, toByteOffset: row * 8, as: Int64.self)
    case .float64:
      guard let value = CSVFieldParsing.slowNumber(bytes) else { return false }
      lane.values.storeBytes(of: value, toByteOffset: row * 8, as: Double.self)
    case .float32:
      guard let value = CSVFieldParsing.slowNumber(bytes) else { return false }
      lane.values.storeBytes(of: Float(value), toByteOffset: row * 4, as: Float.self)
    case .boolean:
      guard let value = CSVFieldParsing.boolean(bytes) else { return false }
      lane.values.storeBytes(of: value ? 1 : 0, toByteOffset: row, as: UInt8.self)
    case .date:
      guard let value = CSVFieldParsing.date(bytes) else { return false }
      lane.values.storeBytes(of: value, toByteOffset: row * 4, as: Int32.self)
    case .text:
      let end = lane.text!._withUnsafeGuaranteedRef { $0.appendBytes(bytes) }
      lane.values.storeBytes(of: end, toByteOffset: row * 8, as: Int.self)
    }
    lane.present[row >> 6] |= 1 << UInt64(row & 63)
    return true
  }
}
