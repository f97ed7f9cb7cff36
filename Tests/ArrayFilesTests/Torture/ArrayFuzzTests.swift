import ArrayFiles
import Foundation
import TestSupport
import Testing

/// Files of arrays with bytes that nobody wrote: refused with an `NPYError`, or arrays whose rows are as many and as long as they say.
/// `MISTIQUE_FUZZ_ARRAYS` says how many.
@Suite("Random .npy and .npz files")
struct ArrayFuzzTests {
  private static let mutations = ByteMutations(tokens: [
    "{", "}", "(", ")", "'", ",", ":", "True", "False", "descr", "shape", "fortran_order", "<f4", "<f8", "|u1", ">i2", "|O",
    "9223372036854775807",
    "0", "-1", "\u{93}NUMPY", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", ".npy", "/", "\u{0}",
  ])
  private static let types = [("|b1", 1), ("|u1", 1), ("<i2", 2), (">f4", 4), ("<f4", 4), ("<f2", 2), ("<f8", 8), (">u8", 8)]

  private struct Saved {
    let name: String
    let type: String
    let shape: [Int]
    let isFortran: Bool
    let elements: [UInt8]

    var file: [UInt8] {
      let text = "(" + shape.map { "\($0)," }.joined(separator: " ") + ")"
      return SavedArrays.npy(type, text, elements, order: isFortran ? "True" : "False")
    }
  }

  @Test("A mutated file or archive is refused with an NPYError, or its arrays are read as they say they are")
  func mutated() {
    let scratch = ScratchFile("array-fuzz", name: "case.npz")
    let report = TortureRun("arrays", TortureSettings("MISTIQUE_FUZZ_ARRAYS", small: 5_000)).run { _, random in
      func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
      let saved = (0..<1 + below(3)).map { Self.array("a\($0)", &random) }
      let isArchive = below(3) > 0
      var bytes =
        isArchive
        ? SmallArchive(saved.map { ($0.name + ".npy", $0.file, !$0.isFortran && below(2) == 0) }).bytes : saved[0].file
      let isMutated = below(8) > 0
      if isMutated { Self.mutations.mutate(&bytes, &random) }
      scratch.write(bytes)
      do {
        let arrays = try NumericArray.all(in: scratch.url)
        var contents: [[UInt8]] = []
        for array in arrays { contents.append(try Self.read(array, rowsPerBlock: 1 + below(4))) }
        guard isMutated else {
          guard contents == saved.prefix(isArchive ? saved.count : 1).map(Self.inCOrder) else {
            throw BrokenProperty("\(saved) are read as \(contents)")
          }
          return "read"
        }
        return "another file"
      } catch is NPYError {
        guard isMutated else { throw BrokenProperty("\(saved) are refused") }
        return "refused"
      }
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["read", "refused", "another file"]))
  }

  private static func read(_ array: NumericArray, rowsPerBlock: Int) throws -> [UInt8] {
    var (content, rows) = ([UInt8](), 0)
    try array.forEachBlock(of: rowsPerBlock) { range, bytes in
      guard range.lowerBound == rows, range.count <= rowsPerBlock, bytes.count == range.count * array.columns * array.element.size else {
        throw BrokenProperty("rows \(range) of \(array.shape) come after \(rows) in \(bytes.count) bytes")
      }
      rows = range.upperBound
      content += bytes
    }
    guard rows == array.rows, content.count == array.byteCount else { throw BrokenProperty("\(rows) rows of \(array.shape)") }
    return content
  }

  private static func array(_ name: String, _ random: inout SeededRandom) -> Saved {
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    let (type, size) = types[below(types.count)]
    let shape = (0..<1 + below(4)).map { _ in below(12) == 0 ? 0 : 1 + below(4) }
    let elements = (0..<shape.reduce(size, *)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    return Saved(name: name, type: type, shape: shape, isFortran: below(4) == 0, elements: elements)
  }

  /// The elements with the last index running fastest.
  private static func inCOrder(_ saved: Saved) -> [UInt8] {
    guard saved.isFortran else { return saved.elements }
    let count = saved.shape.reduce(1, *)
    guard count > 0 else { return [] }
    let size = saved.elements.count / count
    return (0..<count).flatMap { place in
      var (rest, stride, index) = (place, count, 0)
      var step = 1
      for dimension in saved.shape {
        stride /= dimension
        index += rest / stride * step
        rest %= stride
        step *= dimension
      }
      return saved.elements[index * size..<(index + 1) * size]
    }
  }
}
