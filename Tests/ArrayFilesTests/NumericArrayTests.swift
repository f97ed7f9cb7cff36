@testable import ArrayFiles
import Foundation
import TestSupport
import Testing

struct NumericArrayTests {
  private let saved = SavedArrays()

  @Test("Elements of every type, order and container are those that NumPy saved", .enabled(if: NumPy.isInstalled))
  func numpy() throws {
    try saved.python(
      """
      r = np.random.default_rng(3)
      for t in "b1 i1 u1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 <i8 >i8 <u8 <f2 >f2 <f4 >f4 <f8 >f8".split():
          a = (r.standard_normal((7, 2, 3, 5)) * 50).astype(t)
          name = t.strip("<>") + ("b" if t[0] == ">" else "")
          np.save(folder + name + ".npy", a)
          np.save(folder + name + "-f.npy", np.asfortranarray(a))
          open(folder + name + ".bin", "wb").write(np.ascontiguousarray(a).tobytes())
          np.savez(folder + name + ".npz", c=a, f=np.asfortranarray(a))
          np.savez_compressed(folder + name + "-z.npz", c=a)
      """)
    for name in ["b1", "i1", "u1", "i2", "i2b", "u2", "u2b", "i4", "i4b", "u4", "i8", "i8b", "u8", "f2", "f2b", "f4", "f4b", "f8", "f8b"] {
      let expected = try [UInt8](Data(contentsOf: saved.url("\(name).bin")))
      let archive = try NumericArray.all(in: saved.url("\(name).npz"))
      #expect(archive.map(\.name) == ["c", "f"] && archive.map(\.isFortranOrder) == [false, true])
      let arrays =
        try ["\(name).npy", "\(name)-f.npy", "\(name)-z.npz"].flatMap { try NumericArray.all(in: saved.url($0)) } + archive
      for array in arrays {
        #expect(array.shape == [7, 2, 3, 5] && array.rows == 7 && array.columns == 30 && array.byteCount == expected.count)
        for rowsPerBlock in [1, 3, 7, 100] { #expect(try array.elements(of: rowsPerBlock) == expected, "\(array.origin)") }
        let row = expected.count / 7
        #expect(try array.elements(of: 2, rows: 2..<5) == Array(expected[2 * row..<5 * row]), "\(array.origin)")
        #expect(try array.elements(of: 2, rows: 4..<4).isEmpty)
      }
    }
  }

  @Test("Values come out as the numbers that they are, in either byte order")
  func values() throws {
    func floats(_ type: String, _ bytes: [UInt8]) throws -> [Float] {
      let element = try #require(ElementType(type))
      #expect(element.fitsFloat32)
      var result = [Float](repeating: 9, count: bytes.count / element.size)
      bytes.withUnsafeBytes { raw in result.withUnsafeMutableBufferPointer { element.floats(raw, into: $0.baseAddress!) } }
      return result
    }
    #expect(try floats("|b1", [0, 1, 2]) == [0, 1, 1] && floats("|i1", [255, 128]) == [-1, -128] && floats("|u1", [255]) == [255])
    #expect(try floats("<i2", [0xFE, 0xFF]) == [-2] && floats(">i2", [0xFF, 0xFE]) == [-2] && floats(">u2", [0xFF, 0xFE]) == [65_534])
    #expect(try floats("<f2", [0x00, 0x3C, 0x00, 0x7C]) == [1, .infinity] && floats(">f2", [0x80, 0x01]) == [-0x1p-24])
    #expect(try floats(">f4", [0x7F, 0xC0, 0, 1]).map(\.bitPattern) == [0x7FC0_0001], "a NaN keeps its bits")
    #expect(try floats("<f4", []).isEmpty)
    func integers(_ type: String, _ bytes: [UInt8]) throws -> [Int64] {
      let element = try #require(ElementType(type))
      return bytes.withUnsafeBytes { element.integers($0) }
    }
    #expect(try integers("<u4", [255, 255, 255, 255]) == [4_294_967_295] && integers(">i4", [255, 255, 255, 254]) == [-2])
    #expect(try integers(">i8", [127, 255, 255, 255, 255, 255, 255, 255]) == [.max])
    let doubles = try #require(ElementType(">f8"))
    #expect([UInt8](arrayLiteral: 0x40, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18).withUnsafeBytes { doubles.doubles($0) } == [.pi])
    for text in ["<f1", "<f16", "<c8", "|O", "|S3", "<U2", "<M8", "|V2", "|u2", "u1", "?u1", "<b2", "|f1", ""] {
      #expect(ElementType(text) == nil, "\(text)")
    }
  }

  @Test(
    "What cannot be stored is refused with what to do",
    arguments: [
      ("<c8", "(1,)", "real and its imaginary"), ("<f16", "(1,)", "astype('float64')"), ("|V2", "(4,)", "bfloat16"),
      ("|S8", "(1,)", "array of numbers"), ("<M8", "(1,)", "astype('int64')"), ("<f8", "()", "single number"),
      ("<f8", "(2,)", "takes"), ("|u1", "(1, 1000000000)", "takes"), ("|u1", "(0, 1000000000000)", "too wide"),
      ("|u1", "(0, 9223372036854775807, 4)", "too wide"), ("|u1", "(9223372036854775807, 4)", "larger than any file"),
    ])
  func refused(type: String, shape: String, message: String) throws {
    let file = try saved.write(SavedArrays.npy(type, shape, Array(repeating: 0, count: shape.hasPrefix("(0") ? 0 : 8)), "a.npy")
    let error = try #require(throws: NPYError.self) { try NumericArray.all(in: file) }
    #expect(error.description.contains(message) && error.description.contains("a.npy"), "\(error)")
  }

  @Test("65,536 columns, one column, and no rows are read")
  func extremes() throws {
    let wide = try saved.write(SavedArrays.npy("|u1", "(3, 65536)", (0..<3 * 65_536).map { UInt8($0 % 251) }), "wide.npy")
    let array = try NumericArray.all(in: wide)[0]
    #expect(try array.columns == 65_536 && array.elements(of: 2) == (0..<3 * 65_536).map { UInt8($0 % 251) })
    let narrow = try NumericArray.all(in: saved.write(SavedArrays.npy("|u1", "(3,)", [1, 2, 3], order: "True"), "narrow.npy"))[0]
    #expect(try narrow.columns == 1 && !narrow.isFortranOrder && narrow.elements(of: 2) == [1, 2, 3])
    let none = try NumericArray.all(in: saved.write(SavedArrays.npy("<f4", "(0, 5)", []), "none.npy"))[0]
    #expect(try none.rows == 0 && none.columns == 5 && none.elements(of: 2).isEmpty)
  }

  @Test("A file that is written while its rows are read is refused by its name")
  func torn() throws {
    let file = try saved.write(SavedArrays.npy("|u1", "(4,)", [1, 2, 3, 4]), "torn.npy")
    let array = try NumericArray.all(in: file)[0]
    let error = try #require(throws: NPYError.self) {
      try array.forEachBlock(of: 2) { rows, _ in
        if rows.lowerBound == 0 { try saved.write(SavedArrays.npy("|u1", "(4,)", [5, 6, 7, 8]) + [0], "torn.npy") }
      }
    }
    #expect(error.description.hasPrefix("\(file.path): the file was written while it was read"), "\(error)")
  }

  @Test("A written array is the same to this reader and to NumPy", .enabled(if: NumPy.isInstalled))
  func written() throws {
    let values: [Float] = [1, -2, .nan, 4, 5, 6]
    var writer = try NPYWriter(saved.url("w.npy"), type: "<f4", shape: [2, 3])
    try values[..<2].withUnsafeBytes { try writer.write($0) }
    try values[2...].withUnsafeBytes { try writer.write($0) }
    try writer.commit()
    #expect(try NumericArray.all(in: saved.url("w.npy"))[0].elements(of: 1) == SavedArrays.bytes(values))
    try saved.python("a = np.load(folder + 'w.npy'); assert a.shape == (2, 3) and a.dtype == '<f4' and a[1, 2] == 6 and np.isnan(a[0, 2])")
    var line = try NPYWriter(saved.url("line.npy"), type: "|u1", shape: [3])
    try [UInt8](arrayLiteral: 1, 2, 3).withUnsafeBytes { try line.write($0) }
    try line.commit()
    try saved.python("assert (np.load(folder + 'line.npy') == [1, 2, 3]).all()")
  }
}
