@testable import ArrayFiles
import Foundation
import TestSupport
import Testing

struct ArrayFolderTests {
  private let saved = SavedArrays()

  private func refusal(_ message: String, _ url: URL? = nil) throws {
    let error = try #require(throws: NPYError.self) { try ArrayFolder(url ?? saved.folder.url) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("A folder's arrays come in the order of their names' numbers; other files are passed over")
  func order() throws {
    for name in ["layer10", "layer2", "a.b"] { try saved.write(SavedArrays.npy("|u1", "(2,)", [1, 2]), "\(name).npy") }
    try saved.write([1], "readme.txt")
    try saved.write([1], ".hidden.npy")
    try FileManager.default.createDirectory(at: saved.url("within.npy"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(at: saved.url("linked.npz"), withDestinationURL: saved.url("within.npy"))
    let folder = try ArrayFolder(saved.folder.url)
    #expect(
      folder.arrays.map(\.name) == ["a.b", "layer2", "layer10"] && folder.rows == 2 && folder.byteCount == 6 && folder.files.count == 3)
    let one = try ArrayFolder(saved.url("layer2.npy"))
    #expect(one.arrays.map(\.name) == ["layer2"])
  }

  @Test("An archive's arrays are called as they are in it, and after it where there are others", .enabled(if: NumPy.isInstalled))
  func archives() throws {
    try saved.python("np.savez(folder + 'm.npz', x=np.ones(3), y=np.ones((3, 2)))")
    #expect(try ArrayFolder(saved.url("m.npz")).arrays.map(\.name) == ["x", "y"])
    #expect(try ArrayFolder(saved.folder.url).arrays.map(\.name) == ["x", "y"])
    try saved.python("np.save(folder + 'n.npy', np.ones(3))")
    #expect(try ArrayFolder(saved.folder.url).arrays.map(\.name) == ["m_x", "m_y", "n"])
    try saved.python("np.save(folder + 'm_x.npy', np.ones(3))")
    try refusal("it is called 'm_x', as is")
  }

  @Test("What is no model's folder is refused with what to do")
  func refused() throws {
    try refusal("it is not there", saved.url("nowhere"))
    try refusal("it is empty")
    try saved.write([1], "notes.txt")
    try refusal("no .npy, .npz or .safetensors file is among its 1 entries")
    try FileManager.default.createDirectory(at: saved.url("within.npy"), withIntermediateDirectories: true)
    try refusal("no .npy, .npz or .safetensors file is among its 2 entries")
    try FileManager.default.removeItem(at: saved.url("within.npy"))
    try saved.write([], "a.npy")
    try refusal("a.npy: it is empty")
    try saved.write(SavedArrays.npy("|u1", "(0, 3)", []), "a.npy")
    try refusal("it has no rows (0 x 3)")
    try saved.write(SavedArrays.npy("|u1", "(3, 0)", []), "a.npy")
    try refusal("its rows have no values (3 x 0)")
    try saved.write(SavedArrays.npy("|u1", "(3,)", [1, 2, 3]), "a.npy")
    try saved.write(SavedArrays.npy("|u1", "(2,)", [1, 2]), "b.npy")
    try refusal("b.npy: it has 2 rows, and")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: saved.url("b.npy").path)
    if getuid() != 0 { try refusal("it cannot be read") }
  }
}
