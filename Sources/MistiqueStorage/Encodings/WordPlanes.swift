import CStorageKernels

/// What happens to words before they are cut into byte planes.
enum WordTransform: Equatable {
  case none
  /// Differences from word to word, less the smallest: sequences.
  case differences
  /// Real numbers that have at most this many decimal places, as integers, less the smallest. 8-byte words only.
  case decimals(digits: Int)

  static let largestDigits = 9

  /// The number in a frame.
  var code: UInt8 {
    switch self {
    case .none: 0
    case .differences: 1
    case .decimals(let digits): UInt8(2 + digits)
    }
  }
}

/// Words as byte planes: first all lowest bytes, and so on. High bytes of small numbers, signs and exponents then stand together and
/// compress; noise stands by itself and is stored as it is.
///
///     1    0 words, 1 differences, 2 + d integers that are divided by 10^d
///     1    bit k is set when plane k is stored; other planes are zeros
///     s    base, added to every word (mod 2^8s), not with 0
///     s    the first word, only with 1; the first difference then means nothing
///     ...  exceptions, only with 2 + d:   v how many   4 place of each, ascending   8 each, the number as it is
///     ...  the stored planes, lowest first: a stream of n bytes each (see `FrameWriter.writeStream`)
///
/// The reader adds the planes and the base, then sums up or divides (IEEE 754 double precision, to nearest), then puts the exceptions in
/// their places.
enum WordPlanes {
  /// - Parameter incompressible: bit k is set where zstd would gain nothing on plane k.
  /// - Returns: `false` when the transform fits too few of the words to pay; nothing has been written then.
  static func write(
    _ words: Words, _ transform: WordTransform, incompressible: UInt32 = 0, to writer: inout FrameWriter, _ worker: FrameWorker
  ) -> Bool {
    switch transform {
    case .none:
      writer.write(transform.code)
      writePlanes(words, base: nil, incompressible, to: &writer, worker) { _ in }
    case .differences:
      let differences = worker.memory(.transformed, bytes: words.count * words.bytes)
      mistique_words_difference(words.start, words.count, UInt32(words.bytes), differences)
      let source = Words(differences, count: words.count, bytes: words.bytes)
      writer.write(transform.code)
      writePlanes(source, base: source.range, incompressible, to: &writer, worker) {
        $0.write(bytes: .init(start: words.start, count: words.bytes))
      }
    case .decimals(let digits):
      let integers = worker.memory(.transformed, bytes: words.count * 8)
      let places = worker.memory(.counts, bytes: words.count * 4).assumingMemoryBound(to: UInt32.self)
      let exceptions = mistique_words_to_decimals(
        words.start, words.count, UInt32(digits), integers.assumingMemoryBound(to: Int64.self), places)
      guard exceptions <= words.count / largestExceptionShare else { return false }
      let source = Words(integers, count: words.count, bytes: 8)
      writer.write(transform.code)
      writePlanes(source, base: source.range, incompressible, to: &writer, worker) {
        $0.writeVariable(exceptions)
        $0.write(bytes: .init(start: places, count: exceptions * 4))
        for index in 0..<exceptions { $0.write(bytes: .init(start: words.start + Int(places[index]) * 8, count: 8)) }
      }
    }
    return true
  }

  /// An exception costs 12 bytes: beyond one in 16 numbers, the planes of the numbers themselves are hardly larger.
  private static let largestExceptionShare = 16

  /// Everything after the transform; `between` writes what stands between the base and the planes.
  private static func writePlanes(
    _ words: Words, base range: ClosedRange<Int64>?, _ incompressible: UInt32, to writer: inout FrameWriter, _ worker: FrameWorker,
    between: (inout FrameWriter) -> Void
  ) {
    let base = range.map { UInt64(bitPattern: $0.lowerBound) } ?? 0
    let width = range.map { UInt64(bitPattern: $0.upperBound) &- base } ?? .max
    let kept = min(words.bytes, (UInt64.bitWidth - width.leadingZeroBitCount + 7) / 8)
    let planes = worker.memory(.planes, bytes: words.count * words.bytes).assumingMemoryBound(to: UInt8.self)
    let used = mistique_words_split(words.start, words.count, UInt32(words.bytes), base, UInt32(kept), planes)
    writer.write(UInt8(used))
    if range != nil { writer.writeWord(base, bytes: words.bytes) }
    between(&writer)
    // A word of one byte may be anything: texts, records of the store.
    let content: StreamContent = words.bytes == 1 ? .bytes : .symbols
    for plane in 0..<kept where used & 1 << plane != 0 {
      let bytes = UnsafeRawBufferPointer(start: planes + plane * words.count, count: words.count)
      writer.writeStream(bytes, incompressible & 1 << plane == 0 ? content : .noise, worker)
    }
  }

  /// Reads `count` > 0 words into `output`.
  static func read(
    _ reader: inout FrameReader, into output: UnsafeMutableRawPointer, count: Int, wordBytes: Int, _ worker: FrameWorker
  ) throws {
    let transform = try reader.readByte()
    let used = try reader.readByte()
    guard Int(used) >> wordBytes == 0 else { throw reader.corrupt("words of \(wordBytes) bytes have planes \(used)") }
    guard transform < 2 || wordBytes == 8 && Int(transform) <= 2 + WordTransform.largestDigits else {
      throw reader.corrupt("words of \(wordBytes) bytes are transformed by \(transform), which does not exist")
    }
    let base = transform == 0 ? 0 : try reader.readWord(bytes: wordBytes)
    let first = transform == 1 ? try reader.readWord(bytes: wordBytes) : 0
    let exceptions = transform > 1 ? try readExceptions(&reader, count) : nil
    let scratch = worker.memory(.planes, bytes: count * wordBytes)
    try withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: wordBytes) { planes in
      planes.initialize(repeating: nil)
      for plane in 0..<wordBytes where used & 1 << plane != 0 {
        planes[plane] = try reader.readStream(count, scratch: scratch + plane * count, worker).assumingMemoryBound(to: UInt8.self)
      }
      mistique_words_join(planes.baseAddress, count, UInt32(wordBytes), base, output)
    }
    if transform == 1 { mistique_words_accumulate(count, UInt32(wordBytes), first, output) }
    if transform > 1 { mistique_words_from_decimals(output, count, UInt32(transform) - 2, output) }
    if let exceptions { try putIn(exceptions, output, count: count, reader) }
  }

  private typealias Exceptions = (places: UnsafeRawBufferPointer, numbers: UnsafeRawBufferPointer)

  private static func readExceptions(_ reader: inout FrameReader, _ count: Int) throws -> Exceptions {
    let exceptions = try reader.readVariable(in: 0...count)
    return (try reader.readBytes(exceptions * 4), try reader.readBytes(exceptions * 8))
  }

  private static func putIn(
    _ exceptions: Exceptions, _ output: UnsafeMutableRawPointer, count: Int, _ reader: FrameReader
  ) throws {
    for index in 0..<exceptions.places.count / 4 {
      let place = UInt32(littleEndian: exceptions.places.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
      guard place < count else { throw reader.corrupt("an exception lies at \(place) in a frame of \(count) words") }
      (output + Int(place) * 8).copyMemory(from: exceptions.numbers.baseAddress! + index * 8, byteCount: 8)
    }
  }

  /// `count` times the same word.
  static func fill(_ output: UnsafeMutableRawPointer, count: Int, wordBytes: Int, with word: UInt64) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: wordBytes) { planes in
      planes.initialize(repeating: nil)
      mistique_words_join(planes.baseAddress, count, UInt32(wordBytes), word, output)
    }
  }
}
