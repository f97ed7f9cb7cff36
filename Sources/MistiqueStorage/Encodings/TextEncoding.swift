import CStorageKernels

/// A chunk of a text column in a frame.
package struct TextChunkPlace: Hashable, Sendable {
  package var rows: Int
  package var hasValidity: Bool
  /// Bytes of the payload: bitmap, lengths and UTF-8.
  package var bytes: Int

  package init(rows: Int, hasValidity: Bool, bytes: Int) {
    self.rows = rows
    self.hasValidity = hasValidity
    self.bytes = bytes
  }

  var bitmapBytes: Int { hasValidity ? Validity.wordCount(for: rows) * 8 : 0 }
}

/// How a frame of text chunks is stored: texts of a column are mostly codes and names that come again and again.
///
/// An encoded frame, all numbers little endian, `v` LEB128:
///
///     1    encoding
///     ...  body
///
/// Bodies:
///
///     bytes       the frame as a stream (see `FrameWriter.writeStream`)
///     dictionary  v    runs of equal chunks, then for each:   v chunks   v rows x 2, and 1 when they have validity
///                 ...  bitmap differences (see `BitmapRun.writeDifferences`), only with validity; a missing text has no bytes
///                 v    number of distinct texts - 1   v their bytes
///                 ...  lengths of the distinct texts, as planes of 4-byte words (see `WordPlanes`)
///                 ...  their UTF-8, one after the other, a stream
///                 ...  a code for every row of all chunks (see `WordDictionary`)
package enum TextEncoding: UInt8, Sendable, CaseIterable {
  case bytes = 0
  case dictionary = 1

  /// The room `encode` must be given. It never writes more than eleven bytes beyond `count`.
  package static func bound(_ count: Int) -> Int { count + 11 }

  /// The encoding an encoded frame is in; `nil` for bytes that are none.
  package static func encoding(of stored: UnsafeRawBufferPointer) -> TextEncoding? { stored.first.flatMap(TextEncoding.init) }

  /// Encodes `raw`, the payloads of `chunks` one after the other; returns how many bytes of `output` it took.
  ///
  /// - Parameters:
  ///   - chunks: what lies in `raw`. Chunks that do not fit it make the frame be stored as bytes.
  ///   - output: at least `bound(raw.count)` bytes.
  package static func encode(
    _ raw: UnsafeRawBufferPointer, chunks: [TextChunkPlace], into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    precondition(output.count >= bound(raw.count), "the output buffer is smaller than the encoding's bound")
    return FrameWorker.lend { worker in
      if let size = TextDictionary.encode(raw, chunks, .init(rebasing: output[..<raw.count]), worker) { return size }
      var writer = FrameWriter(output)
      writer.write(TextEncoding.bytes.rawValue)
      writer.writeStream(raw, .bytes, worker)
      return writer.count
    }
  }

  /// Decodes a frame into exactly `output.count` bytes.
  /// - Throws: `StoreError` with code `corrupt` when `stored` is not a frame of that many bytes; `place` is named in it.
  package static func decode(
    _ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String
  ) throws {
    var reader = FrameReader(stored, place: place)
    let first = try reader.readByte()
    guard let encoding = TextEncoding(rawValue: first) else {
      throw reader.corrupt("a frame of texts has encoding \(first), which does not exist")
    }
    try FrameWorker.lend { worker in
      switch encoding {
      case .bytes: try reader.readStream(into: output, worker)
      case .dictionary: try TextDictionary.decode(&reader, into: output, worker)
      }
    }
    try reader.expectEnd()
  }
}
