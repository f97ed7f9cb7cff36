import Foundation
import Groundwork

/// Bytes of a checkpoint. All numbers are little-endian.
///
///     file   = "MSTQCKPT" | version u32 = 1 | tensors u32 | tensor ... | ContentHash of all bytes before it, u64
///     tensor = name bytes u32 | name, UTF-8 | rank u32 | dimension u64 ... | float32 ..., row-major
///
/// A file is checked as a whole before any of it is used: no changed byte and no cut goes unnoticed. A damaged file with a new checksum ends in
/// an error, not in a crash.
extension Checkpoint {
  static let magic = Array("MSTQCKPT".utf8)
  static let formatVersion: UInt32 = 1

  /// The checkpoint as one self-checking file.
  public func serialized() -> Data {
    var writer = ByteWriter(capacity: 64 + tensors.reduce(0) { $0 + $1.byteCountAtMost })
    writer.write(bytes: Self.magic)
    writer.write(Self.formatVersion)
    writer.write(UInt32(tensors.count))
    for tensor in tensors { tensor.write(to: &writer) }
    writer.write(Self.checksum(writer.bytes))
    return Data(writer.bytes)
  }

  /// Reads what ``serialized()`` wrote; errors name it `origin`.
  ///
  /// - Throws: ``CheckpointError``.
  public init(serialized data: Data, origin: String) throws {
    var reader = CheckpointReader(data, origin: origin)
    guard try reader.takeBytes(Self.magic.count, of: "the magic number").elementsEqual(Self.magic) else {
      throw CheckpointError(.notACheckpoint(origin: origin))
    }
    let version: UInt32 = try reader.number(of: "the version")
    guard version == Self.formatVersion else { throw CheckpointError(.unknownVersion(origin: origin, version: version)) }
    guard data.count >= Self.magic.count + 16 else {
      throw CheckpointError(.truncated(origin: origin, part: "the checksum", bytes: data.count))
    }
    var trailer = CheckpointReader(data.suffix(8), origin: origin)
    let recorded: UInt64 = try trailer.number(of: "the checksum")
    let computed = Self.checksum(data.dropLast(8))
    guard recorded == computed else { throw CheckpointError(.checksum(origin: origin, recorded: recorded, computed: computed)) }

    let count: UInt32 = try reader.number(of: "the number of tensors")
    var tensors: [Tensor] = []
    var names: Set<String> = []
    for _ in 0..<count {
      let tensor = try Tensor(from: &reader)
      guard names.insert(tensor.name).inserted else {
        throw CheckpointError(.malformed(origin: origin, part: "tensor \(tensor.name)", problem: "the name occurs twice"))
      }
      tensors.append(tensor)
    }
    guard reader.remaining == 8 else {
      throw CheckpointError(.malformed(origin: origin, part: "the end", problem: "\(reader.remaining - 8) bytes follow the last tensor"))
    }
    self.init(tensors)
  }

  /// A hash of names, shapes and bits: two checkpoints of the same identity are the same.
  package var identity: String {
    var hash = ContentHash()
    serialized().withUnsafeBytes { hash.combine($0) }
    return hash.hexadecimal
  }

  private static func checksum(_ data: some ContiguousBytes) -> UInt64 {
    var hash = ContentHash()
    data.withUnsafeBytes { hash.combine($0) }
    return hash.value
  }
}

extension Checkpoint.Tensor {
  /// The tensor alone, as in a checkpoint file but without a checksum: for a store that has its own.
  package func serialized() -> Data {
    var writer = ByteWriter(capacity: byteCountAtMost)
    write(to: &writer)
    return Data(writer.bytes)
  }

  func write(to writer: inout ByteWriter) {
    writer.write(UInt32(name.utf8.count))
    writer.write(bytes: name.utf8)
    writer.write(UInt32(shape.count))
    for dimension in shape { writer.write(UInt64(dimension)) }
    values.withUnsafeBytes { writer.write(bytes: $0) }
  }

  /// Room that is certainly enough for its bytes.
  var byteCountAtMost: Int { 8 + name.utf8.count + shape.count * 8 + values.count * 4 }

  /// Reads what ``serialized()`` wrote; nothing may follow it.
  package init(serialized data: Data, origin: String) throws {
    var reader = CheckpointReader(data, origin: origin)
    try self.init(from: &reader)
    guard reader.remaining == 0 else {
      throw CheckpointError(.malformed(origin: origin, part: "the end", problem: "\(reader.remaining) bytes follow the tensor"))
    }
  }

  init(from reader: inout CheckpointReader) throws {
    let nameBytes: UInt32 = try reader.number(of: "the length of a tensor's name")
    let name = try reader.text(Int(nameBytes), of: "a tensor's name")
    let part = "tensor \(name)"
    let rank: UInt32 = try reader.number(of: part)
    guard (1...8).contains(rank) else {
      throw CheckpointError(.malformed(origin: reader.origin.origin, part: part, problem: "it has \(rank) dimensions, expected 1 to 8"))
    }
    var shape: [Int] = []
    var count = 1
    for _ in 0..<rank {
      let dimension: UInt64 = try reader.number(of: part)
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: dimension))
      // More values than bytes are left: caught before memory is allocated.
      guard dimension > 0, !overflow, product <= reader.remaining / 4 else {
        throw CheckpointError(.malformed(origin: reader.origin.origin, part: part, problem: "dimension \(dimension) does not fit the file"))
      }
      shape.append(Int(dimension))
      count = product
    }
    let bytes = try reader.takeBytes(count * 4, of: part)
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      initialized = count
    }
    self.init(name: name, shape: shape, values: values)
  }
}
