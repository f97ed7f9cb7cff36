import Foundation
import MistiqueStorage
import Testing

@Suite struct DurableFileTests {
  @Test("A full disk is named as such")
  func diskFull() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let bytes = [UInt8](repeating: 7, count: 1 << 20)
    #expect {
      try bytes.withUnsafeBytes { try DurableFile.writeAll($0, to: full, path: "/dev/full") }
    } throws: {
      ($0 as? StoreError)?.code == .diskFull && "\($0)".contains("Free space")
    }
  }
}
