import Foundation
import Groundwork
import Testing

struct BrokenPipeTests {
  @Test("A pipe whose reader has gone is an error where that was asked for")
  func brokenPipe() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    let writer = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    #expect(throws: (any Error).self) { try BrokenPipe.asError { try writer.write(contentsOf: Data("nobody".utf8)) } }
  }
}
