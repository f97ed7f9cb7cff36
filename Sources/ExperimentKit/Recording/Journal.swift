import Foundation

/// The finished units of an unfinished run: one checksummed line each, appended and synced, read back when the run starts again.
///
///     <16 hex digits: FNV-1a of the rest>  <JSON>\n
///
/// The first line holds the configuration. A line that is cut off or damaged ends the journal: it and what follows are dropped.
struct Journal {
  struct Header: Codable, Equatable {
    let configuration: String
    let startedAt: Date
    /// What the executable was built from, as the first attempt found it: the checkout may have changed since, and it has not.
    let source: SourceState
  }

  struct Unit: Codable, Equatable {
    let key: String
    let seconds: Double
    let peakMemoryBytes: Int64
    let diskBytes: Int64?
    /// Coordinates, metric, unit, value, each row as text.
    let rows: [[String]]
  }

  let file: URL
  let header: Header
  /// What was found, in order of completion.
  private(set) var units: [Unit] = []
  /// Whether a damaged tail was dropped.
  private(set) var droppedTail = false

  /// The journal in `file` when it belongs to `configuration`; nil when there is none, or one of another configuration.
  static func resume(_ file: URL, configuration: String) throws -> Journal? {
    guard AtomicFile.exists(file) else { return nil }
    let bytes = try AtomicFile.read(file)
    let lines = wholeLines(of: bytes)
    guard let first = lines.texts.first, let header = decode(Header.self, first), header.configuration == configuration else { return nil }
    var journal = Journal(file: file, header: header)
    var validLength = lines.ends[0]
    for (text, end) in zip(lines.texts, lines.ends).dropFirst() {
      guard let unit = decode(Unit.self, text) else { break }
      journal.units.append(unit)
      validLength = end
    }
    if validLength < bytes.count {
      journal.droppedTail = true
      guard truncate(file.path, off_t(validLength)) == 0 else { throw FileError.last("truncate", file) }
    }
    return journal
  }

  /// How many finished units `file` holds, for looking at a journal that another process may be writing; nil when there is none.
  static func unitCount(in file: URL) throws -> Int? {
    guard AtomicFile.exists(file) else { return nil }
    return try max(0, AtomicFile.read(file).count { $0 == UInt8(ascii: "\n") } - 1)
  }

  /// A new, empty journal.
  static func create(_ file: URL, configuration: String, source: SourceState) throws -> Journal {
    // Whole seconds, as the JSON dates keep them.
    let now = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded(.down))
    let journal = Journal(file: file, header: Header(configuration: configuration, startedAt: now, source: source))
    try AtomicFile.write(line(journal.header), to: file)
    return journal
  }

  private init(file: URL, header: Header) {
    self.file = file
    self.header = header
  }

  /// Adds a finished unit; on return it is on the disk.
  mutating func append(_ unit: Unit) throws {
    let descriptor = open(file.path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.last("append to", file) }
    defer { close(descriptor) }
    try AtomicFile.writeAll(Self.line(unit), to: descriptor, of: file)
    guard fsync(descriptor) == 0 else { throw FileError.last("sync", file) }
    units.append(unit)
  }

  private static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    let json = try Array(encoder.encode(value))
    return Array("\(Fingerprint.hex(json)) ".utf8) + json + [UInt8(ascii: "\n")]
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ line: ArraySlice<UInt8>) -> Value? {
    guard line.count > 17 else { return nil }
    let json = Array(line.dropFirst(17))
    guard Array(line.prefix(17)) == Array("\(Fingerprint.hex(json)) ".utf8) else { return nil }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try? decoder.decode(type, from: Data(json))
  }

  private static func wholeLines(of bytes: [UInt8]) -> (texts: [ArraySlice<UInt8>], ends: [Int]) {
    var texts: [ArraySlice<UInt8>] = []
    var ends: [Int] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      texts.append(bytes[start..<end])
      ends.append(end + 1)
      start = end + 1
    }
    return (texts, ends)
  }
}

/// FNV-1a, 64 bits: enough to notice damage and a changed configuration, no defence against intent.
enum Fingerprint {
  static func hex(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
