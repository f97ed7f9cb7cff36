/// The fitted quantizers of an intermediate, with what was encoded with each: what turns its codes back into values.
///
/// One for all maps of a network's intermediate, one per column for named columns. Stored once, as a chunk of kind `codebook`:
/// v count, then for each: v column, v length and bytes of the quantizer, v length and bytes of its extrema.
package struct CodebookRecord: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    /// The first column that it serves.
    package let column: Int
    package let quantizer: FittedQuantizer
    package let extrema: EncodedExtrema
  }

  /// Ascending by column.
  package let entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }

  /// The quantizer of named column `column`, or of all maps; `nil` where values are stored as they are. Complexity: O(log entries).
  package func entry(column: Int, isMaps: Bool) -> Entry? {
    guard !isMaps else { return entries.first }
    var range = entries.indices
    while let first = range.first {
      let middle = first + range.count / 2
      let found = entries[middle].column
      if found == column { return entries[middle] }
      range = found < column ? middle + 1..<range.upperBound : first..<middle
    }
    return nil
  }

  package var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.writeVariable(entries.count)
    for entry in entries {
      writer.writeVariable(entry.column)
      for bytes in [entry.quantizer.encoded, entry.extrema.encoded] {
        writer.writeVariable(bytes.count)
        writer.write(bytes: bytes)
      }
    }
    return writer.bytes
  }

  package init(decoding bytes: some Collection<UInt8>, place: String) throws {
    var reader = ByteReader(bytes, place: place)
    let count = try reader.readVariable(limit: reader.remaining)
    entries = try (0..<count).map { _ in
      let column = try reader.readVariable()
      let quantizer = try FittedQuantizer(decoding: try reader.readBytes(try reader.readVariable()), place: place)
      let extrema = try EncodedExtrema(decoding: try reader.readBytes(try reader.readVariable()), for: quantizer, place: place)
      return Entry(column: column, quantizer: quantizer, extrema: extrema)
    }
    try reader.expectEnd()
    guard zip(entries, entries.dropFirst()).allSatisfy({ $0.column < $1.column }) else {
      throw reader.malformed("the codebooks are not in the order of their columns")
    }
  }
}
