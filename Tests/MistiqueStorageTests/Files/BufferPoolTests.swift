import Testing

@testable import MistiqueStorage

struct BufferPoolTests {
  @Test("A size is found again however much of other sizes is kept")
  func forgetsTheOldest() {
    // More than is kept, of a size that nothing else here asks for.
    let others = (0..<12).map { _ in BufferPool.allocate(27 << 20) }
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
}
