import ArrayFiles
import Foundation
import TestSupport
import Testing

/// Shapes and element types through `mistique import` and `mistique export`.
struct ArrayFormTests {
  private let fixture: ToolFixture

  init() throws { fixture = try ToolFixture(hours: 20) }

  private static let types = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "bfloat16", "float32", "float64",
  ]
  private static let shapes = [[5], [5, 3], [5, 3, 2], [5, 2, 3, 2]]

  private func url(_ path: String) -> URL { fixture.folder.url.appendingPathComponent(path) }

  /// The bytes of so many elements, each of which the type has and a store takes.
  private static func bytes(_ element: ElementType, _ shape: [Int]) -> [UInt8] {
    (0..<shape.reduce(element.size, *)).map { (place: Int) -> UInt8 in
      let byte = UInt8(truncatingIfNeeded: place * 151 + place / 7 * 29)
      if element.kind == .boolean { return byte & 1 }
      // A store has no integers beyond Int64.
      return element.name == "uint64" && place % 8 == 7 ? byte & 0x7F : byte
    }
  }

  private func save(_ path: String, _ element: ElementType, _ shape: [Int]) throws {
    let bytes = Self.bytes(element, shape)
    func hand(_ take: (UnsafeRawBufferPointer) throws -> Void) throws { try bytes.withUnsafeBytes(take) }
    switch url(path).pathExtension {
    case "npz": try NPZWriter.write(url(path), name: "x", type: element.numpy, shape: shape, elements: hand)
    case "safetensors": try SafetensorsWriter.write(url(path), name: "x", type: element.safetensors, shape: shape, elements: hand)
    default:
      var file = try NPYWriter(url(path), type: element.numpy, shape: shape)
      try bytes.withUnsafeBytes { try file.write($0) }
      try file.commit()
    }
  }

  private func read(_ path: String) throws -> (shape: [Int], type: String, bytes: [UInt8]) {
    let array = try #require(try NumericArray.all(in: url(path)).first)
    var bytes: [UInt8] = []
    try array.forEachBlock(of: 1_000) { _, block in bytes += block }
    #expect(!array.isFortranOrder && !array.element.isBigEndian)
    return (array.shape, array.element.name, bytes)
  }

  /// Exports these columns of mine.net.x; returns what was written to standard error.
  @discardableResult
  private func export(_ columns: [String] = ["*"], to path: String, _ options: [String] = []) throws -> String {
    var arguments = ["export", "Store"]
    arguments += columns.map { "mine.net.x.\($0)" }
    arguments += ["--to", path]
    arguments += options
    let told = try fixture.start(arguments).finish()
    #expect(told.status == 0, "\(told.errors)")
    return told.errors
  }

  @Test(
    "A whole array is exported in the shape and type that it was imported in, byte for byte",
    arguments: ["npy", "npz", "safetensors"], shapes)
  func whole(ending: String, shape: [Int]) throws {
    let elements = Self.types.compactMap { ElementType(name: $0) }.filter { $0.isInNumPy || ending == "safetensors" }
    try FileManager.default.createDirectory(at: url("in"), withIntermediateDirectories: true)
    for element in elements { try save("in/\(element.name).\(ending)", element, shape) }
    try fixture.output("import", "Store", "mine.net", "in")
    for element in elements {
      let intermediate = ending == "npy" ? element.name : "\(element.name)_x"
      let told = try fixture.run("export", "Store", "mine.net.\(intermediate).*", "--to", "out.\(ending)")
      #expect(told.status == 0 && told.errors.contains(", \(element.name)") && !told.errors.contains("written as"), "\(told.errors)")
      let (written, type, bytes) = try read("out.\(ending)")
      #expect(written == shape && type == element.name)
      #expect(bytes == Self.bytes(element, shape), "\(element.name)")
      if ending == "npy" { #expect(try Data(contentsOf: url("out.npy")) == Data(contentsOf: url("in/\(element.name).npy"))) }
    }
  }

  @Test("NumPy's files have bfloat16 as float32 of the same shape and values, and a note says so", arguments: ["npy", "npz"])
  func withoutBrainFloats(ending: String) throws {
    let brain = try #require(ElementType(name: "bfloat16"))
    try save("x.safetensors", brain, [5, 3, 2])
    try fixture.output("import", "Store", "mine.net", "x.safetensors")
    let told = try export(to: "out.\(ending)")
    #expect(told.contains("was bfloat16 and is written as float32: NumPy has no bfloat16"), "\(told)")
    let saved = Self.bytes(brain, [5, 3, 2])
    let widened: [UInt8] = stride(from: 0, to: saved.count, by: 2).flatMap { [0, 0, saved[$0], saved[$0 + 1]] }
    let (shape, type, bytes) = try read("out.\(ending)")
    #expect(shape == [5, 3, 2] && type == "float32" && bytes == widened)
  }

  @Test("Chosen rows keep shape and type; chosen columns are flat, of the type in which they are stored")
  func chosen() throws {
    let half = try #require(ElementType(name: "float16"))
    try save("x.npy", half, [5, 3, 2])
    try fixture.output("import", "Store", "mine.net", "x.npy")
    try export(to: "rows.npy", ["--rows", "3,1,3"])
    let rows = try read("rows.npy")
    let saved = Self.bytes(half, [5, 3, 2])
    let wanted = [3, 1, 3].flatMap { row in saved[row * 12..<row * 12 + 12] }
    #expect(rows.shape == [3, 3, 2] && rows.type == "float16" && rows.bytes == wanted)
    for (columns, count) in [(["n0"], 1), (["n5", "n0"], 2)] {
      #expect(try !export(columns, to: "some.npy").contains("written as"))
      let some = try read("some.npy")
      #expect(some.shape == [5, count] && some.type == "float32")
    }
  }

  @Test("Quantized values are float32 in the shape of the array, and pooled maps have their own shape")
  func quantized() throws {
    try save("x.npy", try #require(ElementType(name: "uint8")), [5, 3, 2])
    try fixture.output("import", "Store", "mine.net", "x.npy", "--scheme", "kbit(3)")
    let told = try export(to: "quantized.npy")
    #expect(told.contains("was uint8 and is written as float32: what was read is quantized"), "\(told)")
    let quantized = try read("quantized.npy")
    #expect(quantized.shape == [5, 3, 2] && quantized.type == "float32")
    try fixture.output("delete", "Store", "mine.net")
    try save("x.npy", try #require(ElementType(name: "int8")), [5, 3, 4, 4])
    try fixture.output("import", "Store", "mine.net", "x.npy", "--scheme", "pool(2)")
    try export(to: "pooled.npy")
    let pooled = try read("pooled.npy")
    #expect(pooled.shape == [5, 3, 2, 2] && pooled.type == "float32")
  }
}
