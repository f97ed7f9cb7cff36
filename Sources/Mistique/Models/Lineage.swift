import MistiqueStorage

/// What made an intermediate or a trained part, as 128 bits: the identity that a store finds it by before anything is computed.
///
/// Equal lineages mean equal bits. Whoever makes one promises that, for every process and machine; what cannot be promised has no lineage.
///
/// Made by a ``LineageRecipe``. XXH3-128: two recipes have one lineage by accident once in 10^19 stores of a thousand million
/// intermediates. It is not cryptographic: nobody is kept from forging one.
///
/// Written as 32 lower-case hexadecimal digits.
public struct Lineage: Sendable, Hashable {
  private let low: UInt64
  private let high: UInt64

  fileprivate init(_ fingerprint: Fingerprint) { (low, high) = (fingerprint.low, fingerprint.high) }

  /// The lineage of bytes as such: an input that is known by its content.
  ///
  /// Complexity: O(bytes), at some 10 GB/s.
  public init(ofContent bytes: UnsafeRawBufferPointer) { self.init(Fingerprint(bytes, seed: Self.contentSeed)) }

  /// Sets the hash of content apart from that of recipes.
  private static let contentSeed: UInt64 = 0x434F_4E54_454E_54
}

extension Lineage: CustomStringConvertible {
  /// 32 lower-case hexadecimal digits.
  public var description: String { Fingerprint(low: low, high: high).hex }

  /// The lineage whose ``description`` this is; `nil` for any other text.
  public init?(_ description: String) {
    let digits = Array(description.utf8)
    guard digits.count == 32, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let high = UInt64(description.prefix(16), radix: 16), let low = UInt64(description.suffix(16), radix: 16)
    else { return nil }
    (self.low, self.high) = (low, high)
  }
}

extension Lineage: Codable {
  /// - Throws: `DecodingError` for a text that is no lineage.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let lineage = Lineage(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a lineage has 32 hexadecimal digits")
    }
    self = lineage
  }

  /// Writes the ``description``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Lineage {
  /// As the catalogue keeps it: 16 bytes, little-endian, the low half first.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(low)
    writer.write(high)
    return writer.bytes
  }

  /// The lineage of such bytes; `nil` for any others.
  init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    func word(_ start: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) } }
    (low, high) = (word(0), word(8))
  }
}

/// All that decides the bits of something, one ingredient after the other.
///
///     var recipe = LineageRecipe("my model's filter")
///     recipe.add(number: 3)                   // the revision of the code
///     recipe.add(text: "price > 100")         // a parameter
///     recipe.add(lineage: table)              // what it reads
///     let lineage = recipe.lineage
///
/// Each ingredient is written with its kind and length, so that different lists of ingredients are different bytes. Their order counts.
public struct LineageRecipe {
  private enum Kind: UInt8 {
    case text = 1
    case number = 2
    case real = 3
    case lineage = 4
    case bytes = 5
  }

  private var writer = ByteWriter()

  /// A recipe for one kind of thing; no two kinds may share their name.
  public init(_ kind: String) { add(text: kind) }

  /// A text, by its bytes: texts that only look alike differ.
  public mutating func add(text: String) { add(.text, Array(text.utf8)) }

  /// A whole number.
  public mutating func add(number: Int) { add(.number, Self.littleEndian(UInt64(bitPattern: Int64(number)))) }

  /// A floating-point number, by its bits: 0 and -0 differ.
  public mutating func add(real: Double) { add(.real, Self.littleEndian(real.bitPattern)) }

  /// What something else was made from.
  public mutating func add(lineage: Lineage) { add(.lineage, lineage.bytes) }

  /// Few bytes. Of many add the ``Lineage/init(ofContent:)``.
  public mutating func add(bytes: [UInt8]) { add(.bytes, bytes) }

  /// The lineage of what all ingredients so far make.
  public var lineage: Lineage { Lineage(writer.bytes.withUnsafeBytes { Fingerprint($0, seed: Self.seed) }) }

  private static let seed: UInt64 = 0x4C49_4E45_4147_45

  private static func littleEndian(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.littleEndian) { Array($0) } }

  private mutating func add(_ kind: Kind, _ bytes: [UInt8]) {
    writer.write(kind.rawValue)
    writer.write(UInt64(bytes.count))
    writer.write(bytes: bytes)
  }
}
