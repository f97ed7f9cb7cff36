import ArrayFiles
import Foundation
import TestSupport
import Testing

struct NPYFileTests {
  private let folder = TemporaryDirectory("npy")

  private func file(_ bytes: [UInt8], _ name: String = "a.npy") throws -> URL {
    let url = folder.url.appendingPathComponent(name)
    try Data(bytes).write(to: url)
    return url
  }

  /// A file of version 1.0 with this header and these elements.
  private func npy(_ header: String, _ elements: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
    let length = Array(header.utf8).count
    let size: [UInt8] = version == 1 ? [UInt8(length & 255), UInt8(length >> 8)] : (0..<4).map { UInt8(length >> (8 * $0) & 255) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8) + elements
  }

  private func header(_ type: String, _ shape: String, _ order: String = "False") -> String {
    "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }   \n"
  }

  @Test("Integers of every size, sign and byte order are what NumPy saved", .enabled(if: NumPy.isInstalled))
  func numpy() throws {
    let script = """
      import numpy, json, sys
      for name in "u1 i1 <u2 >u2 <i2 >i2 <u4 >i4 <i8 >i8 <u8".split():
          numpy.save(sys.argv[1] + "/" + name.strip("<>") + ("b" if name[0] == ">" else "") + ".npy", numpy.array([[0, 1, 100], [3, 4, 127]], dtype=name))
      numpy.save(sys.argv[1] + "/negative.npy", numpy.array([-1, -128, -300], dtype=">i4"))
      numpy.lib.format.write_array(open(sys.argv[1] + "/two.npy", "wb"), numpy.array([[9]], dtype="u1"), version=(2, 0))
      numpy.lib.format.write_array(open(sys.argv[1] + "/three.npy", "wb"), numpy.array(7, dtype="u1"), version=(3, 0))
      """
    let result = try Command(["python3", "-c", script, folder.path]).finish()
    try #require(result.status == 0, "\(result.errors)")
    for name in ["u1", "i1", "u2", "u2b", "i2", "i2b", "u4", "i4b", "i8", "i8b", "u8"] {
      let array = try NPYFile(folder.url.appendingPathComponent("\(name).npy"))
      #expect(array.shape == [2, 3], "\(name)")
      #expect(try array.integers() == [0, 1, 100, 3, 4, 127] && array.integers(rows: 1) == [0, 1, 100], "\(name)")
    }
    #expect(try NPYFile(folder.url.appendingPathComponent("negative.npy")).integers() == [-1, -128, -300])
    #expect(try NPYFile(folder.url.appendingPathComponent("two.npy")).integers() == [9])
    let scalar = try NPYFile(folder.url.appendingPathComponent("three.npy"))
    #expect(try scalar.shape.isEmpty && scalar.integers() == [7])
  }

  @Test("The header may order its entries and quotes as it likes")
  func forms() throws {
    #expect(try NPYFile(file(npy("{\"shape\":(2,),'fortran_order':False,'descr':\"|u1\"}", [1, 2]))).integers() == [1, 2])
    #expect(try NPYFile(file(npy(header("|u1", "(0, 3072)")))).integers().isEmpty)
    #expect(try NPYFile(file(npy(header("|i1", "( 1 , 2 )"), [255, 1]))).integers() == [-1, 1])
  }

  @Test(
    "Hostile files are refused with what is wrong",
    arguments: [
      ("", "it is empty"), ("x", "does not begin as a .npy file does"), ("PK\u{3}\u{4}aaaaaaaaaaa", "an archive"),
    ])
  func otherFiles(text: String, message: String) throws {
    let error = try #require(throws: NPYError.self) { try NPYFile(try file(Array(text.utf8))) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test(
    "Hostile headers are refused with what is wrong",
    arguments: [
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "takes 70 bytes with its header, and the file has 69"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", "and the file has"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "which are no integers"),
      ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "which are no integers"),
      ("{'descr': '|u2', 'fortran_order': False, 'shape': (1,), }", "which are no integers"),
      ("{'descr': '<u16', 'fortran_order': False, 'shape': (2,), }", "which are no integers"),
      ("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2,), }", "the elements have fields"),
      ("{'descr': '|u1', 'fortran_order': True, 'shape': (2,), }", "Fortran's order"),
      ("{'descr': '|u1', 'fortran_order': 0, 'shape': (2,), }", "True or False is missing"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (2), }", "a comma is missing in the shape"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (-2,), }", "a number is missing in the shape"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (2.0,), }", "a comma is missing in the shape"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,), }", "a dimension is too large"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }", "larger than any file"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (9223372036854775807,), }", "larger than any file"),
      ("{'descr': '|u1', 'fortran_order': False, }", "'shape' is missing"),
      ("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "'descr' is given twice"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'more': 1}", "'more' is none of"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), } + 1", "something follows"),
      ("{'descr': '|u1' 'fortran_order': False, 'shape': (2,), }", "a comma or } is missing"),
      ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), ", "is missing"),
      ("{'descr': '|u1", "a quote is not closed"),
      ("{'de\\u0073cr': 1}", "a name holds the byte 92"), ("", "{ is missing"), ("[1]", "{ is missing"),
    ])
  func headers(header: String, message: String) throws {
    let error = try #require(throws: NPYError.self) { try NPYFile(try file(npy(header, [1, 2]))) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("Versions, lengths and places that are none")
  func places() throws {
    for (bytes, message) in [
      (npy(header("|u1", "(1,)"), [1], version: 4), "version 4.0"),
      ([0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255] + Array(repeating: 32, count: 9), "its header needs 65545 bytes, and it has 19"),
      ([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255] + Array(repeating: 32, count: 9), "a header of 4294967295 bytes"),
      ([0x93] + Array("NUMPY".utf8), "does not begin"),
      (npy(header("|u1", "(\((0..<65).map { _ in "1," }.joined()))"), [1]), "more than 64 dimensions"),
    ] {
      let error = try #require(throws: NPYError.self) { try NPYFile(try file(bytes)) }
      #expect(error.description.contains(message), "\(error)")
    }
    for (place, message) in [(folder.url, "it is no regular file"), (folder.url.appendingPathComponent("nope"), "No such file")] {
      let error = try #require(throws: NPYError.self) { try NPYFile(place) }
      #expect(error.description.contains(message), "\(error)")
    }
    #expect(mkfifo(folder.path + "/fifo", 0o600) == 0)
    let error = try #require(throws: NPYError.self) { try NPYFile(folder.url.appendingPathComponent("fifo")) }
    #expect(error.description.contains("no regular file"))
    let large = try NPYFile(file(npy(header("<u8", "(1,)"), Array(repeating: 255, count: 8))))
    #expect(throws: NPYError.self) { try large.integers() }
  }

  @Test("A file that was written since its header was read is refused by its name")
  func written() throws {
    let url = try file(npy(header("|u1", "(2,)"), [1, 2]))
    let array = try NPYFile(url)
    try Data(npy(header("|u1", "(2,)"), [3, 4]) + [0]).write(to: url)
    let error = try #require(throws: NPYError.self) { try array.integers() }
    #expect(error.description.hasPrefix("\(url.path): the file was written since its header was read"), "\(error)")
  }

  @Test(
    "Every prefix of a file, and every changed byte of its header, is an array of the same size or an error",
    arguments: 0..<4 as Range<UInt64>)
  func mutations(seed: UInt64) throws {
    let whole = npy(header("|u1", "(2, 3)"), [1, 2, 3, 4, 5, 6])
    for count in 0..<whole.count { #expect(throws: NPYError.self) { try NPYFile(try file(Array(whole[..<count]))) } }
    var random = SeededRandom(seed: seed)
    for place in 0..<whole.count - 6 {
      var bytes = whole
      bytes[place] = UInt8(truncatingIfNeeded: random.next())
      do {
        let array = try NPYFile(try file(bytes))
        #expect(try array.integers().count == array.shape.reduce(1, *), "seed \(seed), byte \(place)")
      } catch is NPYError {
      }
    }
  }
}
