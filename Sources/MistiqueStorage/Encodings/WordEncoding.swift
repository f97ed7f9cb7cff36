import CStorageKernels

/// How a frame of words of 1, 2, 4 or 8 bytes is stored: columns of pipelines, whose values are few, or small, or of few digits.
///
/// An encoded frame, all numbers little endian, `v` LEB128, `s` the bytes of a word, `n` the whole words in the frame:
///
///     1    encoding, and 0x80 when bitmaps are predicted
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
/// The frame's size is not stored: the directory of the partition has it. Every encoding gives every bit back.
package enum WordEncoding: UInt8, Sendable, CaseIterable {
  case raw = 0
  case constant = 1
  case dictionary = 2
  case planes = 3

  private static let predictedBitmaps: UInt8 = 0x80

  /// The room `encode` must be given. It never writes more than one byte beyond `count`.
  package static func bound(_ count: Int) -> Int { count + 1 }

  /// The encoding an encoded frame is in; `nil` for bytes that are none.
  package static func encoding(of stored: UnsafeRawBufferPointer) -> WordEncoding? {
    stored.first.flatMap { WordEncoding(rawValue: $0 & ~predictedBitmaps) }
  }

  /// Encodes `raw`, the payloads of chunks one after the other; returns how many bytes of `output` it took. The same input and
  /// the same release of zstd give the same bytes on every machine.
  ///
  /// - Parameters:
  ///   - wordBytes: 1, 2, 4 or 8, the size of the values.
  ///   - bitmaps: where validity bitmaps lie, in order. Not naming them costs bytes, not correctness.
  ///   - output: at least `bound(raw.count)` bytes.
  package static func encode(
    _ raw: UnsafeRawBufferPointer, wordBytes: Int, bitmaps: [BitmapPlace] = [], into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    precondition([1, 2, 4, 8].contains(wordBytes), "words have 1, 2, 4 or 8 bytes, not \(wordBytes)")
    precondition(output.count >= bound(raw.count), "the output buffer is smaller than the encoding's bound")
    precondition(
      bitmaps.allSatisfy { $0.offset >= 0 && $0.rows > 0 && $0.offset + $0.bytes(wordBytes: wordBytes) <= raw.count }
        && zip(bitmaps, bitmaps.dropFirst()).allSatisfy { $0.offset + $0.bytes(wordBytes: wordBytes) <= $1.offset },
      "bitmaps and their values lie in the frame one after the other")
    let room = UnsafeMutableRawBufferPointer(rebasing: output[..<raw.count])
    let size = raw.count < wordBytes ? nil : FrameWorker.lend { encode(raw, wordBytes, BitmapRun.runs(bitmaps), room, $0) }
    if let size { return size }
    output[0] = WordEncoding.raw.rawValue
    UnsafeMutableRawBufferPointer(rebasing: output[1...]).copyMemory(from: raw)
    return raw.count + 1
  }

  /// `nil` when the frame should rather be stored as it is.
  private static func encode(
    _ raw: UnsafeRawBufferPointer, _ wordBytes: Int, _ runs: [BitmapRun], _ output: UnsafeMutableRawBufferPointer, _ worker: FrameWorker
  ) -> Int? {
    var frame = raw
    var writer = FrameWriter(output)
    writer.write(0)
    if !runs.isEmpty {
      let copy = UnsafeMutableRawBufferPointer(start: worker.memory(.frame, bytes: raw.count), count: raw.count)
      copy.copyMemory(from: raw)
      BitmapRun.takeOut(runs, of: copy.baseAddress!, wordBytes: wordBytes, to: &writer, worker)
      frame = UnsafeRawBufferPointer(copy)
    }
    let words = Words(frame.baseAddress!, count: frame.count / wordBytes, bytes: wordBytes)
    let choice = WordChoice.choose(words, worker)
    output[0] = choice.encoding.rawValue | (runs.isEmpty ? 0 : predictedBitmaps)
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

  /// Decodes a frame into exactly `output.count` bytes.
  /// - Throws: `StoreError` with code `corrupt` when `stored` is not a frame of that many bytes; `place` is named in it.
  package static func decode(
    _ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, wordBytes: Int, place: String
  ) throws {
    precondition([1, 2, 4, 8].contains(wordBytes), "words have 1, 2, 4 or 8 bytes, not \(wordBytes)")
    var reader = FrameReader(stored, place: place)
    let first = try reader.readByte()
    guard let encoding = WordEncoding(rawValue: first & ~predictedBitmaps) else {
      throw reader.corrupt("a frame of words has encoding \(first & ~predictedBitmaps), which does not exist")
    }
    let runs =
      first & predictedBitmaps == 0 ? [] : try BitmapRun.read(&reader, frameBytes: output.count, wordBytes: wordBytes)
    try FrameWorker.lend { worker in
      let differences = runs.isEmpty ? nil : try BitmapRun.readDifferences(runs, &reader, worker)
      try decode(&reader, encoding, wordBytes, into: output, worker)
      try reader.expectEnd()
      if !runs.isEmpty { BitmapRun.putIn(runs, of: output.baseAddress!, differences: differences, wordBytes: wordBytes) }
    }
  }

  private static func decode(
    _ reader: inout FrameReader, _ encoding: WordEncoding, _ wordBytes: Int, into output: UnsafeMutableRawBufferPointer,
    _ worker: FrameWorker
  ) throws {
    if encoding == .raw {
      output.copyMemory(from: try reader.readBytes(output.count))
      return
    }
    let count = output.count / wordBytes
    guard count > 0, let start = output.baseAddress else { throw reader.corrupt("a frame of \(output.count) bytes has no words") }
    let whole = count * wordBytes
    UnsafeMutableRawBufferPointer(rebasing: output[whole...]).copyMemory(from: try reader.readBytes(output.count - whole))
    switch encoding {
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
    words_range(start, count, UInt32(bytes), &smallest, &largest)
    return smallest...largest
  }
}
