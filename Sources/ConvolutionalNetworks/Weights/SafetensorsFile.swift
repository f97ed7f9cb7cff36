import ArrayFiles
import Foundation
import Groundwork

/// Why bytes are not a safetensors file, or one of its tensors cannot be used.
public typealias SafetensorsError = ArrayFiles.SafetensorsError

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
    var status = stat()
    // Opening a FIFO would wait for its writer, and what is no regular file cannot be mapped.
    if stat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw SafetensorsError(.notRegular(path: url.path)) }
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
    let directory = try SafetensorsDirectory(size: bytes.count, origin: origin) { bytes.dropFirst($0.lowerBound).prefix($0.count) }
    entries = directory.tensors.map { Entry(name: $0.name, type: $0.type, shape: $0.shape, range: $0.range) }
    metadata = directory.metadata
    data = bytes.dropFirst(directory.dataOffset)
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
      case "F16": return read(HalfPrecision.widened)
      case "BF16": return read { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
      case "F64": return read { (bits: UInt64) in Float(Double(bitPattern: bits)) }
      default: return nil
      }
    }
    guard let values else { throw SafetensorsError(.notFloats(origin: origin, name: name, type: entry.type)) }
    return Checkpoint.Tensor(name: name, shape: entry.shape, values: values)
  }
}
