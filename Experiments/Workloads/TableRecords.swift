import Foundation

/// The records of a CSV file as bytes, which are counted and copied without being read: a sample of a table is its own bytes.
///
/// A record ends at a line end outside of quotes (RFC 4180). Complexity of a pass: the file's bytes, at the speed of `memchr`.
struct TableRecords {
  let file: URL
  private let bytes: Data

  /// - Throws: `TableError` when the file cannot be read or is empty. It is mapped, and must not be shortened meanwhile.
  init(_ file: URL) throws {
    self.file = file
    do { bytes = try Data(contentsOf: file, options: .alwaysMapped) } catch {
      throw TableError(
        file: file, problem: "it cannot be read: \(error.localizedDescription)", remedy: "Check the file and its permissions.")
    }
    guard !bytes.isEmpty else { throw TableError(file: file, problem: "it is empty", remedy: "Download it again.") }
  }

  /// Calls `body` with each record, its line end included, the header first, until `body` returns false.
  func forEach(_ body: (_ place: Int, UnsafeRawBufferPointer) throws -> Bool) rethrows {
    try bytes.withUnsafeBytes { bytes in
      var (start, place) = (0, 0)
      while start < bytes.count {
        let end = Self.end(ofRecordFrom: start, in: bytes)
        guard try body(place, UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else { return }
        (start, place) = (end, place + 1)
      }
    }
  }

  private static func end(ofRecordFrom start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    var (line, isQuoted) = (start, false)
    while let newline = place(of: UInt8(ascii: "\n"), in: bytes, line..<bytes.count) {
      var quote = line
      while let found = place(of: UInt8(ascii: "\""), in: bytes, quote..<newline) {
        isQuoted.toggle()
        quote = found + 1
      }
      line = newline + 1
      if !isQuoted { return line }
    }
    return bytes.count
  }

  private static func place(of byte: UInt8, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    guard !range.isEmpty, let base = bytes.baseAddress, let found = memchr(base + range.lowerBound, Int32(byte), range.count) else {
      return nil
    }
    return UnsafeRawPointer(found) - base
  }

  /// How many records follow the header.
  func count() -> Int {
    var count = -1
    forEach { _, _ in
      count += 1
      return true
    }
    return count
  }

  /// The fields of a record, without quotes and spaces around them.
  static func fields(_ record: UnsafeRawBufferPointer) -> [String] {
    let text = String(decoding: record, as: UTF8.self)
    let line = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    return line.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\r\n\""))
    }
  }

  /// The position of a column in the header.
  ///
  /// - Throws: `TableError` naming the columns that there are.
  func column(_ name: String) throws -> Int {
    var names: [String] = []
    forEach { _, record in
      names = Self.fields(record)
      return false
    }
    guard let place = names.firstIndex(where: { $0.lowercased() == name.lowercased() }) else {
      throw TableError(
        file: file, problem: "it has no column \(name) but \(names.prefix(20).joined(separator: ", "))",
        remedy: "Use the file as Kaggle has it, with its header.")
    }
    return place
  }
}

/// A table that cannot be sampled.
struct TableError: Error, Equatable, CustomStringConvertible {
  let file: URL
  let problem: String
  let remedy: String

  var description: String { "\(file.path): \(problem). \(remedy)" }
}
