import CStorageKernels

/// Texts as places in a list of the distinct ones. The layout is drawn at `TextEncoding`.
enum TextDictionary {
  private static let largestDictionary = Int(MISTIQUE_TEXTS_LARGEST_DICTIONARY)

  /// `nil` when the frame should rather be stored as bytes.
  static func encode(
    _ raw: UnsafeRawBufferPointer, _ chunks: [TextChunkPlace], _ output: UnsafeMutableRawBufferPointer, _ worker: FrameWorker
  ) -> Int? {
    let rows = chunks.reduce(0) { $0 + $1.rows }
    guard rows > 0, chunks.reduce(0, { $0 + $1.bytes }) == raw.count else { return nil }
    let dictionary = mistique_texts_clear(worker.memory(.dictionary, bytes: mistique_texts_dictionary_bytes()))!
    let codes = worker.memory(.codes, bytes: rows * 2).assumingMemoryBound(to: UInt16.self)
    guard number(raw, chunks, dictionary, codes, limit: min(largestDictionary, max(1, rows / 2))) else { return nil }
    var writer = FrameWriter(output)
    writer.write(TextEncoding.Body.dictionary.rawValue)
    write(runs(chunks), to: &writer)
    writeBitmaps(raw, chunks, to: &writer, worker)
    write(dictionary, to: &writer, worker)
    WordDictionary.writeCodes(codes, count: rows, distinct: mistique_texts_distinct(dictionary), to: &writer, worker)
    return writer.overflowed ? nil : writer.count
  }

  private static func number(
    _ raw: UnsafeRawBufferPointer, _ chunks: [TextChunkPlace], _ dictionary: OpaquePointer,
    _ codes: UnsafeMutablePointer<UInt16>, limit: Int
  ) -> Bool {
    var position = 0
    var row = 0
    for chunk in chunks {
      let utf8Bytes = chunk.bytes - chunk.bitmapBytes - chunk.rows * 4
      guard utf8Bytes >= 0 else { return false }
      let lengths = raw.baseAddress! + position + chunk.bitmapBytes
      let utf8 = (lengths + chunk.rows * 4).assumingMemoryBound(to: UInt8.self)
      guard mistique_texts_number(lengths, chunk.rows, utf8, utf8Bytes, limit, dictionary, codes + row) != 0 else { return false }
      position += chunk.bytes
      row += chunk.rows
    }
    return true
  }

  private typealias Run = (chunks: Int, rows: Int, hasValidity: Bool)

  private static func runs(_ chunks: [TextChunkPlace]) -> [Run] {
    chunks.reduce(into: []) { runs, chunk in
      if let last = runs.last, last.rows == chunk.rows, last.hasValidity == chunk.hasValidity {
        runs[runs.count - 1].chunks += 1
      } else {
        runs.append((1, chunk.rows, chunk.hasValidity))
      }
    }
  }

  private static func write(_ runs: [Run], to writer: inout FrameWriter) {
    writer.writeVariable(runs.count)
    for run in runs {
      writer.writeVariable(run.chunks)
      writer.writeVariable(run.rows * 2 + (run.hasValidity ? 1 : 0))
    }
  }

  private static func writeBitmaps(
    _ raw: UnsafeRawBufferPointer, _ chunks: [TextChunkPlace], to writer: inout FrameWriter, _ worker: FrameWorker
  ) {
    let count = chunks.reduce(0) { $0 + $1.bitmapBytes }
    guard count > 0 else { return }
    let differences = UnsafeMutableRawBufferPointer(start: worker.memory(.bitmaps, bytes: count), count: count)
    var source = raw.baseAddress!
    var position = 0
    for chunk in chunks {
      if chunk.hasValidity {
        let bitmap = differences.baseAddress! + position
        bitmap.copyMemory(from: source, byteCount: chunk.bitmapBytes)
        mistique_words_predict_bitmap(source + chunk.bitmapBytes, chunk.rows, 4, bitmap)
        position += chunk.bitmapBytes
      }
      source += chunk.bytes
    }
    BitmapRun.writeDifferences(UnsafeRawBufferPointer(differences), to: &writer, worker)
  }

  private static func write(_ dictionary: OpaquePointer, to writer: inout FrameWriter, _ worker: FrameWorker) {
    let distinct = mistique_texts_distinct(dictionary)
    let lengths = mistique_texts_lengths(dictionary)!
    let count = (0..<distinct).reduce(0) { $0 + Int(lengths[$1]) }
    writer.writeVariable(distinct - 1)
    writer.writeVariable(count)
    _ = WordPlanes.write(Words(lengths, count: distinct, bytes: 4), .none, to: &writer, worker)
    let utf8 = worker.memory(.frame, bytes: count)
    mistique_texts_gather(dictionary, utf8.assumingMemoryBound(to: UInt8.self))
    writer.writeStream(.init(start: utf8, count: count), .bytes, worker)
  }

  static func decode(_ reader: inout FrameReader, into output: UnsafeMutableRawBufferPointer, _ worker: FrameWorker) throws {
    let runs = try readRuns(&reader, frameBytes: output.count)
    let rows = runs.reduce(0) { $0 + $1.chunks * $1.rows }
    let bitmapBytes = runs.reduce(0) { $0 + ($1.hasValidity ? $1.chunks * Validity.wordCount(for: $1.rows) * 8 : 0) }
    guard rows > 0, let start = output.baseAddress, rows * 4 + bitmapBytes <= output.count else {
      throw reader.corrupt("\(rows) texts do not fit a frame of \(output.count) bytes")
    }
    var differences = bitmapBytes > 0 ? try BitmapRun.readDifferences(bitmapBytes, &reader, worker) : nil
    let texts = try readTexts(&reader, atMost: output.count, worker)
    var codes = try WordDictionary.readCodes(&reader, count: rows, distinct: texts.distinct, worker)
    var position = 0
    for run in runs {
      let bitmap = run.hasValidity ? Validity.wordCount(for: run.rows) * 8 : 0
      for _ in 0..<run.chunks {
        let fixed = bitmap + run.rows * 4
        guard fixed <= output.count - position else { throw reader.corrupt("texts run past the end of their frame") }
        let chunk = start + position
        mistique_words_look_up(codes, run.rows, texts.lengths, 4, chunk + bitmap)
        let room = output.count - position - fixed
        let written = mistique_texts_look_up(
          codes, run.rows, texts.utf8, texts.starts, texts.lengths, room, (chunk + fixed).assumingMemoryBound(to: UInt8.self))
        // SIZE_MAX, "more than there is room for", arrives here as -1.
        guard (0...room).contains(written) else { throw reader.corrupt("texts run past the end of their frame") }
        if run.hasValidity {
          differences = BitmapRun.putIn(chunk, rows: run.rows, differences, wordBytes: 4)
        }
        position += fixed + written
        codes += run.rows
      }
    }
    guard position == output.count else { throw reader.corrupt("texts are \(position) bytes instead of \(output.count)") }
  }

  private static func readRuns(_ reader: inout FrameReader, frameBytes: Int) throws -> [Run] {
    var runs: [Run] = []
    var rows = 0
    for _ in 0..<(try reader.readVariable(in: 0...frameBytes)) {
      let chunks = try reader.readVariable(in: 1...max(1, frameBytes))
      let packed = try reader.readVariable(in: 2...max(2, 2 * frameBytes + 1))
      guard packed / 2 <= (frameBytes - rows) / chunks else {
        throw reader.corrupt("a frame of \(frameBytes) bytes has more than as many texts")
      }
      rows += chunks * (packed / 2)
      runs.append((chunks, packed / 2, packed & 1 == 1))
    }
    return runs
  }

  private struct Texts {
    let distinct: Int
    let lengths: UnsafePointer<UInt32>
    let starts: UnsafePointer<UInt32>
    let utf8: UnsafePointer<UInt8>
  }

  private static func readTexts(_ reader: inout FrameReader, atMost frameBytes: Int, _ worker: FrameWorker) throws -> Texts {
    let distinct = try reader.readVariable(in: 0...largestDictionary - 1) + 1
    let count = try reader.readVariable(in: 0...frameBytes)
    let lengths = worker.memory(.dictionary, bytes: distinct * 4)
    try WordPlanes.read(&reader, into: lengths, count: distinct, wordBytes: 4, worker)
    let sizes = lengths.assumingMemoryBound(to: UInt32.self)
    let starts = worker.memory(.counts, bytes: distinct * 4).assumingMemoryBound(to: UInt32.self)
    var position = 0
    for text in 0..<distinct {
      starts[text] = UInt32(truncatingIfNeeded: position)
      position += Int(sizes[text])
      guard position <= count else { throw reader.corrupt("distinct texts run past their \(count) bytes") }
    }
    // Copied, because copies of fixed size read past the end, where the worker's memory goes on and the frame's may not.
    let utf8 = UnsafeMutableRawBufferPointer(start: worker.memory(.frame, bytes: count), count: count)
    try reader.readStream(into: utf8, worker)
    let start = utf8.baseAddress!.assumingMemoryBound(to: UInt8.self)
    return Texts(distinct: distinct, lengths: sizes, starts: starts, utf8: UnsafePointer(start))
  }
}
