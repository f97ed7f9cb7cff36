import Mistique

/// The rows of one piece of a file, in raw memory that is written by position.
///
/// All memory is zero where nothing was stored, so a missing value costs no work. A row counts only once `rowCount` includes it; `forgetRow`
/// takes back what an incomplete record has stored.
final class CSVBlock {
  enum Lane {
    case int64, float64, float32, boolean, date, timestamp, text
    /// A column whose first value will decide its type: none is stored.
    case undecided
    /// A column that is not wanted.
    case skipped

    /// Whether a marker that is a number counts by value.
    var takesNumbers: Bool { self == .int64 || self == .float64 || self == .float32 || self == .undecided }
  }

  struct Place {
    let lane: Lane
    /// Whether the type was inferred: then integers are digits only, and a number such as `7.0` is refused.
    let isInferred: Bool
    /// Bytes per value. A text has an `Int` here that says where it ends.
    let width: Int
    let values: UnsafeMutableRawPointer
    let present: UnsafeMutablePointer<UInt64>
    /// For texts only.
    let text: UnsafeMutablePointer<CSVTextBytes>?
  }

  let places: UnsafeMutableBufferPointer<Place>
  let rowCapacity: Int
  var rowCount = 0
  private let memory: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - plans: one per column of the file.
  ///   - pieceByteCount: bytes of the longest piece. They bound its rows: a record has at least one byte per column.
  init(plans: [CSVColumnPlan], pieceByteCount: Int) {
    rowCapacity = pieceByteCount / max(1, plans.count) + 2
    let rowCapacity = rowCapacity
    let wordCount = Validity.wordCount(for: rowCapacity)
    // An odd number of cache lines between columns spreads the values of a row over the sets of the cache.
    let types = plans.map(\.storedType)
    let lengths = types.map { type in type == nil ? 0 : ((rowCapacity * Self.width(type!) + wordCount * 8 + 127) / 64 | 1) * 64 }
    let total = lengths.reduce(64, +)
    memory = .allocate(byteCount: total, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: total)
    places = .allocate(capacity: types.count)
    var start = memory
    for (index, type) in types.enumerated() {
      let present = start.assumingMemoryBound(to: UInt64.self)
      let width = type.map(Self.width) ?? 0
      var text: UnsafeMutablePointer<CSVTextBytes>?
      if type == .text {
        text = .allocate(capacity: 1)
        text?.initialize(to: CSVTextBytes(capacity: min(4_096, max(16, pieceByteCount / plans.count))))
      }
      places.initializeElement(
        at: index,
        to: Place(
          lane: plans[index].lane, isInferred: plans[index].isInferred, width: width, values: start + wordCount * 8, present: present,
          text: text))
      start += lengths[index]
    }
  }

  deinit {
    for case let text? in places.map(\.text) {
      text.pointee.start.deallocate()
      text.deallocate()
    }
    memory.deallocate()
    places.deallocate()
  }

  private static func width(_ type: ColumnType) -> Int { type.bytesPerValue ?? MemoryLayout<Int>.size }

  /// Erases what row `row`, the first that is not counted, has stored.
  func forgetRow(_ row: Int) {
    for place in places where place.lane != .skipped {
      place.present[row >> 6] &= ~(1 << UInt64(row & 63))
      (place.values + row * place.width).initializeMemory(as: UInt8.self, repeating: 0, count: place.width)
      guard let text = place.text else { continue }
      // Missing texts have no end; the last one that is there ends the bytes that count.
      var last = row
      while last > 0, place.values.load(fromByteOffset: (last - 1) * 8, as: Int.self) == 0 { last -= 1 }
      text.pointee.count = last == 0 ? 0 : place.values.load(fromByteOffset: (last - 1) * 8, as: Int.self)
    }
  }

  /// Empties the block; an open row must have been counted or forgotten.
  func clear() {
    guard rowCount > 0 else { return }
    for place in places where place.lane != .skipped {
      place.values.initializeMemory(as: UInt8.self, repeating: 0, count: rowCount * place.width)
      place.present.update(repeating: 0, count: Validity.wordCount(for: rowCount))
      place.text?.pointee.count = 0
    }
    rowCount = 0
  }
}

/// The bytes of a text column in a block, one text after another. The owner frees `start`.
struct CSVTextBytes {
  private(set) var start: UnsafeMutablePointer<UInt8>
  var count = 0
  private var capacity: Int

  /// - Parameter capacity: bytes at first. Of many columns few: most of a piece is not theirs.
  init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  /// Appends the bytes of one text and returns where it ends.
  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    if count + bytes.count > capacity { grow(to: count + bytes.count) }
    if let source = bytes.baseAddress { (start + count).update(from: source, count: bytes.count) }
    count += bytes.count
    return count
  }

  private mutating func grow(to needed: Int) {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: max(needed, 2 * capacity))
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
    capacity = max(needed, 2 * capacity)
  }
}
