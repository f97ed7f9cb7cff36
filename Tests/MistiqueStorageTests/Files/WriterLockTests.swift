import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct WriterLockTests {
  @Test("A lock that is refused closes its own descriptor and nobody else's")
  func refused() throws {
    let folder = TemporaryDirectory("lock")
    let held = try WriterLock(directory: folder.path)
    let broken = Atomic<Int>(0)
    // While one thread is refused again and again, another opens, uses and closes files: none of them may be closed under its hands.
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      for _ in 0..<20_000 {
        if thread == 0 {
          do { _ = try WriterLock(directory: folder.path) } catch { continue }
          broken.wrappingAdd(1, ordering: .relaxed)
        } else {
          let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
          for _ in 0..<20 where fcntl(descriptor, F_GETFD) < 0 { broken.wrappingAdd(1, ordering: .relaxed) }
          if close(descriptor) != 0 { broken.wrappingAdd(1, ordering: .relaxed) }
        }
      }
    }
    #expect(broken.load(ordering: .relaxed) == 0)
    withExtendedLifetime(held) {}
  }

  @Test("Of two locks on one folder the second is refused until the first is gone")
  func exclusive() throws {
    let folder = TemporaryDirectory("lock")
    var first: WriterLock? = try WriterLock(directory: folder.path)
    #expect { try WriterLock(directory: folder.path) } throws: { ($0 as? StoreError)?.code == .locked }
    #expect { try WriterLock(directory: folder.path) } throws: { ($0 as? StoreError)?.code == .locked }
    withExtendedLifetime(first) {}
    first = nil
    _ = try WriterLock(directory: folder.path)
  }
}
