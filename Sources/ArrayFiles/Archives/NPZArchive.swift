/// What stands around the members of a ZIP archive: a header before each, and the directory behind them.
struct NPZArchive {
  /// A member, stored as it is.
  struct Entry {
    /// UTF-8.
    let name: [UInt8]
    let size: Int
    let checksum: UInt32
  }

  private(set) var entries: [Entry] = []
  private let largestPlain: Int

  /// - Parameter largestPlain: bytes up to which it is of the plain form.
  init(largestPlain: Int) { self.largestPlain = largestPlain }

  mutating func add(name: String, size: Int, checksum: UInt32) {
    entries.append(Entry(name: Array(name.utf8), size: size, checksum: checksum))
  }

  /// Whether sizes and places need 64 bits.
  private var isWide: Bool { entries.reduce(0) { $0 + 30 + $1.name.count + $1.size } > largestPlain }

  private var version: UInt64 { isWide ? 45 : 20 }

  func localHeader(of entry: Entry) -> [UInt8] {
    Self.little([(0x0403_4B50, 4)] + common(entry, extra: sizes(entry).count)) + entry.name + sizes(entry)
  }

  /// The directory, and where it is.
  var end: [UInt8] {
    var directory: [UInt8] = []
    var place: UInt64 = 0
    for entry in entries {
      let extra = wide([(UInt64(entry.size), 8), (UInt64(entry.size), 8), (place, 8)])
      let head: [(UInt64, Int)] = [(0x0201_4B50, 4), (version, 2)]
      let tail: [(UInt64, Int)] = [(0, 2), (0, 2), (0, 2), (0, 4), (isWide ? 0xFFFF_FFFF : place, 4)]
      directory += Self.little(head + common(entry, extra: extra.count) + tail) + entry.name + extra
      place += UInt64(localHeader(of: entry).count + entry.size)
    }
    let (start, length, count) = (place, UInt64(directory.count), UInt64(entries.count))
    let wideEnd = Self.little([
      (0x0606_4B50, 4), (44, 8), (version, 2), (version, 2), (0, 4), (0, 4), (count, 8), (count, 8), (length, 8), (start, 8),
      (0x0706_4B50, 4), (0, 4), (start + length, 8), (1, 4),
    ])
    let plain: [(UInt64, Int)] = [
      (0x0605_4B50, 4), (0, 2), (0, 2), (count, 2), (count, 2), (length, 4), (isWide ? 0xFFFF_FFFF : start, 4), (0, 2),
    ]
    return directory + (isWide ? wideEnd : []) + Self.little(plain)
  }

  /// The sizes of a member in 64 bits, where they need them.
  private func sizes(_ entry: Entry) -> [UInt8] { wide([(UInt64(entry.size), 8), (UInt64(entry.size), 8)]) }

  /// An extra field of kind 1 with numbers that their own fields have no room for; none in the plain form.
  private func wide(_ numbers: [(UInt64, Int)]) -> [UInt8] {
    isWide ? Self.little([(1, 2), (UInt64(8 * numbers.count), 2)] + numbers) : []
  }

  /// From the needed version to the length of the extra field. The name is UTF-8, and the time the beginning of 1980, as NumPy's.
  private func common(_ entry: Entry, extra: Int) -> [(UInt64, Int)] {
    let field = isWide ? 0xFFFF_FFFF : UInt64(entry.size)
    return [
      (version, 2), (0x800, 2), (0, 2), (0, 2), (0x21, 2), (UInt64(entry.checksum), 4), (field, 4), (field, 4),
      (UInt64(entry.name.count), 2), (UInt64(extra), 2),
    ]
  }

  private static func little(_ numbers: [(UInt64, Int)]) -> [UInt8] {
    numbers.flatMap { number, size in (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) } }
  }
}
