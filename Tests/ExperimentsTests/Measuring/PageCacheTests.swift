import Foundation
import Testing

@testable import experiments

struct PageCacheTests {
  @Test("The innermost mount above a folder says whether the folder is in memory")
  func inMemory() {
    let mounts = """
      /dev/vda / ext4 rw 0 0
      tmpfs /no-such-shm tmpfs rw 0 0
      /dev/vdb /no-such-shm/disk ext4 rw 0 0
      tmpfs /a\\040space ramfs rw 0 0
      """
    func isInMemory(_ path: String) -> Bool { PageCache.isInMemory(URL(fileURLWithPath: path), mounts: mounts) }
    #expect(isInMemory("/no-such-shm/r") && isInMemory("/no-such-shm") && isInMemory("/a space/x"))
    #expect(!isInMemory("/no-such-shm/disk/r") && !isInMemory("/no-such-shmem") && !isInMemory("/home"))
  }
}
