import CStorageKernels

/// Words as places in a list of the distinct ones.
///
/// Codes of up to 256 distinct words take 1, 2, 4 or 8 bits, the first in the lowest bits of a byte, as one stream of
/// (n x bits + 7) / 8 bytes: packed codes give zstd symbols of several values each, which suits values of very unequal frequency.
/// Codes of more than 256 are two streams of n bytes, low bytes and high bytes. More than 16 words are sorted.
enum WordDictionary {
  /// More distinct words are not collected: with 8,000 words per frame the list would cost more than it saves.
  static let largestSize = 4096

  /// Sorted, n words cost about log2(n) bits less each, which shows from here on.
  private static let sortedAbove = 16

  static func codeBits(distinct: Int) -> Int {
    switch distinct {
    case ...2: 1
    case ...4: 2
    case ...16: 4
    case ...256: 8
    default: 16
    }
  }

  /// Numbers the words of a frame; the worker holds list, codes and frequencies until `write`. `nil` when too many are distinct.
  static func collect(_ words: Words, limit: Int, _ worker: FrameWorker) -> Int? {
    let distinct = mistique_words_dictionary(
      words.start, words.count, UInt32(words.bytes), limit,
      codes(worker, words.count), worker.memory(.dictionary, bytes: largestSize * words.bytes), frequencies(worker, words.count))
    return distinct == 0 ? nil : distinct
  }

  /// The bytes a frame should take with the collected list, unless it is ordered in some way.
  static func cost(_ words: Words, distinct: Int, _ worker: FrameWorker) -> Double {
    let bits = mistique_words_entropy(frequencies(worker, words.count), distinct, words.count)
    let range = words.range
    let width = UInt64(bitPattern: range.upperBound) &- UInt64(bitPattern: range.lowerBound)
    // Sorted, a word costs the bits of the average gap to its neighbour and some for gaps that are not average.
    let gapBits = max(0, (UInt64.bitWidth - width.leadingZeroBitCount) - (Int.bitWidth - distinct.leadingZeroBitCount)) + 2
    return (Double(words.count) * bits + Double(distinct * gapBits)) / 8
  }

  static func write(_ words: Words, distinct: Int, to writer: inout FrameWriter, _ worker: FrameWorker) {
    writer.writeVariable(distinct - 1)
    let list = Words(worker.memory(.dictionary, bytes: largestSize * words.bytes), count: distinct, bytes: words.bytes)
    if distinct > sortedAbove {
      mistique_words_sort_dictionary(
        distinct, UInt32(words.bytes), words.count, worker.memory(.transformed, bytes: distinct * 32),
        UnsafeMutableRawPointer(mutating: list.start), codes(worker, words.count))
    }
    _ = WordPlanes.write(list, distinct > sortedAbove ? .differences : .none, to: &writer, worker)
    writeCodes(codes(worker, words.count), count: words.count, distinct: distinct, to: &writer, worker)
  }

  static func writeCodes(
    _ codes: UnsafePointer<UInt16>, count: Int, distinct: Int, to writer: inout FrameWriter, _ worker: FrameWorker
  ) {
    let bits = codeBits(distinct: distinct)
    let planes = worker.memory(.planes, bytes: count * 2).assumingMemoryBound(to: UInt8.self)
    if bits <= 8 {
      mistique_words_pack(codes, count, UInt32(bits), planes)
      writer.writeStream(.init(start: planes, count: (count * bits + 7) / 8), .symbols, worker)
    } else {
      _ = mistique_words_split(codes, count, 2, 0, 2, planes)
      writer.writeStream(.init(start: planes, count: count), .symbols, worker)
      writer.writeStream(.init(start: planes + count, count: count), .symbols, worker)
    }
  }

  static func read(
    _ reader: inout FrameReader, into output: UnsafeMutableRawPointer, count: Int, wordBytes: Int, _ worker: FrameWorker
  ) throws {
    let distinct = try reader.readVariable(in: 0...largestSize - 1) + 1
    let list = worker.memory(.dictionary, bytes: largestSize * wordBytes)
    try WordPlanes.read(&reader, into: list, count: distinct, wordBytes: wordBytes, worker)
    let codes = try readCodes(&reader, count: count, distinct: distinct, worker)
    mistique_words_look_up(codes, count, list, UInt32(wordBytes), output)
  }

  /// The codes of `count` values, all below `distinct`; they stay in the worker's memory.
  static func readCodes(
    _ reader: inout FrameReader, count: Int, distinct: Int, _ worker: FrameWorker
  ) throws -> UnsafePointer<UInt16> {
    let bits = codeBits(distinct: distinct)
    let codes = codes(worker, count)
    let scratch = worker.memory(.planes, bytes: count * 2)
    let largest: UInt16
    if bits <= 8 {
      let packed = try reader.readStream((count * bits + 7) / 8, scratch: scratch, worker)
      largest = mistique_words_unpack(packed.assumingMemoryBound(to: UInt8.self), count, UInt32(bits), codes)
    } else {
      let low = try reader.readStream(count, scratch: scratch, worker)
      let high = try reader.readStream(count, scratch: scratch + count, worker)
      withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: 2) { planes in
        planes[0] = low.assumingMemoryBound(to: UInt8.self)
        planes[1] = high.assumingMemoryBound(to: UInt8.self)
        mistique_words_join(planes.baseAddress, count, 2, 0, codes)
      }
      largest = mistique_words_largest_code(codes, count)
    }
    guard largest < distinct else { throw reader.corrupt("a code is \(largest), the dictionary has \(distinct) entries") }
    return UnsafePointer(codes)
  }

  private static func codes(_ worker: FrameWorker, _ count: Int) -> UnsafeMutablePointer<UInt16> {
    worker.memory(.codes, bytes: count * 2).assumingMemoryBound(to: UInt16.self)
  }

  private static func frequencies(_ worker: FrameWorker, _ count: Int) -> UnsafeMutablePointer<UInt32> {
    worker.memory(.counts, bytes: max(count, largestSize) * 4).assumingMemoryBound(to: UInt32.self)
  }
}
