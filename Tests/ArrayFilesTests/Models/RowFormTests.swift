@testable import ArrayFiles
import Foundation
import TestSupport
import Testing

struct RowFormTests {
  private let saved = SavedArrays()

  @Test("The specification of imported arrays says the shapes of their rows and their types")
  func ofArrays() throws {
    try saved.write(SavedArrays.npy("<f2", "(2, 3, 4)", Array(repeating: 0, count: 48)), "half.npy")
    try saved.write(SavedArrays.npy(">i2", "(2,)", Array(repeating: 0, count: 4)), "short.npy")
    let specification = try ArrayModel(ArrayFolder(saved.folder.url)).specification
    let half = try #require(ArrayModel.rowForm(of: "half", in: specification))
    #expect(half.shape == [3, 4] && half.columns == 12 && half.element.name == "float16")
    let short = try #require(ArrayModel.rowForm(of: "short", in: specification))
    #expect(short.shape.isEmpty && short.columns == 1 && short.element.numpy == "<i2")
    #expect(ArrayModel.rowForm(of: "other", in: specification) == nil)
    for text in ["", "[", "[{}]", "name: half", #"{"layers": []}"#] { #expect(ArrayModel.rowForm(of: "half", in: text) == nil, "\(text)") }
  }

  @Test("There is no form of a row that no array has")
  func impossible() {
    for shape in [[0], [-1, -1], [Int.max, 2], Array(repeating: 1, count: 64)] {
      #expect(RowForm(shape: shape, type: "float32") == nil, "\(shape)")
    }
    #expect(RowForm(shape: [2], type: "text") == nil)
    #expect(RowForm(shape: Array(repeating: 1, count: 63), type: "float32")?.columns == 1)
  }
}
