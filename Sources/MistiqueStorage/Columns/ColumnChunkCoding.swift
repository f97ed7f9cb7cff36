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
  private var fixed: [UInt8] = []
  private var text = TextValues()
  private var validity: Validity?
  private var count = 0

  package init(type: ColumnType, expectedRows: Int, place: String) {
    self.type = type
    self.place = place
    if let size = type.bytesPerValue { fixed.reserveCapacity(expectedRows * size) }
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
    if type == .text { try appendText(values, rows: shape.rows) } else { fixed.append(contentsOf: values) }
    if type == .boolean, values.contains(where: { $0 > 1 }) {
      throw StoreError.corrupt("a boolean is neither 0 nor 1", at: place)
    }
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

  private mutating func appendText(_ values: UnsafeRawBufferPointer, rows: Int) throws {
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

  package consuming func finish() -> Column {
    func typed<Value>(_: Value.Type) -> [Value] {
      [Value](unsafeUninitializedCapacity: count) { target, initialised in
        fixed.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
        initialised = count
      }
    }
    let values: Column.Values
    switch type {
    case .float32: values = .float32(typed(Float.self))
    case .float64: values = .float64(typed(Double.self))
    case .int64: values = .int64(typed(Int64.self))
    case .boolean: values = .boolean(typed(Bool.self))
    case .date: values = .date(typed(Int32.self))
    case .text: values = .text(text)
    }
    return Column(values, validity: validity)
  }
}
