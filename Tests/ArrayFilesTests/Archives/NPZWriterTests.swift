@testable import ArrayFiles
import Foundation
import TestSupport
import Testing

/// Archives that are written are those that NumPy reads.
struct NPZWriterTests {
  private let saved = SavedArrays()
  private static let values: [Double] = (0..<600).map { Double($0) / 7 - 40 }

  /// Plain, and in the form of archives of more than 4 GB.
  private static let forms = [NPZWriter.largestPlain, 0]

  private func write(_ name: String, largestPlain: Int) throws {
    try NPZWriter.write(saved.url("a.npz"), name: name, type: "<f8", shape: [30, 4, 5], largestPlain: largestPlain) { take in
      for start in stride(from: 0, to: 600, by: 250) { try Array(Self.values[start..<min(start + 250, 600)]).withUnsafeBytes(take) }
    }
  }

  @Test("What is written is read, with its checksum", arguments: forms)
  func ours(largestPlain: Int) throws {
    for name in ["layer1.0", "é 😀", "folder/name"] {
      try write(name, largestPlain: largestPlain)
      let array = try #require(try NumericArray.all(in: saved.url("a.npz")).first)
      #expect(array.name == name && array.shape == [30, 4, 5])
      #expect(try array.elements(of: 11) == SavedArrays.bytes(Self.values))
    }
  }

  @Test("NumPy reads it, and zipfile finds its checksum right", .enabled(if: NumPy.isInstalled), arguments: forms)
  func theirs(largestPlain: Int) throws {
    try write("layer é", largestPlain: largestPlain)
    try saved.python(
      """
      z = np.load(folder + 'a.npz')
      assert list(z) == ['layer é'], list(z)
      assert (z['layer é'] == (np.arange(600) / 7 - 40).reshape(30, 4, 5)).all()
      assert zipfile.ZipFile(folder + 'a.npz').testzip() is None
      """)
  }

  /// Two arrays, of which the second begins behind the first.
  private func writeTwo(largestPlain: Int) throws {
    let members = [("layer é", Self.values), ("lengths", [3, 0, 5])].map { name, values in
      NPZWriter.Member(name: name, type: "<f8", shape: [values.count]) { take in try values.withUnsafeBytes { try take($0) } }
    }
    try NPZWriter.write(saved.url("a.npz"), members, largestPlain: largestPlain)
  }

  @Test("Each array of an archive is read", arguments: forms)
  func several(largestPlain: Int) throws {
    try writeTwo(largestPlain: largestPlain)
    let arrays = try NumericArray.all(in: saved.url("a.npz"))
    #expect(arrays.map(\.name).sorted() == ["layer é", "lengths"])
    for array in arrays {
      #expect(try array.elements(of: 7) == SavedArrays.bytes(array.name == "lengths" ? [3, 0, 5] : Self.values))
    }
  }

  @Test("NumPy reads each array of an archive", .enabled(if: NumPy.isInstalled), arguments: forms)
  func severalOfTheirs(largestPlain: Int) throws {
    try writeTwo(largestPlain: largestPlain)
    try saved.python(
      """
      z = np.load(folder + 'a.npz')
      assert list(z) == ['layer é', 'lengths'], list(z)
      assert (z['layer é'] == np.arange(600) / 7 - 40).all() and z['lengths'].tolist() == [3, 0, 5]
      assert zipfile.ZipFile(folder + 'a.npz').testzip() is None
      """)
  }

  @Test("An archive without rows is one")
  func empty() throws {
    try NPZWriter.write(saved.url("a.npz"), name: "x", type: "<f4", shape: [0, 3]) { _ in }
    #expect(try NumericArray.all(in: saved.url("a.npz"))[0].shape == [0, 3])
  }
}
