import CStorageKernels

/// Encodes chunks of one intermediate. Made once by `FittedQuantizer.encoder()`, used from any thread.
package struct ChunkEncoder: Sendable {
  package let quantizer: FittedQuantizer
  private let search: BinSearch?
  private let doubleEdges: [UInt64]

  init(_ quantizer: FittedQuantizer) {
    self.quantizer = quantizer
    guard quantizer.grids.isEmpty else {
      (search, doubleEdges) = (nil, [])
      return
    }
    switch quantizer.books {
    case .none: (search, doubleEdges) = (nil, [])
    case .float32(let books): (search, doubleEdges) = (BinSearch(books, columnsPerBook: quantizer.columnsPerBook), [])
    case .float64(let books): (search, doubleEdges) = (nil, books.edgeKeys(0..<1))
    }
  }

  /// Encodes `chunk`, whose value (row, place in the chunk) is at `values[row * rowStride + place]`, into `target`, which has
  /// `codeFormat.byteCount(rows:width:)` bytes.
  ///
  /// Returns false, leaving `target` undefined and `extrema` as they were, when the scheme cannot represent one of the values: NaN
  /// as a code of a codebook, a finite value beyond +-65504 as float16, a value beyond the codes of BOUND_QT. The caller then stores this chunk in full
  /// precision, or rounded (`FittedQuantizer.round`).
  ///
  /// Complexity: O(values).
  package func encode(
    _ values: UnsafePointer<Float>, rowStride: Int, chunk: CodedChunk, into target: UnsafeMutableRawPointer, extrema: inout EncodedExtrema
  ) -> Bool {
    precondition(quantizer.type == .float32 && chunk.columns.upperBound <= quantizer.columns, "the chunk is not of this quantizer's values")
    let width = chunk.columns.count
    guard chunk.rows > 0, width > 0 else { return true }
    if width == 1, rowStride != 1 {
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: chunk.rows) { line in
        for row in 0..<chunk.rows { line[row] = values[row * rowStride] }
        return encode(line.baseAddress!, rowStride: 1, chunk: chunk, into: target, extrema: &extrema)
      }
    }
    if !quantizer.grids.isEmpty {
      return encodeBounded(values, rowStride: rowStride, chunk: chunk, into: target.assumingMemoryBound(to: UInt8.self), extrema: &extrema)
    }
    let lines = Lines(chunk, rowStride: rowStride, format: quantizer.codeFormat, columnsMatter: quantizer.bookCount > 1)
    switch quantizer.codeFormat {
    case .float64: preconditionFailure("float32 values have no float64 codes")
    case .float32:
      for line in 0..<lines.count {
        (target + line * lines.length * 4).copyMemory(from: values + line * rowStride, byteCount: lines.length * 4)
      }
      return true
    case .float16:
      let halves = target.assumingMemoryBound(to: UInt16.self)
      return (0..<lines.count).allSatisfy {
        mistique_quantize_halve(values + $0 * rowStride, lines.length, halves + $0 * lines.length) != 0
      }
    case .bits(let bits):
      let books = quantizer.books(of: chunk.columns)
      return withUnsafeTemporaryAllocation(of: mistique_quantize_range.self, capacity: books.count) { ranges in
        ranges.initialize(repeating: mistique_quantize_range(lowest: .max, highest: 0))
        for line in 0..<lines.count {
          let values = UnsafeBufferPointer(start: values + line * rowStride, count: lines.length)
          let codes = (target + line * lines.codeBytes).assumingMemoryBound(to: UInt8.self)
          guard encode(values, column: chunk.columns.lowerBound, isOneColumn: width == 1, bits: bits, into: codes, ranges.baseAddress!)
          else { return false }
        }
        extrema.include(UnsafeBufferPointer(ranges), from: books.lowerBound)
        return true
      }
    }
  }

  /// One line: straight to bits or bytes where there are kernels for it, else by way of one byte per code, a block at a time.
  private func encode(
    _ values: UnsafeBufferPointer<Float>, column: Int, isOneColumn: Bool, bits: Int, into target: UnsafeMutablePointer<UInt8>,
    _ ranges: UnsafeMutablePointer<mistique_quantize_range>
  ) -> Bool {
    guard let search, case .float32(let books) = quantizer.books else { preconditionFailure("codes of bits need a codebook") }
    if bits == 1, books.count == 1 {
      let edge = books.binCounts[0] == 2 ? books.lowerEdges[1] : .nan
      return mistique_quantize_above(values.baseAddress, values.count, edge, target, ranges) != 0
    }
    if bits == 8 { return search.find(values, column: column, isOneColumn: isOneColumn, codes: target, ranges: ranges) }
    // A multiple of 8 codes, so that every block starts on a byte. Blocks of a line with several codebooks cannot be cut.
    let block = books.count > 1 && !isOneColumn ? values.count : min(values.count, 4096)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: block) { codes in
      for start in stride(from: 0, to: values.count, by: block) {
        let part = UnsafeBufferPointer(rebasing: values[start..<min(start + block, values.count)])
        guard search.find(part, column: column, isOneColumn: isOneColumn, codes: codes.baseAddress!, ranges: ranges) else { return false }
        mistique_quantize_pack(codes.baseAddress, part.count, UInt32(bits), target + start * bits / 8)
      }
      return true
    }
  }

  /// Encodes `count` values of a named float64 column into `target`, of `codeFormat.byteCount(rows: count, width: 1)` bytes.
  ///
  /// Refuses as for float32; also, for LP_QT(float32), a finite value that float32 cannot hold.
  package func encode(
    _ values: UnsafePointer<Double>, count: Int, into target: UnsafeMutableRawPointer, extrema: inout EncodedExtrema
  ) -> Bool {
    precondition(quantizer.type == .float64, "the column is not of this quantizer's values")
    if !quantizer.grids.isEmpty {
      return encodeBounded(values, count: count, into: target.assumingMemoryBound(to: UInt8.self), extrema: &extrema)
    }
    switch quantizer.codeFormat {
    case .float64:
      target.copyMemory(from: values, byteCount: count * 8)
      return true
    case .float32: return mistique_quantize_narrow(values, count, target.assumingMemoryBound(to: Float.self)) != 0
    case .float16: return mistique_quantize_halve_double(values, count, target.assumingMemoryBound(to: UInt16.self)) != 0
    case .bits(let bits):
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { codes in
        var range: [UInt64] = [.max, 0]
        guard mistique_quantize_bins_double(values, count, doubleEdges, UInt32(bits), codes.baseAddress, &range) != 0 else { return false }
        mistique_quantize_pack(codes.baseAddress, count, UInt32(bits), target.assumingMemoryBound(to: UInt8.self))
        if count > 0 { extrema.include(Double(orderKey: range[0]), Double(orderKey: range[1]), book: 0) }
        return true
      }
    }
  }
}

extension FittedQuantizer {
  /// Builds what encoding looks bins up in: up to 256 KB for one codebook, 2^(bits + 2) bytes for each of several.
  package func encoder() -> ChunkEncoder { ChunkEncoder(self) }
}

/// A chunk as lines that are encoded in one go each: a row, or the whole chunk where nothing lies between its rows.
private struct Lines {
  let count: Int
  /// Values of a line.
  let length: Int
  let codeBytes: Int

  init(_ chunk: CodedChunk, rowStride: Int, format: CodeFormat, columnsMatter: Bool) {
    let width = chunk.columns.count
    let isOne = width == 1 || (rowStride == width && width * format.bitsPerValue % 8 == 0 && !columnsMatter)
    count = isOne ? 1 : chunk.rows
    length = isOne ? chunk.rows * width : width
    codeBytes = (length * format.bitsPerValue + 7) / 8
  }
}
