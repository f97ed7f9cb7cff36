@testable import ArrayFiles
import Foundation
import Mistique
import TestSupport
import Testing

struct ArrayModelTests {
  private let saved = SavedArrays()
  private let identity = ModelIdentity(project: "mine", name: "arrays")

  private static func map(_ place: Int) -> Float { Float(place % 17) - 3 }
  private static let ids: [Int64] = (0..<12).map { Int64($0) << 40 }

  private func folder() throws -> ArrayFolder {
    let maps: [Float] = (0..<216).map(Self.map)
    try saved.write(SavedArrays.npy("<f4", "(12, 2, 3, 3)", SavedArrays.bytes(maps)), "maps.npy")
    let exact: [Double] = (0..<24).map { Double($0) / 3 }
    try saved.write(SavedArrays.npy("<f8", "(12, 2)", SavedArrays.bytes(exact)), "exact.npy")
    try saved.write(SavedArrays.npy("<i8", "(12,)", SavedArrays.bytes(Self.ids)), "ids.npy")
    let flags: [UInt8] = (0..<60).map { UInt8($0 % 2) }
    try saved.write(SavedArrays.npy("|b1", "(12, 5)", flags), "flags.npy")
    return try ArrayFolder(saved.folder.url)
  }

  @Test("What is logged is what the files hold, bit for bit: float32 as maps, float64 and wide integers as columns")
  func logged() throws {
    let arrays = try folder()
    let store = try IntermediateStore(at: saved.url("store"))
    store.register(kind: ArrayModel.kind) { try ArrayModel(restoring: $0, folder: arrays) }
    let report = try store.logIntermediates(of: ArrayModel(arrays), as: identity)
    #expect(report.intermediates == 4)
    for plan in [QueryPlan.Preference.read, .rerun] {
      let maps = try #require(try store.getIntermediates(["mine.arrays.maps.*"], rows: .ids([3, 4, 9]), plan: plan)[0].matrix)
      for (place, row) in [3, 4, 9].enumerated() {
        let expected: [Float] = (row * 18..<row * 18 + 18).map(Self.map)
        #expect(maps.row(place) == expected, "\(plan)")
      }
      let exact = try #require(try store.getIntermediates(["mine.arrays.exact.n1"], plan: plan)[0].frame?["n1"])
      let odd: [Double] = (0..<12).map { Double(2 * $0 + 1) / 3 }
      #expect(exact.doubles == odd)
      let ids = try #require(try store.getIntermediates(["mine.arrays.ids.n0"], plan: plan)[0].frame?["n0"])
      if case .int64(let values) = ids.values { #expect(values == Self.ids) } else { Issue.record("ids are \(ids.type)") }
      let flags: [Float] = (0..<12).map { Float(($0 * 5 + 3) % 2) }
      #expect(try store.getIntermediates(["mine.arrays.flags.n3"], plan: plan)[0].matrix?.column(0) == flags)
    }
  }

  @Test("A file that is written between its header and its values is not read by the old header", arguments: ["<f4", "<i4"])
  func rewritten(type: String) throws {
    let arrays = try folder()
    let model = try ArrayModel(arrays)
    // Another type of as many bytes, or more rows.
    let maps: [Float] = (0..<432).map(Self.map)
    let (rows, count) = type == "<f4" ? (24, 432) : (12, 216)
    try FileManager.default.removeItem(at: saved.folder.url.appendingPathComponent("maps.npy"))
    try saved.write(SavedArrays.npy(type, "(\(rows), 2, 3, 3)", SavedArrays.bytes(Array(maps[..<count]))), "maps.npy")
    let store = try IntermediateStore(at: saved.url("store"))
    #expect { try store.logIntermediates(of: model, as: identity) } throws: {
      "\($0)".contains("maps.npy") && "\($0)".contains("written since")
    }
    #expect(try store.models().isEmpty)
  }

  @Test("A re-run on changed files is refused")
  func changed() throws {
    let arrays = try folder()
    let store = try IntermediateStore(at: saved.url("store"))
    store.register(kind: ArrayModel.kind) { try ArrayModel(restoring: $0, folder: arrays) }
    try store.logIntermediates(of: ArrayModel(arrays), as: identity)
    try saved.write(SavedArrays.npy("|b1", "(12, 5)", (0..<60).map { UInt8($0 % 3 == 0 ? 1 : 0) }), "flags.npy")
    let error = try #require(throws: StoreError.self) { try store.getIntermediates(["mine.arrays.flags.n3"], plan: .rerun) }
    #expect(error.code == .otherInputs)
    #expect(try store.getIntermediates(["mine.arrays.flags.n3"], plan: .read)[0].rowIDs.count == 12)
    try saved.write(SavedArrays.npy("|b1", "(12, 4)", Array(repeating: 0, count: 48)), "flags.npy")
    let others = try ArrayFolder(saved.folder.url)
    store.dropCaches()
    store.register(kind: ArrayModel.kind) { try ArrayModel(restoring: $0, folder: others) }
    #expect(throws: NPYError.self) { try store.getIntermediates(["mine.arrays.flags.n3"], plan: .rerun) }
  }

  @Test("How an array becomes an intermediate follows from its shape and type")
  func layouts() throws {
    func layout(_ type: String, _ shape: [Int]) throws -> ArrayLayout {
      let size = try #require(ElementType(type)).size
      let text = "(" + shape.map { "\($0)," }.joined(separator: " ") + ")"
      let file = try saved.write(SavedArrays.npy(type, text, Array(repeating: 0, count: shape.reduce(size, *))), "l.npy")
      return ArrayLayout(try NumericArray.all(in: file)[0])
    }
    #expect(try layout("<f4", [2, 3, 4, 5]).schema == .maps(channels: 3, height: 4, width: 5))
    #expect(try layout("<f2", [2, 3, 4]).schema == .maps(channels: 12, height: 1, width: 1))
    #expect(try layout("<f4", [2, 3, 4, 5]).hasMaps && !layout("<f4", [2, 3, 1, 1]).hasMaps && !layout("<f4", [2, 9]).hasMaps)
    #expect(try layout("<f8", [2, 2]).schema.columnCount == 2 && layout("<f8", [2, 2]).isFrame && layout("<f8", [2, 2]).hasFloats)
    #expect(try !layout("<i4", [2, 2]).hasFloats && layout("|u1", [2, 2]).hasFloats)
    try saved.write(SavedArrays.npy("|u1", "(1, 4, 4, 3)", Array(repeating: 0, count: 48)), "last.npy")
    #expect(try ArrayLayout.doubt(NumericArray.all(in: saved.url("last.npy"))[0])?.contains("transpose(0, 3, 1, 2)") == true)
  }

  @Test("Arrays of float64 and wide integers have notes: the scheme is not applied to them, and four dimensions are no maps")
  func notes() throws {
    func note(_ type: String, _ shape: String, _ bytes: Int, _ scheme: QuantizationScheme = .none) throws -> String? {
      try saved.write(SavedArrays.npy(type, shape, Array(repeating: 0, count: bytes)), "a.npy")
      return ArrayLayout.note(try NumericArray.all(in: saved.url("a.npy"))[0], scheme)
    }
    #expect(try note("<f8", "(2, 3)", 48) == nil && note("<f4", "(2, 1, 3, 1)", 24, .pool(2)) == nil)
    #expect(try note("<f8", "(2, 3)", 48, .kbit(8)) == nil, "it applies")
    #expect(
      try note("<f8", "(2, 1, 3, 1)", 48)
        == "a is 2 x 1 x 3 x 1 of float64, which float32 does not hold: it is stored as columns, not as maps. Save array.astype('float32') if that is "
        + "precise enough.")
    #expect(
      try note("<i8", "(2, 3)", 48, .pool(2).then(.kbit(8)))?.contains("POOL_QT(average 2x2) + KBIT_QT(8) does not apply to it.") == true)
    #expect(try note("<f8", "(2, 3)", 48, .pool(2).then(.kbit(8)))?.contains("maps, and POOL_QT(average 2x2) does not apply") == true)
    #expect(try note("<f8", "(2, 3)", 48, .ladder(.absolute(1)))?.contains("LADDER(") == true)
  }

  @Test("An integer beyond Int64 is refused with its place")
  func tooLarge() throws {
    try saved.write(SavedArrays.npy("<u8", "(2, 2)", SavedArrays.bytes([1, 2, 3, UInt64.max])), "big.npy")
    let store = try IntermediateStore(at: saved.url("store"))
    let error = try #require(throws: NPYError.self) {
      try store.logIntermediates(of: ArrayModel(ArrayFolder(saved.url("big.npy"))), as: identity)
    }
    #expect(error.description.contains("row 1, column 1 is 18446744073709551615"))
  }
}
