@testable import ArrayFiles
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: NumPy.isInstalled)) struct ZIPTests {
  private let saved = SavedArrays()

  private func refusal(_ file: String, _ message: String) throws {
    let error = try #require(throws: NPYError.self) {
      for array in try NumericArray.all(in: saved.url(file)) { _ = try array.elements(of: 10) }
    }
    #expect(error.description.contains(message) && error.description.contains(file), "\(error)")
  }

  @Test("Sizes and places of 64 bits are read, and comments passed over")
  func zip64() throws {
    try saved.python(
      """
      zipfile.ZIP64_LIMIT = 10; zipfile.ZIP_FILECOUNT_LIMIT = 1
      z = zipfile.ZipFile(folder + 'z.npz', 'w'); z.comment = b'PK\\x05\\x06 a comment that begins as an end does'
      for n in 'ab':
          b = io.BytesIO(); np.save(b, np.arange(12, dtype='<f4').reshape(4, 3) + ord(n)); z.writestr(n + '.npy', b.getvalue())
      z.writestr('folder/', ''); z.close()
      assert b'PK\\x06\\x06' in open(folder + 'z.npz', 'rb').read()
      """)
    let arrays = try NumericArray.all(in: saved.url("z.npz"))
    #expect(arrays.map(\.name) == ["a", "b"])
    #expect(try arrays[1].elements(of: 3) == SavedArrays.bytes((0..<12).map { Float($0 + 98) }))
  }

  @Test("Members that cannot be read are refused with what to do")
  func refused() throws {
    try saved.python(
      """
      def npy(a, **k):
          b = io.BytesIO(); np.save(b, a, **k); return b.getvalue()
      def make(name, method, *members):
          z = zipfile.ZipFile(folder + name, 'w', method)
          for n, b in members: z.writestr(n, b)
          z.close()
      a = npy(np.arange(1000.0).reshape(100, 10))
      make('bzip2.npz', zipfile.ZIP_BZIP2, ('a.npy', a))
      make('text.npz', zipfile.ZIP_STORED, ('a.txt', b'hello'))
      make('empty.npz', zipfile.ZIP_STORED)
      make('twice.npz', zipfile.ZIP_STORED, ('a.npy', a), ('a.npy', a))
      make('fortran.npz', zipfile.ZIP_DEFLATED, ('a.npy', npy(np.asfortranarray(np.ones((3, 4))))))
      make('long.npz', zipfile.ZIP_DEFLATED, ('a.npy', a + b'more'))
      make('pickle.npz', zipfile.ZIP_STORED, ('a.npy', npy(np.array([None]), allow_pickle=True)))
      make('deflated.npz', zipfile.ZIP_DEFLATED, ('a.npy', a))
      make('stored.npz', zipfile.ZIP_STORED, ('a.npy', a))
      for name in ['deflated', 'stored']:
          b = bytearray(open(folder + name + '.npz', 'rb').read())
          i = b.index(b'PK\\x01\\x02')
          crc = bytearray(b); crc[i + 16] ^= 1; open(folder + name + '-crc.npz', 'wb').write(crc)
          big = bytearray(b); big[i + 24:i + 28] = (1 << 31).to_bytes(4, 'little'); open(folder + name + '-size.npz', 'wb').write(big)
          key = bytearray(b); key[i + 8] |= 1; open(folder + name + '-key.npz', 'wb').write(key)
          place = bytearray(b); place[i + 42] += 1; open(folder + name + '-place.npz', 'wb').write(place)
          open(folder + name + '-cut.npz', 'wb').write(b[:-30])
      """)
    for (file, message) in [
      ("bzip2.npz", "by method 12"), ("text.npz", "no .npy file"), ("empty.npz", "no array"), ("twice.npz", "two members called 'a.npy'"),
      ("fortran.npz", "ascontiguousarray"), ("long.npz", "takes"), ("pickle.npz", "array of numbers"), ("deflated-crc.npz", "checksum"),
      ("stored-crc.npz", "checksum"), ("deflated-size.npz", "no "), ("stored-size.npz", "is stored in"), ("stored-key.npz", "encrypted"),
      ("deflated-place.npz", "not what the directory says"), ("stored-cut.npz", "no directory is at its end"),
    ] { try refusal(file, message) }
  }

  @Test(
    "Every prefix and every change of an archive's bytes is an error, or gives the arrays that were saved",
    arguments: 0..<3 as Range<UInt64>)
  func mutations(seed: UInt64) throws {
    try saved.python(
      """
      a = np.arange(60, dtype='<f4').reshape(12, 5)
      np.savez_compressed(folder + 'a.npz', a=a); np.savez(folder + 'b.npz', a=a, b=a[:, :2])
      np.savez(folder + 'c.npz', a=np.asfortranarray(a))
      """)
    let expected = SavedArrays.bytes((0..<60).map(Float.init))
    var random = SeededRandom(seed: seed)
    for file in ["a.npz", "b.npz", "c.npz"] {
      let whole = try [UInt8](Data(contentsOf: saved.url(file)))
      func check(_ bytes: [UInt8], _ what: String) throws {
        let url = try saved.write(bytes, "m.npz")
        do {
          let arrays = try NumericArray.all(in: url)
          for array in arrays
          where array.name == "a" && array.shape == [12, 5] && array.element.name == "float32" && !array.element.isBigEndian {
            let read = try array.elements(of: 5)
            // Whatever its header says now: a changed one has another checksum.
            #expect(read == expected, "\(file), seed \(seed): \(what)")
          }
        } catch is NPYError {
        }
      }
      for count in stride(from: 0, to: whole.count, by: 7) { try check(Array(whole[..<count]), "the first \(count) bytes") }
      let mutations = ByteMutations(tokens: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "a.npy"])
      for round in 0..<300 {
        var bytes = whole
        mutations.mutate(&bytes, &random)
        try check(bytes, "change \(round)")
      }
    }
  }
}
