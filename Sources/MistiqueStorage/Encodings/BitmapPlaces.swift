import CStorageKernels

/// Where a validity bitmap lies in a frame, directly before the values it is about.
///
/// A missing value's place holds zero, so a bitmap is nearly always "the value is not zero" and need not be stored: only the difference
/// from that prediction is, where there is one. In its place the encoded frame has zeros, words like those of missing values.
struct BitmapPlace: Hashable, Sendable {
  /// Bytes from the start of the frame.
  var offset: Int
  var rows: Int

  var bitmapBytes: Int { Validity.wordCount(for: rows) * 8 }

  /// Bytes of the bitmap and the values it is about.
  func bytes(wordBytes: Int) -> Int { bitmapBytes + rows * wordBytes }
}

/// Bitmaps at equal distances. The chunks of a frame are mostly of equal size, so that one or two runs say where all bitmaps are.
///
///     v   number of runs, then for each:
///         v   bytes from the end of the last run's values, at first from the start of the frame, to the first bitmap
///         v   rows of each
///         v   bitmaps after the first
///         v   bytes from one bitmap to the next, only when there are some after the first
struct BitmapRun {
  private var first: BitmapPlace
  private var more = 0
  private var stride = 0

  static func runs(_ places: [BitmapPlace]) -> [BitmapRun] {
    var runs: [BitmapRun] = []
    for place in places {
      if var last = runs.last, last.takes(place) {
        last.stride = place.offset - last.last.offset
        last.more += 1
        runs[runs.count - 1] = last
      } else {
        runs.append(BitmapRun(first: place))
      }
    }
    return runs
  }

  private var last: BitmapPlace { BitmapPlace(offset: first.offset + more * stride, rows: first.rows) }

  private func takes(_ place: BitmapPlace) -> Bool {
    place.rows == first.rows && (more == 0 || place.offset == last.offset + stride)
  }

  static func write(_ runs: [BitmapRun], wordBytes: Int, to writer: inout FrameWriter) {
    writer.writeVariable(runs.count)
    var end = 0
    for run in runs {
      writer.writeVariable(run.first.offset - end)
      writer.writeVariable(run.first.rows)
      writer.writeVariable(run.more)
      if run.more > 0 { writer.writeVariable(run.stride) }
      end = run.last.offset + run.first.bytes(wordBytes: wordBytes)
    }
  }

  /// - Throws: `StoreError` when a bitmap or its values overlap another's or do not lie within `frameBytes`.
  static func read(_ reader: inout FrameReader, frameBytes: Int, wordBytes: Int) throws -> [BitmapRun] {
    var runs: [BitmapRun] = []
    var end = 0
    for _ in 0..<(try reader.readVariable(in: 0...frameBytes)) {
      var run = BitmapRun(first: BitmapPlace(offset: end + (try reader.readVariable(in: 0...frameBytes)), rows: 0))
      run.first.rows = try reader.readVariable(in: 1...max(1, frameBytes))
      run.more = try reader.readVariable(in: 0...frameBytes / 8)
      let size = run.first.bytes(wordBytes: wordBytes)
      if run.more > 0 { run.stride = try reader.readVariable(in: min(size, frameBytes)...frameBytes) }
      guard run.last.offset + size <= frameBytes else { throw reader.corrupt("a bitmap lies outside its frame") }
      end = run.last.offset + size
      runs.append(run)
    }
    return runs
  }

  /// Bytes of all bitmaps of the run.
  private var bitmapBytes: Int { (more + 1) * first.bitmapBytes }

  /// Takes the bitmaps out of `frame`, leaving zeros, and writes where they were and how they differ from their prediction.
  static func takeOut(
    _ runs: [BitmapRun], of frame: UnsafeMutableRawPointer, wordBytes: Int, to writer: inout FrameWriter, _ worker: FrameWorker
  ) {
    write(runs, wordBytes: wordBytes, to: &writer)
    let count = runs.reduce(0) { $0 + $1.bitmapBytes }
    let differences = UnsafeMutableRawBufferPointer(start: worker.memory(.bitmaps, bytes: count), count: count)
    var position = 0
    for run in runs {
      run.forEach(in: frame, wordBytes: wordBytes) { bitmap in
        UnsafeMutableRawBufferPointer(rebasing: differences[position...]).copyMemory(from: UnsafeRawBufferPointer(bitmap))
        position += bitmap.count
        bitmap.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
    writeDifferences(UnsafeRawBufferPointer(differences), to: &writer, worker)
  }

  /// Writes bitmaps that are XORed with their predictions, one after the other.
  ///
  ///     1    0 when all are as predicted, else 1 and a stream of all their bytes (see `FrameWriter.writeStream`)
  static func writeDifferences(_ differences: UnsafeRawBufferPointer, to writer: inout FrameWriter, _ worker: FrameWorker) {
    let asPredicted = differences.allSatisfy { $0 == 0 }
    writer.write(asPredicted ? 0 : 1)
    if !asPredicted { writer.writeStream(differences, .bytes, worker) }
  }

  /// The differences of all bitmaps of `runs`, `nil` for none. They stay in the worker's memory or lie in the frame.
  static func readDifferences(_ runs: [BitmapRun], _ reader: inout FrameReader, _ worker: FrameWorker) throws -> UnsafeRawPointer? {
    try readDifferences(runs.reduce(0) { $0 + $1.bitmapBytes }, &reader, worker)
  }

  /// The differences of bitmaps of `count` bytes.
  static func readDifferences(_ count: Int, _ reader: inout FrameReader, _ worker: FrameWorker) throws -> UnsafeRawPointer? {
    switch try reader.readByte() {
    case 0: nil
    case 1: try reader.readStream(count, scratch: worker.memory(.bitmaps, bytes: count), worker)
    case let other: throw reader.corrupt("bitmaps differ from their prediction in way \(other), which does not exist")
    }
  }

  /// Writes the bitmaps into `frame`, whose values are in place.
  static func putIn(_ runs: [BitmapRun], of frame: UnsafeMutableRawPointer, differences: UnsafeRawPointer?, wordBytes: Int) {
    var rest = differences
    for run in runs {
      for index in 0...run.more {
        rest = putIn(frame + run.first.offset + index * run.stride, rows: run.first.rows, rest, wordBytes: wordBytes)
      }
    }
  }

  /// Writes one bitmap, directly before its values; returns the differences of the next.
  static func putIn(
    _ bitmap: UnsafeMutableRawPointer, rows: Int, _ differences: UnsafeRawPointer?, wordBytes: Int
  ) -> UnsafeRawPointer? {
    let count = Validity.wordCount(for: rows) * 8
    if let differences {
      bitmap.copyMemory(from: differences, byteCount: count)
    } else {
      bitmap.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }
    mistique_words_predict_bitmap(bitmap + count, rows, UInt32(wordBytes), bitmap)
    return differences.map { $0 + count }
  }

  /// Calls `body` with each bitmap XORed with its prediction.
  private func forEach(in frame: UnsafeMutableRawPointer, wordBytes: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    for index in 0...more {
      let bitmap = frame + first.offset + index * stride
      mistique_words_predict_bitmap(bitmap + first.bitmapBytes, first.rows, UInt32(wordBytes), bitmap)
      body(UnsafeMutableRawBufferPointer(start: bitmap, count: first.bitmapBytes))
    }
  }
}
