import Foundation

/// The directory of a ZIP archive, as `numpy.savez` and `numpy.savez_compressed` write it (`.npz`).
///
///     | local header, data | ... | central directory | zip64 end record, locator | end record |
///
/// The directory at the end is believed, once every place that it names has been held against the size of the file and against the header in front of
/// the data. ZIP64 (sizes and offsets of 64 bits) is read. Archives in several parts, encrypted members, and methods other than "stored" and
/// "deflate" are refused.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
struct ZIPDirectory {
  /// The members, in the order of the directory; folders are left out.
  let members: [ZIPMember]

  private static let endBytes = 22
  private static let longestComment = 65_535
  private static let largestDirectory = 256 << 20

  init(_ path: String) throws(NPYError) {
    let file = try ReadFile(path)
    let (start, count, entries) = try Self.place(in: file, path: path)
    let bytes = try file.bytes(at: start, count: count)
    var members: [ZIPMember] = []
    var names: Set<[UInt8]> = []
    var position = 0
    for _ in 0..<entries {
      guard position + 46 <= bytes.count, Self.number(bytes, position, 4) == 0x0201_4B50 else {
        throw Self.damaged(path, "its directory names \(entries) members, and ends after \(members.count)")
      }
      let entry = Entry(bytes[position...])
      position += 46 + entry.nameBytes + entry.extraBytes + entry.commentBytes
      guard position <= bytes.count else { throw Self.damaged(path, "a name in its directory is cut off") }
      let member = try entry.member(in: file, path: path, directoryStart: start)
      guard names.insert(Array(member.name.utf8)).inserted else {
        throw Self.damaged(path, "it has two members called '\(member.name)'")
      }
      if !member.name.hasSuffix("/") { members.append(member) }
    }
    self.members = members
  }

  /// Where the directory is, and how many entries it has.
  private static func place(in file: borrowing ReadFile, path: String) throws(NPYError) -> (start: Int, count: Int, entries: Int) {
    let length = min(file.size, endBytes + longestComment)
    let tailStart = file.size - length
    let tail = try file.bytes(at: tailStart, count: length)
    guard length >= endBytes, let end = Self.end(in: tail) else {
      throw damaged(path, "no directory is at its end: it is no .npz file, or was cut short")
    }
    var entries = number(tail, end + 10, 2)
    var (count, start) = (number(tail, end + 12, 4), number(tail, end + 16, 4))
    var (disk, otherDisk) = (number(tail, end + 4, 2), number(tail, end + 6, 2))
    var limit = tailStart + end
    if entries == 0xFFFF || count == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
      guard limit >= 20, case let locator = try file.bytes(at: limit - 20, count: 20), number(locator, 0, 4) == 0x0706_4B50,
        let place = Int(exactly: number(locator, 8, 8)), place <= limit - 20 - 56, place >= 0,
        case let record = try file.bytes(at: place, count: 56), number(record, 0, 4) == 0x0606_4B50
      else { throw damaged(path, "its directory is said to be of the form ZIP64, which is not there") }
      (disk, otherDisk) = (number(record, 16, 4), number(record, 20, 4))
      (entries, count, start) = (number(record, 32, 8), number(record, 40, 8), number(record, 48, 8))
      limit = place
    }
    guard disk == 0, otherDisk == 0 else {
      throw NPYError(path, "it is one part of an archive in several", remedy: "Save the arrays again with numpy.savez")
    }
    let (sum, overflow) = start.addingReportingOverflow(count)
    guard !overflow, sum <= UInt64(limit), entries <= count / 46, count <= UInt64(largestDirectory) else {
      throw damaged(path, "its directory of \(entries) members and \(count) bytes at \(start) does not fit its \(file.size) bytes")
    }
    return (Int(start), Int(count), Int(entries))
  }

  /// The last end record whose comment reaches exactly to the end.
  private static func end(in tail: [UInt8]) -> Int? {
    stride(from: tail.count - endBytes, through: 0, by: -1).first {
      number(tail, $0, 4) == 0x0605_4B50 && Int(number(tail, $0 + 20, 2)) == tail.count - endBytes - $0
    }
  }

  /// A little-endian number.
  static func number(_ bytes: some RandomAccessCollection<UInt8>, _ place: Int, _ size: Int) -> UInt64 {
    bytes.dropFirst(place).prefix(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  static func damaged(_ path: String, _ what: String) -> NPYError {
    NPYError(path, what, remedy: "Copy it again, or save the arrays again with numpy.savez")
  }
}

/// An entry of the directory as it is written.
private struct Entry {
  /// Deflate makes at most 1,032 bytes of one (zlib, technical notes).
  private static let largestRatio = 1_032

  private let bytes: ArraySlice<UInt8>
  let nameBytes: Int
  let extraBytes: Int
  let commentBytes: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    func size(_ place: Int) -> Int { Int(ZIPDirectory.number(bytes, place, 2)) }
    (nameBytes, extraBytes, commentBytes) = (size(28), size(30), size(32))
  }

  private func number(_ place: Int, _ size: Int) -> UInt64 { ZIPDirectory.number(bytes, place, size) }

  func member(in file: borrowing ReadFile, path: String, directoryStart: Int) throws(NPYError) -> ZIPMember {
    let name = bytes.dropFirst(46).prefix(nameBytes)
    let text = String(decoding: name, as: UTF8.self)
    let place = "\(path), \(text)"
    guard number(8, 2) & 1 == 0 else { throw NPYError(place, "it is encrypted", remedy: "Save the arrays again with numpy.savez") }
    let method = number(10, 2)
    guard method == 0 || method == 8 else {
      throw NPYError(
        place, "it is compressed by method \(method), and only 'stored' and 'deflate' are read",
        remedy: "Save the arrays again with numpy.savez or numpy.savez_compressed")
    }
    let (compressed, size, local) = try sizes(place)
    guard local <= directoryStart - 30, local >= 0 else {
      throw ZIPDirectory.damaged(place, "it begins at byte \(local), where there is none")
    }
    let header = try file.bytes(at: local, count: 30)
    let (localName, localExtra) = (Int(ZIPDirectory.number(header, 26, 2)), Int(ZIPDirectory.number(header, 28, 2)))
    guard ZIPDirectory.number(header, 0, 4) == 0x0403_4B50, localName == nameBytes, local + 30 + localName <= directoryStart,
      try file.bytes(at: local + 30, count: localName).elementsEqual(name)
    else { throw ZIPDirectory.damaged(place, "its own header at byte \(local) is not what the directory says") }
    let offset = local + 30 + localName + localExtra
    guard offset <= directoryStart, compressed <= directoryStart - offset else {
      throw ZIPDirectory.damaged(place, "its \(compressed) bytes do not fit in front of the directory")
    }
    guard method == 8 || compressed == size else {
      throw ZIPDirectory.damaged(place, "it is stored in \(compressed) bytes, and has \(size)")
    }
    guard size / Self.largestRatio <= compressed else {
      throw ZIPDirectory.damaged(place, "it is said to have \(size) bytes, which no \(compressed) compressed bytes can hold")
    }
    return ZIPMember(
      path: path, name: text, offset: offset, compressedBytes: compressed, byteCount: size, isDeflated: method == 8,
      checksum: UInt32(number(16, 4)))
  }

  /// Compressed bytes, bytes and the place of the local header; from the entry's ZIP64 part where they do not fit.
  private func sizes(_ place: String) throws(NPYError) -> (compressed: Int, size: Int, local: Int) {
    var values = [number(24, 4), number(20, 4), number(42, 4)]
    var wide = zip64
    for index in values.indices where values[index] == 0xFFFF_FFFF {
      guard wide.count >= 8 else { throw ZIPDirectory.damaged(place, "its sizes are said to be of 64 bits, which are not there") }
      values[index] = ZIPDirectory.number(wide, 0, 8)
      wide = wide.dropFirst(8)
    }
    guard values.allSatisfy({ $0 <= UInt64(Int64.max) / 4 }) else {
      throw ZIPDirectory.damaged(place, "it has \(values[0]) bytes at \(values[2])")
    }
    return (Int(values[1]), Int(values[0]), Int(values[2]))
  }

  /// The extra field 1, empty when there is none.
  private var zip64: ArraySlice<UInt8> {
    var rest = bytes.dropFirst(46 + nameBytes).prefix(extraBytes)
    while rest.count >= 4 {
      let (kind, size) = (ZIPDirectory.number(rest, 0, 2), Int(ZIPDirectory.number(rest, 2, 2)))
      if kind == 1 { return rest.dropFirst(4).prefix(size) }
      rest = rest.dropFirst(4 + size)
    }
    return []
  }
}
