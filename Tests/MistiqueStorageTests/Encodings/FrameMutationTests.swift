import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Encoded frames with bytes that the encoder did not write: refused or decoded to something, within the memory they are given.
///
/// Whole partitions say little about reading past the end, because frames are read several at a time: here every frame and every answer
/// has memory of exactly its size, so that the address sanitizer sees a byte too many.
@Suite struct FrameMutationTests {
  private static let count = ProcessInfo.processInfo.environment["MISTIQUE_MUTANTS"].flatMap { Int($0) } ?? 10_000

  private static let contents: [FrameContent] = [
    .init(.float32), .init(.float16), .init(.codes), .init(.words(bytes: 1)), .init(.words(bytes: 4)), .init(.words(bytes: 8)),
    .init(.opaque),
  ]

  /// Values as they come: zeros, few different ones, sequences, prices, noise.
  private static func raw(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    let kind = random.next() % 6
    let words = (0..<count / 8 + 1).map { index -> UInt64 in
      switch kind {
      case 0: random.next() % 3 == 0 ? random.next() : 0
      case 1: random.next() % 5
      case 2: UInt64(index) * 3
      case 3: (Double(random.next() % 100_000) / 100).bitPattern
      case 4: UInt64(Float(random.unit()).bitPattern) << 32 | UInt64(Float(random.unit()).bitPattern)
      default: random.next()
      }
    }
    return Array(words.withUnsafeBytes { Array($0) }.prefix(count))
  }

  private static func texts(_ random: inout SeededRandom) throws -> ([UInt8], FrameContent) {
    var raw: [UInt8] = []
    var content = FrameContent(.text)
    for _ in 0..<1 + random.next() % 3 {
      let rows = 1 + Int(random.next() % 150)
      var gaps = Validity(count: rows, present: true)
      if random.next() % 2 == 0 { for row in stride(from: 0, to: rows, by: 3) { gaps[row] = false } }
      let values = (0..<rows).map { _ in String(repeating: "text", count: Int(random.next() % 7)) }
      let column = Column(.text(TextValues(values)), validity: gaps)
      let chunk = try ColumnChunk(column, rows: 0..<rows)
      content.append(chunk.shape, bytes: chunk.payload.count)
      raw += chunk.payload.array
    }
    return (raw, content)
  }

  /// Words with bitmaps before them.
  private static func gaps(_ random: inout SeededRandom) throws -> ([UInt8], FrameContent) {
    var raw: [UInt8] = []
    var content = FrameContent(.words(bytes: 8))
    for _ in 0..<1 + random.next() % 4 {
      let rows = 1 + Int(random.next() % 150)
      var gaps = Validity(count: rows, present: false)
      for row in stride(from: 0, to: rows, by: 1 + Int(random.next() % 3)) { gaps[row] = true }
      let chunk = try ColumnChunk(Column(.float64((0..<rows).map { Double($0 % 9) }), validity: gaps), rows: 0..<rows)
      content.append(chunk.shape, bytes: chunk.payload.count)
      raw += chunk.payload.array
    }
    return (raw, content)
  }

  /// Decodes in memory of exactly the sizes; `nil` when it is refused.
  private static func decode(_ stored: [UInt8], _ tag: UInt8, bytes: Int) throws -> [UInt8]? {
    let source = UnsafeMutableRawBufferPointer.allocate(byteCount: stored.count, alignment: 1)
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 8)
    defer {
      source.deallocate()
      target.deallocate()
    }
    source.copyBytes(from: stored)
    target.initializeMemory(as: UInt8.self, repeating: 0xa5)
    do {
      try FrameEncodings.decode(UnsafeRawBufferPointer(source), tag: tag, into: target, place: "mutant")
    } catch is StoreError {
      return nil
    }
    return Array(target)
  }

  @Test("A mutated frame is refused or decoded within its memory")
  func mutants() throws {
    for number in 0..<Self.count / 10 {
      var random = SeededRandom(seed: UInt64(number) &+ 7 << 32)
      var (raw, content) = (Self.raw(1 + Int(random.next() % 6000), &random), Self.contents.randomElement(using: &random)!)
      switch random.next() % 4 {
      case 0: (raw, content) = try Self.texts(&random)
      case 1: (raw, content) = try Self.gaps(&random)
      default:
        // Chunks of activations are of whole elements.
        raw.removeLast(raw.count % (content.element == .float32 ? 4 : content.element == .float16 ? 2 : 1))
      }
      let codec = [Codec.automatic, .automatic, .automatic, .gzip(), .zstd(), .none][Int(random.next() % 6)]
      let (tag, stored) = try SampleFrame("frame \(number)", raw, content).stored(codec)
      #expect(try Self.decode(stored, tag, bytes: raw.count) == raw, "frame \(number), \(content.element) as \(tag)")
      for _ in 0..<10 {
        var mutant = stored
        var head = Array(mutant.prefix(24))
        if random.next() % 2 == 0 {
          _ = PartitionMutator.damage(&head, &random)
          mutant = head + mutant.dropFirst(24)
        } else {
          _ = PartitionMutator.damage(&mutant, &random)
        }
        let other = random.next() % 8 == 0 ? UInt8(random.next() % 12) : tag
        let bytes = random.next() % 8 == 0 ? Int(random.next() % 8000) : raw.count
        _ = try Self.decode(mutant, other, bytes: bytes)
      }
    }
  }
}
