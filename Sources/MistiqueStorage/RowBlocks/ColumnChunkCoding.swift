/// Columns to ColumnChunk payloads and back.
extension ColumnChunk {
  /// The chunk of rows `range` of `column`, which has `number` where chunks are placed.
  /// - Throws: `StoreError` with code `invalid` for a text value over 4 GiB.
  package init(_ column: Column, rows range: Range<Int>, number: Int = 0) throws {
    let validity = column.validity?.slice(range)
    // A RowBlock in which nothing is missing is stored without a bitmap, so that it equals the same values of a column without gaps.
    let stored = validity.flatMap { $0.missingCount > 0 ? $0 : nil }
    let shape = ColumnChunkShape(type: .values(column.type), rows: range.count, hasValidity: stored != nil)
    let payload: ByteBuffer
    if case .text(let text) = column.values {
      payload = try Self.textPayload(text, range, prefix: shape.validityBytes)
    } else {
      payload = ByteBuffer(count: shape.payloadBytes!)
      payload.withMutableBytes(shape.validityBytes..<payload.count) { column.values.copyFixedWidth(range, to: $0) }
    }
    if let stored {
      stored.words.withUnsafeBytes { words in payload.withMutableBytes { $0.copyMemory(from: words) } }
    }
    self.init(shape: shape, payload: BufferSlice(payload), column: number)
  }

  private static func textPayload(_ text: TextValues, _ range: Range<Int>, prefix: Int) throws -> ByteBuffer {
    let utf8 = text.offsets[range.lowerBound]..<text.offsets[range.upperBound]
    guard utf8.count <= Int(UInt32.max) else {
      throw StoreError(
        .invalid, "\(range.count) text values hold \(utf8.count) bytes, at most 4 GiB fit a RowBlock", at: "text column",
        remedy: "Use fewer rows per RowBlock or drop the column.")
    }
    let buffer = ByteBuffer(count: prefix + range.count * 4 + utf8.count)
    buffer.withMutableBytes(prefix..<buffer.count) { target in
      for (place, row) in range.enumerated() {
        let length = UInt32(text.offsets[row + 1] - text.offsets[row])
        target.storeBytes(of: length.littleEndian, toByteOffset: place * 4, as: UInt32.self)
      }
      text.utf8.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target[(range.count * 4)...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[utf8]))
      }
    }
    return buffer
  }
}

extension Column.Values {
  /// Copies the values of `range` as they lie in memory, which on every machine Swift runs on is little endian.
  func copyFixedWidth(_ range: Range<Int>, to target: UnsafeMutableRawBufferPointer) {
    func copy<Value>(_ values: [Value]) {
      values.withUnsafeBytes { bytes in
        let size = MemoryLayout<Value>.size
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound * size..<range.upperBound * size]))
      }
    }
    switch self {
    case .float32(let v): copy(v)
    case .float64(let v): copy(v)
    case .int64(let v): copy(v)
    case .boolean(let v): copy(v)
    case .date(let v): copy(v)
    case .timestamp(let v): copy(v)
    case .text: preconditionFailure("text has no fixed width")
    }
  }
}

/// Collects the decoded chunks of one column.
///
/// The bytes come from a file: sizes are checked before anything is read, and a boolean byte other than 0 and 1 is an error.
package struct ColumnBuilder {
  private let type: ColumnType
  private let place: String
  private var values: Column.Values
  private var validity: Validity?
  private var count = 0

  package init(type: ColumnType, expectedRows: Int, place: String) {
    self.type = type
    self.place = place
    func room<Value>() -> [Value] {
      var values: [Value] = []
      values.reserveCapacity(expectedRows)
      return values
    }
    var texts = TextValues()
    if type == .text { texts.reserve(values: expectedRows, bytes: 0) }
    values =
      switch type {
      case .float32: .float32(room())
      case .float64: .float64(room())
      case .int64: .int64(room())
      case .boolean: .boolean(room())
      case .date: .date(room())
      case .timestamp: .timestamp(room())
      case .text: .text(texts)
      }
  }

  package mutating func append(_ payload: UnsafeRawBufferPointer, shape: ColumnChunkShape) throws {
    guard shape.type == .values(type), shape.width == 1, shape.kind == .values else {
      throw StoreError.corrupt("a chunk holds \(shape.type) x \(shape.width), \(type) x 1 was expected", at: place)
    }
    guard payload.count >= shape.validityBytes, shape.payloadBytes.map({ $0 == payload.count }) ?? true else {
      throw StoreError.corrupt("a chunk of \(shape.rows) rows has \(payload.count) bytes", at: place)
    }
    appendValidity(payload, shape)
    let values = UnsafeRawBufferPointer(rebasing: payload[shape.validityBytes...])
    if type == .boolean, values.contains(where: { $0 > 1 }) {
      throw StoreError.corrupt("a boolean is neither 0 nor 1", at: place)
    }
    try appendValues(values, rows: shape.rows)
    count += shape.rows
  }

  private mutating func appendValidity(_ payload: UnsafeRawBufferPointer, _ shape: ColumnChunkShape) {
    if shape.hasValidity {
      let words = (0..<shape.validityBytes / 8).map { payload.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
      let more = Validity(words: words, count: shape.rows)
      if validity == nil { validity = Validity(count: count, present: true) }
      validity!.append(contentsOf: more)
    } else if validity != nil {
      validity!.append(contentsOf: Validity(count: shape.rows, present: true))
    }
  }

  private mutating func appendValues(_ bytes: UnsafeRawBufferPointer, rows: Int) throws {
    // Taken out and put back, so that the array is changed where it is.
    switch values {
    case .float32(var array):
      values = .text(TextValues())
      Self.append(bytes, to: &array)
      values = .float32(array)
    case .float64(var array):
      values = .text(TextValues())
      Self.append(bytes, to: &array)
      values = .float64(array)
    case .int64(var array):
      values = .text(TextValues())
      Self.append(bytes, to: &array)
      values = .int64(array)
    case .boolean(var array):
      values = .text(TextValues())
      Self.append(bytes, to: &array)
      values = .boolean(array)
    case .date(var array):
      values = .text(TextValues())
      Self.append(bytes, to: &array)
      values = .date(array)
    case .timestamp(var array):
      values = .text(TextValues())
      Self.append(bytes, to: &array)
      values = .timestamp(array)
    case .text(var texts):
      values = .date([])
      try append(bytes, rows: rows, to: &texts)
      values = .text(texts)
    }
  }

  private static func append<Value>(_ bytes: UnsafeRawBufferPointer, to values: inout [Value]) {
    let count = bytes.count / MemoryLayout<Value>.stride
    guard count > 0, let start = bytes.baseAddress else { return }
    guard Int(bitPattern: start) % MemoryLayout<Value>.alignment == 0 else {
      values += [Value](unsafeUninitializedCapacity: count) { target, initialised in
        UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * MemoryLayout<Value>.stride)]))
        initialised = count
      }
      return
    }
    values.append(contentsOf: UnsafeBufferPointer(start: start.assumingMemoryBound(to: Value.self), count: count))
  }

  private func append(_ values: UnsafeRawBufferPointer, rows: Int, to text: inout TextValues) throws {
    guard values.count >= rows * 4 else { throw StoreError.corrupt("a text chunk of \(rows) rows is too short", at: place) }
    var position = rows * 4
    for row in 0..<rows {
      let length = Int(UInt32(littleEndian: values.loadUnaligned(fromByteOffset: row * 4, as: UInt32.self)))
      guard position + length <= values.count else { throw StoreError.corrupt("a text value runs past its chunk", at: place) }
      text.append(utf8: UnsafeRawBufferPointer(rebasing: values[position..<position + length]))
      position += length
    }
    guard position == values.count else { throw StoreError.corrupt("a text chunk has bytes left over", at: place) }
  }

  /// The column.
  /// - Parameter isZeroed: whether a missing value's place holds zero, as it does where values are stored as they are.
  package consuming func finish(isZeroed: Bool = true) -> Column {
    guard let validity else { return Column(values) }
    return isZeroed ? Column(zeroed: values, validity: validity) : Column(values, validity: validity)
  }
}
