import CStorageKernels

/// Codes back to values. `codes` always holds the whole chunk, `codeFormat.byteCount(rows:width:)` bytes of it.
///
/// Any bytes decode to something: finding damage is the business of checksums.
extension FittedQuantizer {
  /// Reconstructs `part` of a chunk: the value of its i-th row and j-th column goes to `target[i * rowStride + j]`.
  ///
  /// Complexity: O(values of the part).
  package func decode(
    _ codes: UnsafeRawPointer, _ part: CodedChunk.Part, into target: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    precondition(type == .float32 && part.chunk.columns.upperBound <= columns, "the chunk is not of this quantizer's values")
    guard !part.rows.isEmpty, !part.columns.isEmpty else { return }
    if part.chunk.columns.count == 1, rowStride != 1 {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: part.rows.count) { column in
        decode(codes, part, into: column.baseAddress!, rowStride: 1)
        for row in 0..<column.count { target[row * rowStride] = column[row] }
      }
      return
    }
    if let byteTable { return decodeBytes(codes, part, byteTable, into: target, rowStride: rowStride) }
    let lines = PartLines(part, rowStride: rowStride, format: codeFormat, columnsMatter: bookCount > 1)
    switch codeFormat {
    case .float64: preconditionFailure("float32 values have no float64 codes")
    case .float32:
      for line in 0..<lines.count {
        let source = codes + lines.start(line) + lines.first * 4
        UnsafeMutableRawPointer(target + line * rowStride).copyMemory(from: source, byteCount: lines.length * 4)
      }
    case .float16:
      for line in 0..<lines.count {
        let source = (codes + lines.start(line)).assumingMemoryBound(to: UInt16.self) + lines.first
        mistique_quantize_unhalve(source, lines.length, target + line * rowStride)
      }
    case .bits(let bits):
      lines.forEachBlock(of: codes, bits: bits, mayCut: bookCount == 1 || part.chunk.columns.count == 1) { codes, line, place in
        reconstruct(codes, part, into: target + line * rowStride + place)
      }
    }
  }

  /// The values of the 256 codes where a code is a byte and one codebook serves all columns, so that a value depends on its code alone; else `nil`.
  var byteTable: [Float]? {
    guard case .float32(let books) = books, books.count == 1, books.bits == 8 else { return nil }
    return books.representatives
  }

  private func decodeBytes(
    _ codes: UnsafeRawPointer, _ part: CodedChunk.Part, _ table: [Float], into target: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    let stride = part.chunk.columns.count
    let first = codes + part.rows.lowerBound * stride + part.columns.lowerBound - part.chunk.columns.lowerBound
    var piece = mistique_lookup_piece(codes: first.assumingMemoryBound(to: UInt8.self), stride: stride, width: part.columns.count)
    mistique_lookup_rows(&piece, 1, part.rows.count, table, 0, rowStride, target)
  }

  /// Values of consecutive columns of `part`, or of its only column.
  private func reconstruct(_ codes: UnsafeBufferPointer<UInt8>, _ part: CodedChunk.Part, into target: UnsafeMutablePointer<Float>) {
    guard case .float32(let books) = books else { preconditionFailure("codes of bits need a codebook") }
    let column = part.columns.lowerBound
    books.representatives.withUnsafeBufferPointer { tables in
      let table = tables.baseAddress! + book(of: column) << books.bits
      if books.count == 1 || part.chunk.columns.count == 1 {
        mistique_quantize_decode(codes.baseAddress, codes.count, table, target)
      } else {
        mistique_quantize_decode_by_book(
          codes.baseAddress, codes.count, table, UInt32(books.bits), column % columnsPerBook, columnsPerBook, target)
      }
    }
  }

  /// The codes of `part` themselves, one byte each, placed as `decode` places values: for a threshold the bits, for k bits the bins.
  ///
  /// For a quantizer with codebooks of either type. Complexity: O(values of the part).
  package func unpackCodes(
    _ codes: UnsafeRawPointer, _ part: CodedChunk.Part, into target: UnsafeMutablePointer<UInt8>, rowStride: Int
  ) {
    guard case .bits(let bits) = codeFormat else { preconditionFailure("\(values) has no codes") }
    guard !part.rows.isEmpty, !part.columns.isEmpty else { return }
    let valueStride = part.chunk.columns.count == 1 ? rowStride : 1
    let lines = PartLines(part, rowStride: rowStride, format: codeFormat, columnsMatter: false)
    lines.forEachBlock(of: codes, bits: bits, mayCut: true) { codes, line, place in
      var out = target + line * rowStride + place * valueStride
      for code in codes {
        out.pointee = code
        out += valueStride
      }
    }
  }

  /// Reconstructs rows `rows` of a named float64 column of `count` values.
  package func decode(_ codes: UnsafeRawPointer, count: Int, rows: Range<Int>, into target: UnsafeMutablePointer<Double>) {
    precondition(type == .float64 && rows.lowerBound >= 0 && rows.upperBound <= count, "the rows are not of this column")
    switch codeFormat {
    case .float64:
      UnsafeMutableRawPointer(target).copyMemory(from: codes + rows.lowerBound * 8, byteCount: rows.count * 8)
    case .float32:
      let source = codes.assumingMemoryBound(to: Float.self)
      for (place, row) in rows.enumerated() { target[place] = Double(source[row]) }
    case .float16:
      let source = codes.assumingMemoryBound(to: UInt16.self)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count) { values in
        mistique_quantize_unhalve(source + rows.lowerBound, rows.count, values.baseAddress)
        for place in 0..<rows.count { target[place] = Double(values[place]) }
      }
    case .bits(let bits):
      guard case .float64(let books) = books, !rows.isEmpty else { return }
      let part = CodedChunk(rows: count, columns: 0..<1).part(rows: rows, columns: 0..<1)
      let lines = PartLines(part, rowStride: 1, format: codeFormat, columnsMatter: false)
      lines.forEachBlock(of: codes, bits: bits, mayCut: true) { codes, _, place in
        mistique_quantize_decode_double(codes.baseAddress, codes.count, books.representatives, target + place)
      }
    }
  }
}

/// A part of a chunk as lines that are decoded in one go each: a row's columns, or all of it where nothing lies between its rows.
private struct PartLines {
  let count: Int
  /// Values taken of each line, and where they begin in it.
  let length: Int
  let first: Int
  /// Values in a line.
  private let total: Int
  private let firstLine: Int
  private let bytesPerLine: Int

  init(_ part: CodedChunk.Part, rowStride: Int, format: CodeFormat, columnsMatter: Bool) {
    let width = part.chunk.columns.count
    let wholeRows = part.columns.count == width && rowStride == width && width * format.bitsPerValue % 8 == 0 && !columnsMatter
    if width == 1 || wholeRows {
      (count, length, first) = (1, part.rows.count * width, part.rows.lowerBound * width)
      (total, firstLine, bytesPerLine) = (part.chunk.rows * width, 0, 0)
    } else {
      (count, length, first) = (part.rows.count, part.columns.count, part.columns.lowerBound - part.chunk.columns.lowerBound)
      (total, firstLine, bytesPerLine) = (width, part.rows.lowerBound, (width * format.bitsPerValue + 7) / 8)
    }
  }

  /// Where a line's bytes begin in the chunk.
  func start(_ line: Int) -> Int { (firstLine + line) * bytesPerLine }

  /// Calls `body` with the codes of each line, a byte each, the line's number and the place of the first in it.
  ///
  /// A block of 4,096 codes at a time, so that they are still in the first-level cache when they are used, unless lines may not be cut.
  func forEachBlock(of codes: UnsafeRawPointer, bits: Int, mayCut: Bool, _ body: (UnsafeBufferPointer<UInt8>, Int, Int) -> Void) {
    if bits == 8 {
      for line in 0..<count {
        let bytes = (codes + start(line) + first).assumingMemoryBound(to: UInt8.self)
        body(UnsafeBufferPointer(start: bytes, count: length), line, 0)
      }
      return
    }
    let block = mayCut ? min(length, 4096) : length
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: block) { unpacked in
      for line in 0..<count {
        let packed = (codes + start(line)).assumingMemoryBound(to: UInt8.self)
        for place in stride(from: 0, to: length, by: block) {
          let taken = min(block, length - place)
          mistique_quantize_unpack(packed, total, UInt32(bits), first + place, taken, unpacked.baseAddress)
          body(UnsafeBufferPointer(rebasing: unpacked[..<taken]), line, place)
        }
      }
    }
  }
}
