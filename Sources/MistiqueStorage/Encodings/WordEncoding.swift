import CStorageKernels

/// How a frame of words of 1, 2, 4 or 8 bytes is stored: columns of pipelines, whose values are few, or small, or of few digits.
///
/// An encoded frame, all numbers little endian, `v` LEB128, `s` the bytes of a word, `n` the whole words in the frame:
///
///     1    body, and 0x80 when bitmaps are predicted
///     ...  bitmaps (see `BitmapRun.takeOut`), only with 0x80; in their places the words that follow are zeros
///     t    the last (size of the frame) mod s bytes, not with `raw`
///     ...  body
///
/// Bodies:
///
///     raw         the frame
///     constant    s  the word, n times
///     dictionary  v  number of distinct words - 1   planes of the distinct words (see `WordPlanes`)   codes (see `WordDictionary`)
///     planes      planes of the n words (see `WordPlanes`)
///
/// The frame's size is not stored: the directory of the partition has it. Every body gives every bit back. The same frame and the same release of
/// zstd give the same bytes on every machine.
struct WordEncoding: FrameEncoding {
  /// What a frame of words is stored as.
  enum Body: UInt8, CaseIterable {
    case raw = 0
    case constant = 1
    case dictionary = 2
    case planes = 3

    /// The body of an encoded frame; `nil` for bytes that are none.
    init?(of stored: UnsafeRawBufferPointer) {
      guard let first = stored.first else { return nil }
      self.init(rawValue: first & ~predictedBitmaps)
    }
  }

  private static let predictedBitmaps: UInt8 = 0x80

  let wordBytes: Int

  /// - Parameter bytes: 1, 2, 4 or 8, the size of a word.
  init(bytes: Int) {
    precondition([1, 2, 4, 8].contains(bytes), "words have 1, 2, 4 or 8 bytes, not \(bytes)")
    wordBytes = bytes
  }

  /// 6 to 9.
  var tag: UInt8 { UInt8(6 + wordBytes.trailingZeroBitCount) }

  func serves(_ content: FrameContent) -> Bool {
    switch content.element {
    case .words(let bytes): bytes == wordBytes
    // Images, and predictions of few digits.
    case .float32, .float32Column: wordBytes == 4
    case .float16, .codes, .text, .opaque: false
    }
  }

  func bound(_ count: Int) -> Int { count + 1 }

  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    // A body that is larger than the frame is worth nothing.
    let small = UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, raw.count)])
    if raw.count >= wordBytes, !small.isEmpty {
      let runs = BitmapRun.runs(lie(content.bitmaps, inFrameOf: raw.count) ? content.bitmaps : [])
      if let count = FrameWorker.lend({ encode(raw, runs, small, $0) }) { return count }
    }
    guard room.count > raw.count else { return nil }
    room[0] = Body.raw.rawValue
    UnsafeMutableRawBufferPointer(rebasing: room[1...]).copyMemory(from: raw)
    return raw.count + 1
  }

  /// Whether all bitmaps and their values lie in a frame of `count` bytes, one after the other.
  private func lie(_ bitmaps: [BitmapPlace], inFrameOf count: Int) -> Bool {
    var end = 0
    for bitmap in bitmaps {
      guard bitmap.offset >= end, bitmap.rows > 0, bitmap.offset + bitmap.bytes(wordBytes: wordBytes) <= count else { return false }
      end = bitmap.offset + bitmap.bytes(wordBytes: wordBytes)
    }
    return true
  }

  /// `nil` when the frame should rather be stored as it is.
  private func encode(
    _ raw: UnsafeRawBufferPointer, _ runs: [BitmapRun], _ room: UnsafeMutableRawBufferPointer, _ worker: FrameWorker
  ) -> Int? {
    var frame = raw
    var writer = FrameWriter(room)
    writer.write(0)
    if !runs.isEmpty {
      let copy = UnsafeMutableRawBufferPointer(start: worker.memory(.frame, bytes: raw.count), count: raw.count)
      copy.copyMemory(from: raw)
      BitmapRun.takeOut(runs, of: copy.baseAddress!, wordBytes: wordBytes, to: &writer, worker)
      frame = UnsafeRawBufferPointer(copy)
    }
    let words = Words(frame.baseAddress!, count: frame.count / wordBytes, bytes: wordBytes)
    let choice = WordChoice.choose(words, worker)
    room[0] = choice.body.rawValue | (runs.isEmpty ? 0 : Self.predictedBitmaps)
    writer.write(bytes: .init(rebasing: frame[(words.count * wordBytes)...]))
    switch choice {
    case .constant: writer.write(bytes: .init(rebasing: frame[..<wordBytes]))
    case .dictionary(let distinct): WordDictionary.write(words, distinct: distinct, to: &writer, worker)
    case .planes(let transform, let incompressible):
      // The sample may have promised more than the frame holds.
      if !WordPlanes.write(words, transform, incompressible: incompressible, to: &writer, worker) {
        _ = WordPlanes.write(words, .none, to: &writer, worker)
      }
    }
    return writer.overflowed ? nil : writer.count
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var reader = FrameReader(stored, place: place)
    let first = try reader.readByte()
    guard let body = Body(rawValue: first & ~Self.predictedBitmaps) else {
      throw reader.corrupt("a frame of words has body \(first & ~Self.predictedBitmaps), which does not exist")
    }
    let runs =
      first & Self.predictedBitmaps == 0 ? [] : try BitmapRun.read(&reader, frameBytes: output.count, wordBytes: wordBytes)
    try FrameWorker.lend { worker in
      let differences = runs.isEmpty ? nil : try BitmapRun.readDifferences(runs, &reader, worker)
      try decode(&reader, body, into: output, worker)
      try reader.expectEnd()
      if !runs.isEmpty { BitmapRun.putIn(runs, of: output.baseAddress!, differences: differences, wordBytes: wordBytes) }
    }
  }

  private func decode(
    _ reader: inout FrameReader, _ body: Body, into output: UnsafeMutableRawBufferPointer, _ worker: FrameWorker
  ) throws {
    if body == .raw {
      output.copyMemory(from: try reader.readBytes(output.count))
      return
    }
    let count = output.count / wordBytes
    guard count > 0, let start = output.baseAddress else { throw reader.corrupt("a frame of \(output.count) bytes has no words") }
    let whole = count * wordBytes
    UnsafeMutableRawBufferPointer(rebasing: output[whole...]).copyMemory(from: try reader.readBytes(output.count - whole))
    switch body {
    case .raw: preconditionFailure("returned above")
    case .constant: try WordPlanes.fill(start, count: count, wordBytes: wordBytes, with: reader.readWord(bytes: wordBytes))
    case .dictionary: try WordDictionary.read(&reader, into: start, count: count, wordBytes: wordBytes, worker)
    case .planes: try WordPlanes.read(&reader, into: start, count: count, wordBytes: wordBytes, worker)
    }
  }
}

/// Words of a frame in memory.
struct Words {
  let start: UnsafeRawPointer
  let count: Int
  /// Bytes of a word.
  let bytes: Int

  init(_ start: UnsafeRawPointer, count: Int, bytes: Int) {
    self.start = start
    self.count = count
    self.bytes = bytes
  }

  /// The smallest and the largest word as signed numbers.
  var range: ClosedRange<Int64> {
    var smallest: Int64 = 0
    var largest: Int64 = 0
    mistique_words_range(start, count, UInt32(bytes), &smallest, &largest)
    return smallest...largest
  }
}
