import TestSupport

@testable import MistiqueStorage

/// A frame as the store would hand it over, or a hostile one.
struct SampleFrame: CustomStringConvertible, Sendable {
  let name: String
  let raw: [UInt8]
  let wordBytes: Int
  var bitmaps: [BitmapPlace] = []
  /// What must be chosen; `nil` where nothing is promised.
  var expected: WordEncoding?

  var description: String { "\(name), words of \(wordBytes)" }

  var encoded: [UInt8] {
    var output = [UInt8](repeating: 0xAA, count: WordEncoding.bound(raw.count))
    let size = raw.withUnsafeBytes { raw in
      output.withUnsafeMutableBytes { WordEncoding.encode(raw, wordBytes: wordBytes, bitmaps: bitmaps, into: $0) }
    }
    output.removeLast(output.count - size)
    return output
  }
}

/// The little-endian bytes of numbers.
func bytes<Number>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

/// The lowest bytes of words.
func bytes(_ words: [UInt64], each count: Int) -> [UInt8] {
  words.flatMap { word in (0..<count).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
}

/// Runs a decoder into memory between two guards; `nil` when it throws a `StoreError` with code `corrupt`, a failure when it does worse.
func decoded(_ stored: [UInt8], count: Int, _ decode: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) throws -> Void) -> [UInt8]? {
  let guardBytes = 64
  var memory = [UInt8](repeating: 0x5C, count: count + 2 * guardBytes)
  var result: [UInt8]?
  do {
    try stored.withUnsafeBytes { stored in
      try memory.withUnsafeMutableBytes { try decode(stored, .init(rebasing: $0[guardBytes..<guardBytes + count])) }
    }
    result = Array(memory[guardBytes..<guardBytes + count])
  } catch let error as StoreError where error.code == .corrupt {
    result = nil
  } catch {
    fatalError("a decoder threw \(error)")
  }
  precondition((memory.prefix(guardBytes) + memory.suffix(guardBytes)).allSatisfy { $0 == 0x5C }, "bytes beside the output were written")
  return result
}

func decoded(_ stored: [UInt8], like frame: SampleFrame) -> [UInt8]? {
  decoded(stored, count: frame.raw.count) { try WordEncoding.decode($0, into: $1, wordBytes: frame.wordBytes, place: "test") }
}

/// Changes, cuts or lengthens encoded bytes.
func damaged(_ stored: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
  var result = stored
  switch Int.random(in: 0..<8, using: &random) {
  case 0: result.removeLast(Int.random(in: 0...result.count, using: &random))
  case 1: result.append(contentsOf: (0..<Int.random(in: 1...9, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
  default: break
  }
  for _ in 0..<Int.random(in: 0...6, using: &random) where !result.isEmpty {
    // Most of what can go wrong stands at the beginning.
    let reach = Bool.random(using: &random) ? min(result.count, 24) : result.count
    let values: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)]
    result[Int.random(in: 0..<reach, using: &random)] = values.randomElement(using: &random)!
  }
  return result
}
