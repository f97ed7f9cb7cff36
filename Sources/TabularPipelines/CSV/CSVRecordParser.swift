import Mistique

/// The reader's inner loop: parses records into the columns of a block, each field straight from the file's bytes as its column's type.
///
/// Runs of empty fields are skipped eight at a time. Fields that are not plain (quoted, long numbers, errors) go through `general`, which
/// first finds the field's end. Whether the record really ended, or only the bytes in memory did, is checked once, at its end.
struct CSVRecordParser {
  typealias Cursor = UnsafePointer<UInt8>

  private enum FieldEnd { case done, incomplete, bad, textAfterQuote }

  private let block: CSVBlock
  private let format: CSVFormat
  /// Lines before the next record, counted from where the parser started.
  var line = 0
  private var newlinesInRecord = 0
  private var scratch: [UInt8] = []
  /// The field that was refused, as it stands in the file; its contents are in `scratch`.
  private var refused = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

  init(block: CSVBlock, format: CSVFormat) {
    self.block = block
    self.format = format
  }

  /// Parses all records that start before `limit` and end within `bytes`, which `ByteWindow.sentinelByteCount` newlines must follow.
  ///
  /// - Parameter isLast: whether the file ends with the bytes.
  /// - Returns: where the next record starts.
  mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int, isLast: Bool) throws -> Int {
    guard let base = bytes.baseAddress, let places = block.places.baseAddress else { return 0 }
    let columnCount = block.places.count
    let end = base + bytes.count
    let stop = base + min(limit, bytes.count)
    let separator = format.separator
    let separators = UInt64(separator) &* 0x0101_0101_0101_0101
    var p = base + start
    // Kept here rather than in the block: the loop touches it with every field.
    var row = block.rowCount
    defer { block.rowCount = row }
    while p < stop {
      let record = p
      if columnCount > 1 {
        // A blank line is no record, except in a file of one column, where it is a missing value.
        let length = p.pointee == UInt8(ascii: "\n") ? 1 : p.pointee == UInt8(ascii: "\r") && p[1] == UInt8(ascii: "\n") ? 2 : 0
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
        if format.trims { skipBlanks(&p) }
        if p.pointee == separator {
          let others = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)) ^ separators
          let run = others.trailingZeroBitCount >> 3
          if column + run >= columnCount { return try failTooMany(record, row, bytes, isLast) }
          column += run
          p += run
          if run == 8 || (format.trims && format.isBlank(p.pointee)) { continue }
        }
        if p.pointee != UInt8(ascii: "\n"), !plainField(&p, places + column, row) {
          switch general(&p, end: end, isLast: isLast, place: places[column], row: row) {
          case .done: break
          case .incomplete:
            block.forgetRow(row)
            return record - base
          case .bad: throw problem(column, base)
          case .textAfterQuote: throw Problem.textAfterQuote(line: line)
          }
        }
        column += 1
        guard p.pointee == separator else { break }
        p += 1
        if column == columnCount { return try failTooMany(record, row, bytes, isLast) }
      }
      // At `end` stands a newline that is not the file's.
      p += p.pointee == UInt8(ascii: "\r") ? 2 : 1
      if p > end, !isLast {
        block.forgetRow(row)
        return record - base
      }
      guard column == columnCount else { throw Problem.fieldCount(line: line, got: column) }
      line += 1 + newlinesInRecord
      row += 1
    }
    return min(p - base, bytes.count)
  }

  /// What is wrong with the refused field.
  private func problem(_ column: Int, _ base: Cursor) -> Problem {
    if let place = UTF8Check.firstInvalid(refused), let start = refused.baseAddress {
      return .notUTF8(line: line, column: column, offset: start + place - base, byte: refused[place])
    }
    return .badValue(line: line, column: column, bytes: scratch, isQuoted: refused.first == UInt8(ascii: "\""))
  }

  /// Counts the fields of a record that has more fields than there are columns, or asks for more bytes.
  private func failTooMany(_ record: Cursor, _ row: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ isLast: Bool) throws -> Int {
    let start = record - bytes.baseAddress!
    switch CSVRecordScanner.record(in: bytes, at: start, isLast: isLast, format) {
    case .record(let fields, _, _): throw Problem.fieldCount(line: line, got: fields.count)
    case .textAfterQuote: throw Problem.textAfterQuote(line: line)
    case .incomplete:
      if isLast { throw Problem.unterminatedQuote(line: line) }
      block.forgetRow(row)
      return start
    }
  }

  /// Stores a field that is a plain number or an unquoted text, leaving `p` at the separator or line end after it; for any other
  /// field does nothing and returns `false`.
  @inline(__always)
  private func plainField(_ p: inout Cursor, _ place: UnsafePointer<CSVBlock.Place>, _ row: Int) -> Bool {
    var next = p
    let values = place.pointee.values
    // A single digit needs no counting of digits; counts and flags are full of them.
    let digit = p.pointee &- 48
    if digit < 10, p[1] == format.separator || p[1] == UInt8(ascii: "\n"), !format.hasNumericMarkers {
      let isInteger = place.pointee.lane == .int64
      if isInteger || place.pointee.lane == .float64 {
        let bits = isInteger ? UInt64(digit) : Double(digit).bitPattern
        values.storeBytes(of: bits, toByteOffset: row &* 8, as: UInt64.self)
        place.pointee.present[row >> 6] |= 1 &<< UInt64(row & 63)
        p += 1
        return true
      }
    }
    switch place.pointee.lane {
    case .int64:
      guard let value = CSVFieldParsing.integer(&next), format.endsField(next) else { return false }
      if format.hasNumericMarkers, format.mayMark(value) { return false }
      values.storeBytes(of: value, toByteOffset: row &* 8, as: Int64.self)
      place.pointee.present[row >> 6] |= 1 &<< UInt64(row & 63)
    case .float64:
      guard let value = CSVFieldParsing.number(&next), format.endsField(next) else { return false }
      if format.hasNumericMarkers, format.mayMark(value) { return false }
      values.storeBytes(of: value, toByteOffset: row &* 8, as: Double.self)
      place.pointee.present[row >> 6] |= 1 &<< UInt64(row & 63)
    case .text:
      if p.pointee == UInt8(ascii: "\"") { return false }
      var bits: UInt8 = 0
      while !format.endsField(next) {
        bits |= next.pointee
        next += 1
      }
      var last = next
      if format.trims { while last > p, format.isBlank(last[-1]) { last -= 1 } }
      if last == p { break }
      let field = UnsafeBufferPointer(start: p, count: last - p)
      if format.hasMarkers, format.isMarker(field) { break }
      // ASCII is valid.
      if bits >= 0x80, UTF8Check.firstInvalid(field) != nil { return false }
      let end = place.pointee.text.unsafelyUnwrapped.pointee.append(field)
      values.storeBytes(of: end, toByteOffset: row &* 8, as: Int.self)
      place.pointee.present[row >> 6] |= 1 &<< UInt64(row & 63)
    case .boolean, .date, .timestamp, .float32, .undecided, .skipped: return false
    }
    p = next
    return true
  }

  private mutating func general(_ p: inout Cursor, end: Cursor, isLast: Bool, place: CSVBlock.Place, row: Int) -> FieldEnd {
    if p.pointee == UInt8(ascii: "\""), p < end {
      scratch.removeAll(keepingCapacity: true)
      let rest = UnsafeBufferPointer(start: p, count: end - p)
      guard case .closed(let next, let newlines) = CSVRecordScanner.quoted(in: rest, at: 0, isLast: isLast, into: &scratch) else {
        return .incomplete
      }
      refused = UnsafeBufferPointer(rebasing: rest[..<next])
      p += next
      newlinesInRecord += newlines
      if format.trims { skipBlanks(&p) }
      if isCut(p, end), !isLast { return .incomplete }
      guard format.endsField(p) else { return .textAfterQuote }
      return scratch.withUnsafeBufferPointer { store($0, place, row) } ? .done : .bad
    }
    let start = p
    p = fieldEnd(p)
    if p == start { return .done }
    let bytes = format.trimmed(UnsafeBufferPointer(start: start, count: min(p, end) - start))
    if format.hasMarkers, format.isMarker(bytes) { return .done }
    if format.hasNumericMarkers, place.lane.takesNumbers, format.isNumericMarker(bytes) { return .done }
    if store(bytes, place, row) { return .done }
    // A value that is cut short may still be a good one.
    if isCut(p, end), !isLast { return .incomplete }
    refused = bytes
    scratch = Array(bytes)
    return .bad
  }

  /// Whether a field that ended at `p` may go on after the bytes in memory. `\r` alone may be cut from its `\n`.
  private func isCut(_ p: Cursor, _ end: Cursor) -> Bool { p >= end || (p.pointee == UInt8(ascii: "\r") && p + 1 == end) }

  @inline(__always)
  private func skipBlanks(_ p: inout Cursor) { while format.isBlank(p.pointee) { p += 1 } }

  /// The end of the unquoted field that starts at `p`.
  @inline(__always)
  private func fieldEnd(_ p: Cursor) -> Cursor {
    var p = p
    while !format.endsField(p) { p += 1 }
    return p
  }

  /// Stores a present value; an empty quoted field is a present empty text, and missing in every other type. `false` for what is no value of the
  /// column, and for bytes that are not UTF-8.
  private func store(_ bytes: UnsafeBufferPointer<UInt8>, _ place: CSVBlock.Place, _ row: Int) -> Bool {
    if bytes.isEmpty, place.lane != .text { return true }
    switch place.lane {
    case .skipped: return true
    case .undecided: return false
    case .int64:
      guard let value = place.isInferred ? CSVFieldParsing.plainInteger(bytes) : CSVFieldParsing.slowInteger(bytes) else { return false }
      place.values.storeBytes(of: value, toByteOffset: row * 8, as: Int64.self)
    case .float64:
      guard let value = CSVFieldParsing.slowNumber(bytes) else { return false }
      place.values.storeBytes(of: value, toByteOffset: row * 8, as: Double.self)
    case .float32:
      guard let value = CSVFieldParsing.slowSingle(bytes) else { return false }
      place.values.storeBytes(of: value, toByteOffset: row * 4, as: Float.self)
    case .boolean:
      guard let value = CSVFieldParsing.boolean(bytes) else { return false }
      place.values.storeBytes(of: value ? 1 : 0, toByteOffset: row, as: UInt8.self)
    case .date:
      guard let value = CSVFieldParsing.date(bytes) else { return false }
      place.values.storeBytes(of: value, toByteOffset: row * 4, as: Int32.self)
    case .timestamp:
      guard let value = CSVFieldParsing.timestamp(bytes) else { return false }
      place.values.storeBytes(of: value, toByteOffset: row * 8, as: Int64.self)
    case .text:
      guard UTF8Check.firstInvalid(bytes) == nil else { return false }
      let end = place.text!.pointee.append(bytes)
      place.values.storeBytes(of: end, toByteOffset: row * 8, as: Int.self)
    }
    place.present[row >> 6] |= 1 << UInt64(row & 63)
    return true
  }
}
