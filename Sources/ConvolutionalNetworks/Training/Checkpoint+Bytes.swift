import Foundation

/// Bytes of a checkpoint. All numbers are little-endian.
///
///     file   = "MSTQCKPT" | version u32 = 1 | tensors u32 | tensor ... | ContentHash of all bytes before it, u64
///     tensor = name bytes u32 | name, UTF-8 | rank u32 | dimension u64 ... | float32 ..., row-major
///
/// A file is checked as a whole before any of it is believed: no change of a byte and no cut goes unnoticed, and a file that was damaged
/// and given a new checksum still ends in an error, not in a crash.
extension Checkpoint {
  static let magic = Array("MSTQCKPT".utf8)
  static let formatVersion: UInt32 = 1

  /// The checkpoint as one self-checking file.
  public func serialized() -> Data {
    var data = Data(Self.magic)
    data.append(number: Self.formatVersion)
    data.append(number: UInt32(tensors.count))
    for tensor in tensors { data.append(tensor.serialized()) }
    data.append(number: Self.checksum(data))
    return data
  }

  /// Reads what ``serialized()`` wrote.
  /// - Parameter origin: a file name or the like, for the error.
  /// - Throws: ``CheckpointError``.
  public init(serialized data: Data, origin: String) throws {
    var reader = ByteReader(data, origin: origin)
    guard try reader.bytes(Self.magic.count, of: "the magic number").elementsEqual(Self.magic) else {
      throw CheckpointError.notACheckpoint(origin: origin)
    }
    let version: UInt32 = try reader.number(of: "the version")
    guard version == Self.formatVersion else { throw CheckpointError.unknownVersion(origin: origin, version: version) }
    guard data.count >= Self.magic.count + 16 else {
      throw CheckpointError.truncated(origin: origin, part: "the checksum", bytes: data.count)
    }
    var trailer = ByteReader(data.suffix(8), origin: origin)
    let recorded: UInt64 = try trailer.number(of: "the checksum")
    let computed = Self.checksum(data.dropLast(8))
    guard recorded == computed else { throw CheckpointError.checksum(origin: origin, recorded: recorded, computed: computed) }

    let count: UInt32 = try reader.number(of: "the number of tensors")
    var tensors: [Tensor] = []
    var names: Set<String> = []
    for _ in 0..<count {
      let tensor = try Tensor(from: &reader)
      guard names.insert(tensor.name).inserted else {
        throw CheckpointError.malformed(origin: origin, part: "tensor \(tensor.name)", problem: "the name occurs twice")
      }
      tensors.append(tensor)
    }
    guard reader.remaining == 8 else {
      throw CheckpointError.malformed(origin: origin, part: "the end", problem: "\(reader.remaining - 8) bytes follow the last tensor")
    }
    self.init(tensors)
  }

  /// A hash of names, shapes and bits: two checkpoints of the same identity are the same.
  public var identity: String {
    var hash = ContentHash()
    serialized().withUnsafeBytes { hash.combine($0) }
    return hash.hexadecimal
  }

  private static func checksum(_ data: Data) -> UInt64 {
    var hash = ContentHash()
    data.withUnsafeBytes { hash.combine($0) }
    return hash.value
  }
}

extension Checkpoint.Tensor {
  /// The tensor alone, as in a checkpoint file but without a checksum: for a store that has its own.
  public func serialized() -> Data {
    var data = Data()
    let name = Data(name.utf8)
    data.append(number: UInt32(name.count))
    data.append(name)
    data.append(number: UInt32(shape.count))
    for dimension in shape { data.append(number: UInt64(dimension)) }
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  /// Reads what ``serialized()`` wrote; nothing may follow it.
  public init(serialized data: Data, origin: String) throws {
    var reader = ByteReader(data, origin: origin)
    try self.init(from: &reader)
    guard reader.remaining == 0 else {
      throw CheckpointError.malformed(origin: origin, part: "the end", problem: "\(reader.remaining) bytes follow the tensor")
    }
  }

  init(from reader: inout ByteReader) throws {
    let nameBytes: UInt32 = try reader.number(of: "the length of a tensor's name")
    guard let name = String(bytes: try reader.bytes(Int(nameBytes), of: "a tensor's name"), encoding: .utf8) else {
      throw CheckpointError.malformed(origin: reader.origin, part: "a tensor's name", problem: "it is not UTF-8")
    }
    let part = "tensor \(name)"
    let rank: UInt32 = try reader.number(of: part)
    guard (1...8).contains(rank) else {
      throw CheckpointError.malformed(origin: reader.origin, part: part, problem: "it has \(rank) dimensions, expected 1 to 8")
    }
    var shape: [Int] = []
    var count = 1
    for _ in 0..<rank {
      let dimension: UInt64 = try reader.number(of: part)
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: dimension))
      // More values than bytes are left: caught before memory is asked for.
      guard dimension > 0, !overflow, product <= reader.remaining / 4 else {
        throw CheckpointError.malformed(origin: reader.origin, part: part, problem: "dimension \(dimension) does not fit the file")
      }
      shape.append(Int(dimension))
      count = product
    }
    let bytes = try reader.bytes(count * 4, of: part)
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      initialized = count
    }
    self.init(name: name, shape: shape, values: values)
  }
}
