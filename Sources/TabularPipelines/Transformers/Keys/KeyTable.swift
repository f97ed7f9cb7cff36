import Groundwork
import Mistique

/// The distinct values of a column, its keys, each with a number. Finds the number of a value.
///
/// Keys of all types but text are held as integers in the order of the values: int64 as they are, booleans as 0 and 1, dates as days, floating-point
/// numbers as `OrderedBits`. Texts are held as their bytes, equal only when all bytes are, in the order of their Unicode scalars. A missing value
/// and a NaN are no keys; 0 and -0 are one key.
///
/// Open addressing with linear probing: each slot holds a number or -1, and at most half of the slots are used. Complexity: O(1) expected per row.
/// Which slot a key has differs from process to process, so that no file can be made whose keys all share one; their numbers do not.
struct KeyTable: Sendable {
  let type: ColumnType
  /// The keys of a column that is not a text, by number.
  private(set) var integers: [Int64] = []
  /// The keys of a text column, by number.
  private(set) var texts = TextValues()
  private var hashes: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 64)
  private let seed = Self.seed
  private static let seed = UInt64.random(in: .min ... .max)

  init(type: ColumnType) { self.type = type }

  /// Whether rows may be paired and grouped by columns of the type: all but floating-point numbers, whose last digits depend on how they were
  /// computed.
  static func joins(_ type: ColumnType) -> Bool { type != .float32 && type != .float64 }

  var count: Int { type == .text ? texts.count : integers.count }

  /// The number of an integer key, or `nil`.
  func number(of key: Int64) -> Int32? {
    let number = slots[slot(of: key)]
    return number < 0 ? nil : number
  }

  /// The number of an integer key; a new key gets the next number.
  @inline(__always)
  mutating func insert(_ key: Int64) -> Int32 {
    let slot = slot(of: key)
    if slots[slot] >= 0 { return slots[slot] }
    integers.append(key)
    return take(slot, mixed(UInt64(bitPattern: key)))
  }

  /// The number of a text, or `nil`.
  func number(of text: UnsafeBufferPointer<UInt8>) -> Int32? {
    let number = slots[slot(of: text, hash(text))]
    return number < 0 ? nil : number
  }

  /// The number of a text; a new text gets the next number.
  mutating func insert(_ text: UnsafeBufferPointer<UInt8>) -> Int32 {
    let hash = self.hash(text)
    let slot = slot(of: text, hash)
    if slots[slot] >= 0 { return slots[slot] }
    texts.append(utf8: text)
    return take(slot, hash)
  }

  /// Gives the newest key its number and its slot.
  private mutating func take(_ slot: Int, _ hash: UInt64) -> Int32 {
    let number = Int32(count - 1)
    slots[slot] = number
    hashes.append(hash)
    if count * 2 > slots.count {
      slots = [Int32](repeating: -1, count: slots.count * 2)
      for number in hashes.indices {
        var slot = Int(truncatingIfNeeded: hashes[number]) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(number)
      }
    }
    return number
  }

  /// The slot that holds the key, or the free one where it belongs.
  @inline(__always)
  private func slot(of key: Int64) -> Int {
    var slot = Int(truncatingIfNeeded: mixed(UInt64(bitPattern: key))) & (slots.count - 1)
    while slots[slot] >= 0, integers[Int(slots[slot])] != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  @inline(__always)
  private func slot(of text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0, hashes[Int(slots[slot])] != hash || !holds(text, Int(slots[slot])) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private func holds(_ text: UnsafeBufferPointer<UInt8>, _ number: Int) -> Bool {
    let start = texts.offsets[number]
    guard texts.offsets[number + 1] - start == text.count else { return false }
    return texts.utf8.withUnsafeBufferPointer { keys in (0..<text.count).allSatisfy { keys[start + $0] == text[$0] } }
  }

  @inline(__always)
  private func mixed(_ key: UInt64) -> UInt64 { SplitMix64.mixed(key ^ seed) }

  private func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(text)
    var hash = UInt64(bytes.count)
    var place = 0
    while place + 8 <= bytes.count {
      hash = mixed(hash ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      place += 8
    }
    var rest: UInt64 = 0
    while place < bytes.count {
      rest = rest << 8 | UInt64(bytes[place])
      place += 1
    }
    return mixed(hash ^ rest)
  }
}
