import Groundwork

/// Why saved bytes are not the state of a fitted transformer.
package enum FittedStateError: Error, Equatable, Sendable {
  /// The bytes do not begin as a state does.
  case notAState
  /// The state has a version of the format that this program does not read.
  case version(Int)
  /// The state has another number of bytes than its header says.
  case truncated(expected: Int, got: Int)
  /// The state is damaged: its checksum is not that of its bytes.
  case checksum
  /// The state belongs to another transformer.
  case otherTransformer(expected: String, got: String)
  /// The state was made with other parameters than the stage has.
  case otherParameters(transformer: String)
  /// The state is whole, and its contents are not those of this transformer. The text says what is wrong with them.
  case malformed(String)
}

extension FittedStateError: CustomStringConvertible {
  /// One line: what is wrong, and to fit the stage again.
  package var description: String {
    let advice = "; fit the stage again"
    switch self {
    case .notAState: return "the bytes are not a fitted state: they do not begin with MFIT" + advice
    case .version(let version): return "the fitted state has format version \(version), this program reads \(FittedState.version)" + advice
    case .truncated(let expected, let got): return "the fitted state should have \(expected) bytes and has \(got)" + advice
    case .checksum: return "the fitted state is damaged: its checksum does not match" + advice
    case .otherTransformer(let expected, let got): return "the fitted state belongs to \(got), not to \(expected)" + advice
    case .otherParameters(let transformer): return "the fitted state of \(transformer) was made with other parameters" + advice
    case .malformed(let what): return "the fitted state is malformed: \(what)" + advice
    }
  }
}

/// The envelope around the state of a fitted transformer. All numbers are little-endian.
///
///     "MFIT" | version u16 | payload length u64 | transformer text | parameters text | payload | checksum u64
///
/// A text is its length as u32, then UTF-8. The length counts everything between it and the checksum. The checksum (FNV-1a, 64 bits) covers
/// all bytes before it and is verified before anything is handed to a learner's own parser.
enum FittedState {
  static let version = 1
  private static let magic: [UInt8] = Array("MFIT".utf8)
  private static let headerByteCount = 14

  static func sealed(_ payload: [UInt8], transformer: String, parameters: Parameters) -> [UInt8] {
    var body = ByteWriter()
    body.write(counted: transformer.utf8)
    body.write(counted: parameters.canonicalText.utf8)
    body.write(bytes: payload)
    var writer = ByteWriter()
    writer.write(bytes: magic)
    writer.write(UInt16(version))
    writer.write(UInt64(body.bytes.count))
    writer.write(bytes: body.bytes)
    writer.write(checksum(writer.bytes[...]))
    return writer.bytes
  }

  static func opened(_ bytes: [UInt8], transformer: String, parameters: Parameters) throws -> [UInt8] {
    guard bytes.starts(with: magic) else { throw FittedStateError.notAState }
    var header = ByteReader(bytes[magic.count...])
    let version = try header.read(UInt16.self)
    guard version == Self.version else { throw FittedStateError.version(Int(version)) }
    let length = try header.read(UInt64.self)
    let expected = length > UInt64(Int32.max) * 4 ? Int.max : headerByteCount + Int(length) + 8
    guard bytes.count == expected else { throw FittedStateError.truncated(expected: expected, got: bytes.count) }
    var trailer = ByteReader(bytes[(bytes.count - 8)...])
    guard try trailer.read(UInt64.self) == checksum(bytes.dropLast(8)) else { throw FittedStateError.checksum }
    var body = ByteReader(bytes[headerByteCount..<(bytes.count - 8)])
    let name = try body.text()
    guard name == transformer else { throw FittedStateError.otherTransformer(expected: transformer, got: name) }
    guard try body.text().isExactly(parameters.canonicalText) else { throw FittedStateError.otherParameters(transformer: transformer) }
    return Array(body.rest)
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
