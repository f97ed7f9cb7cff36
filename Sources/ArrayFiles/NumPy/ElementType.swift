import Groundwork

/// The type of an array's elements: booleans, integers of 1 to 8 bytes, IEEE 754 numbers of 2 to 8 and bfloat16, in either byte order.
package struct ElementType: Sendable, Equatable {
  /// What the bits of an element stand for.
  package enum Kind: String, Sendable {
    case boolean = "bool"
    case signed = "int"
    case unsigned = "uint"
    case float
    /// The upper half of a float32. NumPy does not have it.
    case bfloat
  }

  package let kind: Kind
  /// Bytes of one element.
  package let size: Int
  package let isBigEndian: Bool

  /// The type that NumPy writes so, such as `<f4`; nil for anything else: fractions of other sizes, complex numbers, texts, dates, objects, fields.
  init?(_ text: String) {
    let parts = Array(text.utf8)
    guard parts.count == 3, let order = Array("<>|=".utf8).firstIndex(of: parts[0]),
      let size = [49: 1, 50: 2, 52: 4, 56: 8][Int(parts[2])], size == 1 || order != 2
    else { return nil }
    switch (Unicode.Scalar(parts[1]), size) {
    case ("b", 1): kind = .boolean
    case ("i", _): kind = .signed
    case ("u", _): kind = .unsigned
    case ("f", 2...): kind = .float
    default: return nil
    }
    (self.size, isBigEndian) = (size, order == 1)
  }

  /// A type in little-endian order.
  private init(_ kind: Kind, _ size: Int) { (self.kind, self.size, isBigEndian) = (kind, size, false) }

  package static let float32 = ElementType(.float, 4)
  package static let float64 = ElementType(.float, 8)
  package static let int64 = ElementType(.signed, 8)

  /// Every type, in little-endian order, by what safetensors files call it.
  private static let bySafetensorsName: [String: ElementType] = [
    "BOOL": ElementType(.boolean, 1), "I8": ElementType(.signed, 1), "I16": ElementType(.signed, 2), "I32": ElementType(.signed, 4),
    "I64": int64, "U8": ElementType(.unsigned, 1), "U16": ElementType(.unsigned, 2), "U32": ElementType(.unsigned, 4),
    "U64": ElementType(.unsigned, 8), "F16": ElementType(.float, 2), "BF16": ElementType(.bfloat, 2), "F32": float32, "F64": float64,
  ]

  /// The type that a safetensors file calls so, such as `BF16`; nil for floating-point numbers of 8 bits and less.
  init?(safetensors text: String) {
    guard let known = Self.bySafetensorsName[text] else { return nil }
    self = known
  }

  /// The type of this ``name``, in little-endian order; nil for any other text.
  package init?(name: String) {
    guard let known = Self.bySafetensorsName.values.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  /// As a safetensors file calls it, such as `BF16`.
  package var safetensors: String { Self.bySafetensorsName.first { $0.value.kind == kind && $0.value.size == size }!.key }

  /// Whether NumPy has the type.
  package var isInNumPy: Bool { kind != .bfloat }

  /// As NumPy and PyTorch call it, without its byte order: `float32`, `uint8`, `bool`, `bfloat16`.
  package var name: String { kind == .boolean ? "bool" : "\(kind.rawValue)\(size * 8)" }

  /// As NumPy writes it in a header, such as `<f4`.
  ///
  /// - Precondition: it is not bfloat16.
  package var numpy: String {
    precondition(isInNumPy, "NumPy has no \(name)")
    let letter = ["bool": "b", "int": "i", "uint": "u", "float": "f"][kind.rawValue]!
    return "\(size == 1 ? "|" : isBigEndian ? ">" : "<")\(letter)\(size)"
  }

  var isInteger: Bool { kind == .signed || kind == .unsigned }

  /// Whether a float32 can hold every value of the type.
  package var fitsFloat32: Bool { kind == .float ? size <= 4 : size <= 2 }

  /// What to do about an array of another type, which NumPy writes as `text`.
  static func remedy(for text: String) -> String {
    switch text.dropFirst().first {
    case "c": "Save its real and its imaginary part as two arrays"
    case "f": "Save array.astype('float64')"
    case "V": "Save array.astype('float32'); bfloat16 is written so, as bytes without a type"
    case "O", "S", "U": "Save an array of numbers"
    case "M", "m": "Save array.astype('int64')"
    default: "Save an array of booleans, integers or floating-point numbers"
    }
  }

  // MARK: Conversion

  /// Converts elements to float32, exactly.
  ///
  /// - Precondition: ``fitsFloat32``; `raw` is a whole number of elements, and `target` has room for them.
  package func floats(_ raw: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<Float>) {
    guard raw.count > 0 else { return }
    switch (kind, size) {
    case (.float, 4) where !isBigEndian: UnsafeMutableRawPointer(target).copyMemory(from: raw.baseAddress!, byteCount: raw.count)
    case (.float, 4): forEach(raw) { (place, bits: UInt32) in target[place] = Float(bitPattern: bits) }
    case (.float, 2): forEach(raw) { (place, bits: UInt16) in target[place] = HalfPrecision.widened(bits) }
    case (.bfloat, _): forEach(raw) { (place, bits: UInt16) in target[place] = Float(bitPattern: UInt32(bits) << 16) }
    case (.boolean, _): forEach(raw) { (place, bits: UInt8) in target[place] = bits == 0 ? 0 : 1 }
    case (.unsigned, 1): forEach(raw) { (place, bits: UInt8) in target[place] = Float(bits) }
    case (.signed, 1): forEach(raw) { (place, bits: Int8) in target[place] = Float(bits) }
    case (.unsigned, 2): forEach(raw) { (place, bits: UInt16) in target[place] = Float(bits) }
    case (.signed, 2): forEach(raw) { (place, bits: Int16) in target[place] = Float(bits) }
    default: preconditionFailure("\(name) does not fit a float32")
    }
  }

  /// Elements of float64.
  package func doubles(_ raw: UnsafeRawBufferPointer) -> [Double] {
    precondition(kind == .float && size == 8, "\(name) is not float64")
    return [Double](unsafeUninitializedCapacity: raw.count / size) { buffer, count in
      forEach(raw) { (place, bits: UInt64) in buffer[place] = Double(bitPattern: bits) }
      count = raw.count / size
    }
  }

  /// Elements of an integer type; of uint64 the same bits, negative where they are beyond `Int64`.
  package func integers(_ raw: UnsafeRawBufferPointer) -> [Int64] {
    precondition(isInteger, "\(name) is no integer")
    return [Int64](unsafeUninitializedCapacity: raw.count / size) { buffer, count in
      switch (kind, size) {
      case (.unsigned, 1): forEach(raw) { (place, bits: UInt8) in buffer[place] = Int64(bits) }
      case (.unsigned, 2): forEach(raw) { (place, bits: UInt16) in buffer[place] = Int64(bits) }
      case (.unsigned, 4): forEach(raw) { (place, bits: UInt32) in buffer[place] = Int64(bits) }
      case (_, 1): forEach(raw) { (place, bits: Int8) in buffer[place] = Int64(bits) }
      case (_, 2): forEach(raw) { (place, bits: Int16) in buffer[place] = Int64(bits) }
      case (_, 4): forEach(raw) { (place, bits: Int32) in buffer[place] = Int64(bits) }
      default: forEach(raw) { (place, bits: UInt64) in buffer[place] = Int64(bitPattern: bits) }
      }
      count = raw.count / size
    }
  }

  private func forEach<Bits: FixedWidthInteger>(_ raw: UnsafeRawBufferPointer, _ body: (Int, Bits) -> Void) {
    for place in 0..<raw.count / size {
      let bits = raw.loadUnaligned(fromByteOffset: place * size, as: Bits.self)
      body(place, isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
    }
  }
}
