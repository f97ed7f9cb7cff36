@testable import ArrayFiles
import Testing

/// Names of types, and stored values as elements again.
struct ElementTypeTests {
  private static let narrow = ["bool", "int8", "int16", "uint8", "uint16", "float16", "bfloat16", "float32"]
  private static let integers = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
  private static let all = narrow + ["int32", "int64", "uint32", "uint64", "float64"]

  @Test("A type is found by each of its names", arguments: all)
  func found(name: String) throws {
    let element = try #require(ElementType(name: name))
    #expect(element.name == name && !element.isBigEndian)
    #expect(ElementType(safetensors: element.safetensors) == element)
    #expect(element.isInNumPy == (name != "bfloat16"))
    if element.isInNumPy { #expect(ElementType(element.numpy) == element) }
  }

  @Test("Values that a float32 holds become the elements that they were, bit for bit", arguments: narrow)
  func narrowed(name: String) throws {
    let element = try #require(ElementType(name: name))
    let bytes: [UInt8]
    switch element.size {
    case 1: bytes = element.kind == .boolean ? [0, 1] : Array(0...UInt8.max)
    case 2: bytes = SavedArrays.bytes(Array(0...UInt16.max))
    default: bytes = SavedArrays.bytes((0..<4_096).map { (place: UInt32) -> UInt32 in place &* 0x9E37_79B9 })
    }
    let count = bytes.count / element.size
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { element.floats($0, into: buffer.baseAddress!) }
      initialized = count
    }
    #expect(element.elements(values) == bytes)
  }

  @Test("Integers become the elements that they were, and none that does not fit becomes another", arguments: integers)
  func whole(name: String) throws {
    let element = try #require(ElementType(name: name))
    let values: [Int64] = [0, 1, 127, element.kind == .signed ? -128 : 255]
    let bytes = try #require(element.elements(values))
    #expect(bytes.count == 4 * element.size)
    #expect(bytes.withUnsafeBytes { element.integers($0) } == values)
    if element.size < 8 { #expect(element.elements([Int64(1) << Int64(8 * element.size)]) == nil) }
    if element.kind == .unsigned { #expect(element.elements([Int64(-1)]) == nil) }
  }

  @Test("A value that is none of a type is not rounded to one")
  func others() throws {
    let others: [(name: String, values: [Float])] = [
      ("bool", [2, 0.5, .nan]), ("int8", [128, 0.5, .nan]), ("uint8", [-1, 256, .infinity]), ("int16", [32_768]), ("uint16", [-1, 65_536]),
      ("float16", [65_520, 0x1p-25, 1.0001]), ("bfloat16", [1.001]), ("int32", [1]), ("float64", [1]),
    ]
    for (name, values) in others {
      let element = try #require(ElementType(name: name))
      for value in values { #expect(element.elements([value]) == nil, "\(value) is no \(name)") }
    }
    let doubles: [Double] = [1, .nan]
    #expect(ElementType.float64.elements(doubles)?.count == 16 && ElementType.float32.elements(doubles) == nil)
    #expect(ElementType.float32.elements([Int64(1)]) == nil)
    for name in ["float", "float8", "complex64", "Bool", "<f4", ""] { #expect(ElementType(name: name) == nil, "\(name)") }
  }
}
