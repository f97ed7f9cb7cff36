/// Taking rows out of a payload before anything is made of it: a row of a wide table is one value out of each of thousands of chunks.
extension ColumnChunkShape {
  /// Some rows of a payload of this shape, which is of one column of values as they are, as a payload of their own.
  ///
  /// - Parameter rows: places in the chunk, ascending.
  /// - Throws: `StoreError` with code `corrupt` for bytes that do not fit the shape.
  /// - Complexity: O(picked rows), for text O(rows of the chunk).
  func picking(
    _ rows: [Int], from payload: UnsafeRawBufferPointer, place: String
  ) throws -> (shape: ColumnChunkShape, payload: BufferSlice) {
    precondition(kind == .values && width == 1, "rows are picked out of columns")
    let picked = ColumnChunkShape(type: type, rows: rows.count, hasValidity: hasValidity)
    if type == .values(.text) { return (picked, BufferSlice(try pickingTexts(rows, picked, from: payload, place: place))) }
    guard let size = type.bytesPerValue, payload.count == payloadBytes else {
      throw StoreError.corrupt("a chunk of \(self.rows) rows of \(type) has \(payload.count) bytes", at: place)
    }
    let target = ByteBuffer(count: picked.validityBytes + rows.count * size)
    target.withMutableBytes { target in
      pickValidity(of: rows, from: payload, into: target, picked)
      guard let source = payload.baseAddress, let start = target.baseAddress else { return }
      let (from, to) = (source + validityBytes, start + picked.validityBytes)
      for (index, row) in rows.enumerated() { (to + index * size).copyMemory(from: from + row * size, byteCount: size) }
    }
    return (picked, BufferSlice(target))
  }

  private func pickingTexts(
    _ rows: [Int], _ picked: ColumnChunkShape, from payload: UnsafeRawBufferPointer, place: String
  ) throws -> ByteBuffer {
    guard payload.count >= validityBytes + self.rows * 4 else {
      throw StoreError.corrupt("a text chunk of \(self.rows) rows is too short", at: place)
    }
    func length(_ row: Int) -> Int {
      Int(UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: validityBytes + row * 4, as: UInt32.self)))
    }
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(rows.count)
    var position = validityBytes + self.rows * 4
    for row in 0..<self.rows {
      let end = position + length(row)
      if ranges.count < rows.count, rows[ranges.count] == row { ranges.append(position..<end) }
      position = end
    }
    guard position == payload.count else {
      throw StoreError.corrupt("the values of a text chunk take \(position) bytes of \(payload.count)", at: place)
    }
    let prefix = picked.validityBytes + rows.count * 4
    let target = ByteBuffer(count: ranges.reduce(prefix) { $0 + $1.count })
    target.withMutableBytes { target in
      pickValidity(of: rows, from: payload, into: target, picked)
      var end = prefix
      for (index, range) in ranges.enumerated() {
        target.storeBytes(
          of: UInt32(range.count).littleEndian, toByteOffset: picked.validityBytes + index * 4, as: UInt32.self)
        UnsafeMutableRawBufferPointer(rebasing: target[end..<end + range.count])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: payload[range]))
        end += range.count
      }
    }
    return target
  }

  private func pickValidity(
    of rows: [Int], from payload: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, _ picked: ColumnChunkShape
  ) {
    guard hasValidity else { return }
    for offset in stride(from: 0, to: picked.validityBytes, by: 8) {
      var word: UInt64 = 0
      for index in offset * 8..<min(offset * 8 + 64, rows.count) {
        let row = rows[index]
        let bits = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: row / 64 * 8, as: UInt64.self))
        word |= (bits >> UInt64(row & 63) & 1) << UInt64(index & 63)
      }
      target.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
  }
}
