import Foundation

/// What a file in the safetensors format (https://huggingface.co/docs/safetensors) has: its tensors, and where their values are.
///
///     header bytes n, u64 little-endian | header, JSON, n bytes | data
///
/// The header is checked as a whole before any of it is believed: tensors lie within the data, one after the other without holes or
/// overlaps, and have the bytes that type and shape ask for. The format has no checksum: a flipped bit of the data goes unnoticed.
package struct SafetensorsDirectory: Sendable {
  /// Bytes that a header may have, as in the format's own reader: 100 MB.
  package static let largestHeader: UInt64 = 100_000_000

  /// What the header says of one tensor.
  package struct Tensor: Sendable, Equatable {
    /// Unique within the file.
    package let name: String
    /// "F32", "BF16", "I64", ...
    package let type: String
    /// Its dimensions; one of 0 means that the tensor has no values.
    package let shape: [Int]
    /// Bytes from the end of the header.
    package let range: Range<Int>
  }

  /// In the order of their data.
  package let tensors: [Tensor]
  /// The texts that the file's writer added, such as its library.
  package let metadata: [String: String]
  /// Where the header ends and the data begin.
  package let dataOffset: Int

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - size: bytes of the whole file.
  ///   - origin: what errors call the file.
  ///   - read: gives bytes of the file.
  /// - Throws: ``SafetensorsError``, and what `read` throws.
  package init(size: Int, origin: String, read: (Range<Int>) throws -> Data) throws {
    let start = try read(0..<min(size, ForeignFormat.mostBytes))
    if let (format, remedy) = ForeignFormat.named(start) {
      throw SafetensorsError(.otherFormat(origin: origin, format: format, remedy: remedy))
    }
    guard size >= 8 else { throw SafetensorsError(.truncated(origin: origin, bytes: size, needed: 8)) }
    let length = UInt64(littleEndian: start.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    guard length <= Self.largestHeader else { throw SafetensorsError(.absurdHeader(origin: origin, bytes: length)) }
    guard size - 8 >= Int(length) else { throw SafetensorsError(.truncated(origin: origin, bytes: size, needed: length + 8)) }
    dataOffset = 8 + Int(length)
    let header = try SafetensorsHeader(try read(8..<dataOffset), origin: origin)
    let dataBytes = size - dataOffset
    if let end = header.entries.map(\.offsets.end).max(), end > dataBytes,
      header.entries.allSatisfy({ $0.offsets.begin <= $0.offsets.end })
    {
      let (needed, overflow) = UInt64(end).addingReportingOverflow(8 + length)
      throw SafetensorsError(.truncated(origin: origin, bytes: size, needed: overflow ? .max : needed))
    }
    tensors = try Self.checked(header.entries, dataBytes: dataBytes, origin: origin)
    metadata = header.metadata
  }

  /// Bytes of one value; types not listed are not checked for their size and cannot be read.
  static let valueBytes = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4, "I32": 4, "F32": 4,
    "U64": 8, "I64": 8, "F64": 8,
  ]

  private static func checked(_ entries: [SafetensorsHeader.Member], dataBytes: Int, origin: String) throws -> [Tensor] {
    var end = 0
    let ordered = entries.sorted { ($0.offsets.begin, $0.offsets.end) < ($1.offsets.begin, $1.offsets.end) }
    let checked = try ordered.map { entry in
      func impossible(_ problem: String) -> SafetensorsError {
        SafetensorsError(.impossibleTensor(origin: origin, name: entry.name, problem: problem))
      }
      let (first, last) = entry.offsets
      guard first <= last, last <= dataBytes else { throw impossible("it has bytes \(first) to \(last) of \(dataBytes) bytes of data") }
      guard first == end else {
        throw impossible("it begins at byte \(first), but the tensor before it ends at \(end): they overlap or leave a hole")
      }
      end = last
      if let size = valueBytes[entry.type] {
        var bytes = size
        for dimension in entry.shape {
          let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
          guard !overflow else { throw impossible("its shape \(entry.shape) is too large") }
          bytes = product
        }
        guard bytes == last - first else {
          throw impossible("shape \(entry.shape) of \(entry.type) needs \(bytes) bytes, it has \(last - first)")
        }
      }
      return Tensor(name: entry.name, type: entry.type, shape: entry.shape, range: first..<last)
    }
    guard end == dataBytes else {
      throw SafetensorsError(.excessBytes(origin: origin, bytes: dataBytes - end))
    }
    return checked
  }
}
