import Glibc
import Testing

@testable import MistiqueStorage

/// One after the other: they share the process's pool, and one empties it.
@Suite(.serialized) struct BufferPoolTests {
  @Test("A size is found again however much of other sizes is kept")
  func forgetsTheOldest() {
    // More than is kept, of a size that nothing else here asks for.
    let others = (0...BufferPool.largestKeptBytes / (28 << 20)).map { _ in BufferPool.allocate(27 << 20) }
    for other in others { BufferPool.free(other, 27 << 20) }
    let piece = BufferPool.allocate(35 << 20)
    BufferPool.free(piece, 35 << 20)
    let again = BufferPool.allocate(35 << 20)
    #expect(again == piece)
    BufferPool.free(again, 35 << 20)
  }

  @Test("What is larger than all that is kept goes back to the kernel, and what was kept stays")
  func tooLarge() {
    let piece = BufferPool.allocate(43 << 20)
    BufferPool.free(piece, 43 << 20)
    let large = BufferPool.allocate(BufferPool.largestKeptBytes + 1)
    BufferPool.free(large, BufferPool.largestKeptBytes + 1)
    let again = BufferPool.allocate(43 << 20)
    #expect(again == piece)
    BufferPool.free(again, 43 << 20)
  }

  @Test("What is kept beyond the pool's own bytes may be the kernel's again, and holds what is written once it was taken")
  func lent() {
    let count = 67 << 20
    // The first few fill the pool's own bytes; the kernel may take back the pages of the others.
    let pieces = (0...BufferPool.ownBytes / count + 1).map { _ in BufferPool.allocate(count) }
    for piece in pieces { memset(piece, 1, count) }
    for piece in pieces { BufferPool.free(piece, count) }
    let again = pieces.map { _ in BufferPool.allocate(count) }
    for (number, piece) in again.enumerated() { memset(piece, Int32(number + 2), count) }
    for (number, piece) in again.enumerated() {
      let bytes = UnsafeRawBufferPointer(start: piece, count: count)
      #expect(stride(from: 0, to: count, by: 4_096).allSatisfy { bytes[$0] == UInt8(number + 2) })
    }
    for piece in again { BufferPool.free(piece, count) }
  }

  @Test("Where there is no memory for a buffer, what is kept is given back first")
  func shortOfMemory() {
    let count = 51 << 20
    BufferPool.free(BufferPool.allocate(count), count)
    #expect(BufferPool.keeps(count))
    #expect(BufferPool.allocateIfPossible(Int.max / 4) == nil)
    #expect(!BufferPool.keeps(count))
  }
}
