import MistiqueStorage

/// The columns and rows that an intermediate had when it was logged, as two hashes: 33 bytes in a receipt, whatever the size.
///
///     XXH3-64 of the columns: names, types and order, or channels, height and width | "-" | XXH3-64 of the row ids
struct LoggedShape: Sendable, Equatable, Codable {
  private let text: String

  init(_ schema: IntermediateSchema, _ rowIDs: RowIDs) { text = Self.hash(of: schema) + "-" + Self.hash(of: rowIDs) }

  init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  func hasColumns(of schema: IntermediateSchema) -> Bool { text.hasPrefix(Self.hash(of: schema) + "-") }

  func hasRows(_ rowIDs: RowIDs) -> Bool { text.hasSuffix("-" + Self.hash(of: rowIDs)) }

  private static func hash(of schema: IntermediateSchema) -> String {
    var writer = ByteWriter()
    switch schema {
    case .maps(let channels, let height, let width):
      writer.write(bytes: Array("maps".utf8))
      for size in [channels, height, width] { writer.writeVariable(size) }
    case .columns(let descriptors):
      writer.write(bytes: Array("columns".utf8))
      for descriptor in descriptors {
        writer.writeVariable(descriptor.name.utf8.count)
        writer.write(bytes: Array(descriptor.name.utf8))
        writer.write(descriptor.type.rawValue)
      }
    }
    return digits(writer.bytes.withUnsafeBytes(Checksum.of))
  }

  /// The same for the same ids in the same order, however they are held.
  private static func hash(of rowIDs: RowIDs) -> String {
    if rowIDs.isConsecutive {
      var writer = ByteWriter()
      writer.write(bytes: Array("range".utf8))
      writer.write(UInt64(bitPattern: rowIDs.count == 0 ? 0 : rowIDs[0]))
      writer.writeVariable(rowIDs.count)
      return digits(writer.bytes.withUnsafeBytes(Checksum.of))
    }
    return digits(rowIDs.array.withUnsafeBytes(Checksum.of))
  }

  private static func digits(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
