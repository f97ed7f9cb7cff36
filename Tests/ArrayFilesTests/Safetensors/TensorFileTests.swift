@testable import ArrayFiles
import Foundation
import Mistique
import TestSupport
import Testing

/// Files of tensors as libraries dump activations: read as arrays, and written.
struct TensorFileTests {
  private let saved = SavedArrays()

  /// A file as the format describes it, made here from its header and data.
  private func file(_ name: String, _ tensors: [(name: String, type: String, shape: [Int], bytes: [UInt8])]) throws -> URL {
    var (entries, data) = ([String](), [UInt8]())
    for tensor in tensors {
      let offsets = [data.count, data.count + tensor.bytes.count]
      entries.append("\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\"shape\":\(tensor.shape),\"data_offsets\":\(offsets)}")
      data += tensor.bytes
    }
    // Without padding: the data may begin anywhere.
    let header = Array("{\"__metadata__\":{\"format\":\"pt\"},\(entries.joined(separator: ","))}".utf8)
    return try saved.write(SavedArrays.bytes([UInt64(header.count)]) + header + data, name)
  }

  private func refusal(_ url: URL, _ message: String) {
    #expect(throws: (any Error).self) { try ArrayFolder(url) }
    do { _ = try ArrayFolder(url) } catch { #expect("\(error)".contains(message) && "\(error)".contains(url.path), "\(error)") }
  }

  /// The floats of an array's rows, some at a time.
  private func floats(_ array: NumericArray) throws -> [Float] {
    var result: [Float] = []
    try array.forEachBlock(of: 7) { rows, bytes in
      result += [Float](unsafeUninitializedCapacity: rows.count * array.columns) { buffer, count in
        array.element.floats(bytes, into: buffer.baseAddress!)
        count = rows.count * array.columns
      }
    }
    return result
  }

  @Test("Every float16 and bfloat16 is read as the float32 of its value, NaN with their bits")
  func halves() throws {
    let patterns = (0...UInt16.max).map { $0 }
    let url = try file(
      "halves.safetensors",
      [("half", "F16", [64, 1024], SavedArrays.bytes(patterns)), ("brain", "BF16", [64, 1024], SavedArrays.bytes(patterns))])
    let arrays = try NumericArray.all(in: url)
    #expect(arrays.map(\.name) == ["half", "brain"] && arrays.map(\.element.name) == ["float16", "bfloat16"])
    #expect(arrays.allSatisfy { $0.element.fitsFloat32 })
    #expect(try floats(arrays[1]).map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
    for (pattern, value) in zip(patterns, try floats(arrays[0])) {
      let half = Float16(bitPattern: pattern)
      guard half.isNaN else {
        #expect(value == Float(half) && value.sign == half.sign)
        continue
      }
      // Exponent and fraction in their places, so that it can be told from every other NaN.
      #expect(value.bitPattern == UInt32(pattern & 0x8000) << 16 | 0x7F80_0000 | UInt32(pattern & 0x3FF) << 13)
    }
  }

  @Test("A store has the tensors of a file bit for bit: what fits float32 as maps, other numbers as columns")
  func logged() throws {
    let bits: [UInt32] = (0..<48).map { UInt32(truncatingIfNeeded: $0 &* 0x9E37_79B9) }
    let url = try file(
      "dump.safetensors",
      [
        ("layer10", "F32", [4, 3, 2, 2], SavedArrays.bytes(bits)),
        ("layer2.0", "I8", [4, 2], SavedArrays.bytes((0..<8).map { Int8($0 - 4) })),
        ("wide", "I64", [4], SavedArrays.bytes((0..<4).map { Int64.max - Int64($0) })), ("flag", "BOOL", [4], [0, 1, 1, 0]),
        ("u32", "U32", [4, 1], SavedArrays.bytes((0..<4).map { UInt32.max - UInt32($0) })),
        ("u16", "U16", [4], SavedArrays.bytes([0, 1, 9, UInt16.max])),
        ("double", "F64", [4, 2], SavedArrays.bytes((0..<8).map { Double($0) / 3 })),
      ])
    let folder = try ArrayFolder(url)
    #expect(folder.arrays.map(\.name) == ["double", "flag", "layer2.0", "layer10", "u16", "u32", "wide"])
    let store = try IntermediateStore(at: saved.url("store"))
    try store.logIntermediates(of: ArrayModel(folder), as: ModelIdentity(project: "mine", name: "dump"))
    func result(_ name: String) throws -> IntermediateResult { try store.getIntermediates(["mine.dump.\(name)"])[0] }
    let maps = try result("layer10.*")
    #expect(maps.schema == .maps(channels: 3, height: 2, width: 2))
    #expect(try #require(maps.matrix).withValues { $0.map(\.bitPattern) } == bits)
    #expect(try result("`layer2.0`.*").matrix?.withValues { Array($0) } == (0..<8).map { Float($0 - 4) })
    #expect(try result("flag.n0").matrix?.column(0) == [0, 1, 1, 0])
    #expect(try result("u16.n0").matrix?.column(0) == [0, 1, 9, 65_535])
    #expect(try result("wide.n0").frame?["n0"]?.integers == (0..<4).map { Int64.max - $0 })
    #expect(try result("u32.n0").frame?["n0"]?.integers == (0..<4).map { Int64(UInt32.max) - $0 })
    #expect(try result("double.n1").frame?["n1"]?.doubles == (0..<4).map { Double(2 * $0 + 1) / 3 })
  }

  @Test("Tensors of a folder's files are called after these where there are others")
  func names() throws {
    _ = try file("a.safetensors", [("x", "U8", [2], [1, 2])])
    #expect(try ArrayFolder(saved.folder.url).arrays.map(\.name) == ["x"])
    try saved.write(SavedArrays.npy("|u1", "(2,)", [1, 2]), "b.npy")
    #expect(try ArrayFolder(saved.folder.url).arrays.map(\.name) == ["a_x", "b"])
  }

  @Test("What is no file of arrays with rows is refused with what to do")
  func refused() throws {
    refusal(try file("eight.safetensors", [("x", "F8_E4M3", [2], [1, 2])]), "F8_E4M3")
    refusal(try file("one.safetensors", [("x", "U8", [], [1])]), "single number")
    refusal(try file("none.safetensors", [("x", "U8", [0, 3], [])]), "no rows")
    refusal(try file("rows.safetensors", [("x", "U8", [2], [1, 2]), ("y", "U8", [3], [1, 2, 3])]), "rows")
    refusal(try file("short.safetensors", [("x", "F32", [2], [1, 2])]), "needs 8 bytes")
    refusal(try saved.write(SavedArrays.npy("|u1", "(2,)", [1, 2]), "npy.safetensors"), "NumPy array")
    refusal(try saved.write(SavedArrays.bytes([UInt64(2)]) + Array("{}".utf8), "empty.safetensors"), "no tensor")
    refusal(try saved.write([], "nothing.safetensors"), "0 bytes")
  }

  @Test("What is written is read, whatever the tensor is called")
  func written() throws {
    let values: [Float] = [-0.0, .infinity, .nan, 0x1p-149, 7.5, 1]
    for name in ["layer1", "odd \" \\ \n / é 😀", ""] {
      let url = saved.url("written.safetensors")
      try SafetensorsWriter.write(url, name: name, type: "F32", shape: [3, 2]) { take in
        for piece in [values.prefix(4), values.suffix(2)] { try Array(piece).withUnsafeBytes(take) }
      }
      let directory = try SafetensorsDirectory(size: Data(contentsOf: url).count, origin: "written") {
        try Data(contentsOf: url).subdata(in: $0)
      }
      #expect(directory.dataOffset % 8 == 0)
      let array = try #require(try NumericArray.all(in: url).first)
      #expect(array.name == name && array.shape == [3, 2] && array.element.name == "float32")
      #expect(try floats(array).map(\.bitPattern) == values.map(\.bitPattern))
    }
  }
}
