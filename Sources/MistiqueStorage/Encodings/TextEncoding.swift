import CStorageKernels

/// A chunk of a text column in a frame.
struct TextChunkPlace: Hashable, Sendable {
  var rows: Int
  var hasValidity: Bool
  /// Bytes of the payload: bitmap, lengths and UTF-8.
  var bytes: Int

  var bitmapBytes: Int { hasValidity ? Validity.wordCount(for: rows) * 8 : 0 }
}

/// How a frame of text chunks is stored: texts of a column are mostly codes and names that come again and again.
///
/// An encoded frame, all numbers little endian, `v` LEB128:
///
///     1    body, which says what follows
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
struct TextEncoding: FrameEncoding {
  /// What a frame of texts is stored as.
  enum Body: UInt8, CaseIterable {
    case bytes = 0
    case dictionary = 1
  }

  var tag: UInt8 { 10 }

  func serves(_ content: FrameContent) -> Bool { content.element == .text }

  /// Beside the bytes there are the body and their count.
  func bound(_ count: Int) -> Int { count + 11 }

  /// As `FrameEncoding.encode`. Where the chunks of `content` are not those of `raw`, the frame is stored as bytes.
  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    FrameWorker.lend { worker in
      let small = UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, raw.count)])
      if let size = TextDictionary.encode(raw, content.texts, small, worker) { return size }
      var writer = FrameWriter(room)
      writer.write(Body.bytes.rawValue)
      writer.writeStream(raw, .bytes, worker)
      return writer.overflowed ? nil : writer.count
    }
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var reader = FrameReader(stored, place: place)
    let first = try reader.readByte()
    guard let body = Body(rawValue: first) else {
      throw reader.corrupt("a frame of texts has body \(first), which does not exist")
    }
    try FrameWorker.lend { worker in
      switch body {
      case .bytes: try reader.readStream(into: output, worker)
      case .dictionary: try TextDictionary.decode(&reader, into: output, worker)
      }
    }
    try reader.expectEnd()
  }
}
