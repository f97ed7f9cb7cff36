import Foundation

/// A file of named tensors in the safetensors format (https://huggingface.co/docs/safetensors), the form in which trained weights are
/// published.
///
///     header bytes n, u64 little-endian | header, JSON, n bytes | data
///
///     let file = try SafetensorsFile(contentsOf: url)
///     let weights = try file.tensor("features.0.weight")        // (64, 3, 3, 3) as float32
///
/// The header is checked as a whole before any of it is believed: tensors lie within the data, one after the other without holes or
/// overlaps, and have the bytes that type and shape ask for. The format has no checksum: a flipped bit of the data goes unnoticed.
/// Tensors of integer types may be in the file but cannot be read.
///
/// - Complexity: opening reads the header; the data are mapped and read tensor by tensor. The file must not be shortened meanwhile.
public struct SafetensorsFile: Sendable {
  /// What the header says of one tensor.
  public struct Entry: Sendable, Equatable {
    /// Unique within the file.
    public let name: String
    /// "F32", "BF16", "I64", ...
    public let type: String
    /// Its dimensions; one of 0 means that the tensor has no values.
    public let shape: [Int]
    /// Bytes from the end of the header.
    let range: Range<Int>
  }

  /// Bytes that a header may have, as in the format's own reader: 100 MB.
  package static let largestHeader: UInt64 = 100_000_000

  /// The file's path or what else the bytes come from, for errors.
  package let origin: String
  /// The tensors, in the order of their data.
  public let entries: [Entry]
  /// The texts that the file's writer added, such as its library.
  public let metadata: [String: String]
  private let data: Data

  /// Opens a file.
  ///
  /// - Throws: ``SafetensorsError``.
  public init(contentsOf url: URL) throws {
    let data: Data
    do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
      throw SafetensorsError(.unreadable(path: url.path, cause: error))
    }
    try self.init(data, origin: url.path)
  }

  /// Reads a file in memory; errors name it `origin`.
  ///
  /// - Throws: ``SafetensorsError``.
  public init(_ bytes: Data, origin: String) throws {
    if let (format, remedy) = ForeignFormat.named(bytes) {
      throw SafetensorsError(.otherFormat(origin: origin, format: format, remedy: remedy))
    }
    guard bytes.count >= 8 else { throw SafetensorsError(.truncated(origin: origin, bytes: bytes.count, needed: 8)) }
    let length = UInt64(littleEndian: bytes.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    guard length <= Self.largestHeader else { throw SafetensorsError(.absurdHeader(origin: origin, bytes: length)) }
    guard bytes.count - 8 >= Int(length) else {
      throw SafetensorsError(.truncated(origin: origin, bytes: bytes.count, needed: length + 8))
    }
    let header = try SafetensorsHeader(bytes.dropFirst(8).prefix(Int(length)), origin: origin)
    let data = bytes.dropFirst(8 + Int(length))
    if let end = header.entries.map(\.offsets.end).max(), end > data.count,
      header.entries.allSatisfy({ $0.offsets.begin <= $0.offsets.end })
    {
      let (needed, overflow) = UInt64(end).addingReportingOverflow(8 + length)
      throw SafetensorsError(.truncated(origin: origin, bytes: bytes.count, needed: overflow ? .max : needed))
    }
    entries = try Self.checked(header.entries, dataBytes: data.count, origin: origin)
    metadata = header.metadata
    self.data = data
    self.origin = origin
  }

  /// The names, in the order of the data.
  public var names: [String] { entries.map(\.name) }

  /// A tensor's values as float32: F16 and BF16 exactly, F64 rounded to the nearest (infinite beyond the range of float32).
  /// - Throws: ``SafetensorsError`` if the file has no tensor of this name, or it is empty or of another type.
  public func tensor(_ name: String) throws -> Checkpoint.Tensor {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw SafetensorsError(.missingTensor(origin: origin, name: name, available: names))
    }
    guard !entry.shape.contains(0) else {
      throw SafetensorsError(.emptyTensor(origin: origin, name: name, shape: entry.shape))
    }
    let start = data.startIndex + entry.range.lowerBound
    let values = data[start..<(start + entry.range.count)].withUnsafeBytes { bytes -> [Float]? in
      func read<Bits: FixedWidthInteger>(_ convert: (Bits) -> Float) -> [Float] {
        (0..<(bytes.count / MemoryLayout<Bits>.size)).map { index in
          convert(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)))
        }
      }
      switch entry.type {
      case "F32": return read { (bits: UInt32) in Float(bitPattern: bits) }
      case "F16": return read(Self.value(half:))
      case "BF16": return read { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
      case "F64": return read { (bits: UInt64) in Float(Double(bitPattern: bits)) }
      default: return nil
      }
    }
    guard let values else { throw SafetensorsError(.notFloats(origin: origin, name: name, type: entry.type)) }
    return Checkpoint.Tensor(name: name, shape: entry.shape, values: values)
  }

  /// float16 from its bits; Swift's own type is not there on every platform.
  static func value(half bits: UInt16) -> Float {
    let sign = UInt32(bits >> 15) << 31
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits) & 0x3FF
    guard exponent > 0 else { return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern) }
    return Float(bitPattern: sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13)
  }
}

extension SafetensorsFile {
  /// Bytes of one value; types not listed are not checked for their size and cannot be read.
  private static let valueBytes = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4, "I32": 4, "F32": 4,
    "U64": 8, "I64": 8, "F64": 8,
  ]

  private static func checked(_ entries: [SafetensorsHeader.Entry], dataBytes: Int, origin: String) throws -> [Entry] {
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
      return Entry(name: entry.name, type: entry.type, shape: entry.shape, range: first..<last)
    }
    guard end == dataBytes else {
      throw SafetensorsError(.excessBytes(origin: origin, bytes: dataBytes - end))
    }
    return checked
  }
}
