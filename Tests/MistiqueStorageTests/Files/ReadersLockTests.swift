import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct ReadersLockTests {
  private let folder = TemporaryDirectory("readers-lock")
  private var lock: ReadersLock { ReadersLock(directory: folder.path) }

  @Test("Any number of readers hold the lock together, and none becomes exclusive beside another")
  func shared() throws {
    let first = try lock.shared()
    var second: ReadersLock.Hold? = try lock.shared()
    #expect(!first.upgradeWithoutWaiting())
    #expect(second?.upgradeWithoutWaiting() == false)
    second = nil
    #expect(first.upgradeWithoutWaiting())
    #expect(first.upgradeWithoutWaiting(), "it is exclusive already")
  }

  @Test("A hold that could not be made exclusive has been shared all the time")
  func noGap() throws {
    let (first, second) = (try lock.shared(), try lock.shared())
    #expect(!first.upgradeWithoutWaiting())
    // Had the first let go of its lock, the second would be alone.
    #expect(!second.upgradeWithoutWaiting())
    withExtendedLifetime((first, second)) {}
  }

  @Test("A reader waits for the exclusive holder, and goes on when it steps back")
  func waiting() throws {
    let exclusive = try lock.shared()
    #expect(exclusive.upgradeWithoutWaiting())
    let lock = lock
    let state = Mutex((isReading: false, changed: false))
    let (begun, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    DispatchQueue.global().async {
      begun.signal()
      do {
        // Its scope ends before the signal, and with it the hold.
        let hold = try? lock.shared()
        state.withLock { $0.isReading = $0.changed && hold != nil }
      }
      done.signal()
    }
    begun.wait()
    usleep(20_000)  // without the lock, it would read meanwhile
    state.withLock { $0.changed = true }
    exclusive.downgrade()
    done.wait()
    #expect(state.withLock { $0.isReading }, "it read before the change was made")
    #expect(exclusive.upgradeWithoutWaiting(), "the reader is gone")
  }

  @Test("A process that is killed lets go of the lock", .enabled(if: PythonReader.isInstalled))
  func killed() throws {
    let hold = try lock.shared()
    let script = """
      import fcntl, struct, sys, time
      file = open(sys.argv[1], 'r+')
      fcntl.fcntl(file, 38, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, 0))  # F_OFD_SETLKW
      print('held', flush=True)
      time.sleep(600)
      """
    let other = try Command(["python3", "-c", script, "\(folder.path)/\(ReadersLock.fileName)"])
    while !other.outputSoFar.contains("held") { usleep(1000) }
    #expect(!hold.upgradeWithoutWaiting(), "the other process reads")
    other.interrupt(with: SIGKILL)
    #expect(other.finish().status == 128 + SIGKILL)
    #expect(hold.upgradeWithoutWaiting())
  }

  @Test("Where nobody may write, a hold locks nothing or what is there, and is never exclusive", .enabled(if: SmallDisk.isPossible))
  func readOnly() throws {
    let disk = try SmallDisk(megabytes: 1)
    let lock = ReadersLock(directory: disk.url.path)
    try disk.makeReadOnly(true)
    #expect(try !lock.shared().upgradeWithoutWaiting())
    try disk.makeReadOnly(false)
    _ = try lock.shared()
    try disk.makeReadOnly(true)
    let (first, second) = (try lock.shared(), try lock.shared())
    #expect(!first.upgradeWithoutWaiting() && !second.upgradeWithoutWaiting())
    withExtendedLifetime((first, second)) {}
    try disk.makeReadOnly(false)
  }

  @Test("A store whose folder is not there is an error that names the file")
  func missingFolder() {
    #expect { try ReadersLock(directory: "\(folder.path)/nowhere").shared() } throws: {
      ($0 as? StoreError)?.place.hasSuffix("nowhere/readers.lock") == true
    }
  }

  @Test("Holds of many threads close their own descriptors and nobody else's")
  func descriptors() throws {
    let (lock, path) = (lock, folder.path)
    let broken = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 3) { thread in
      for _ in 0..<3_000 {
        if thread < 2 {
          guard let hold = try? lock.shared() else {
            broken.wrappingAdd(1, ordering: .relaxed)
            continue
          }
          if hold.upgradeWithoutWaiting() { hold.downgrade() }
        } else {
          let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
          for _ in 0..<20 where fcntl(descriptor, F_GETFD) < 0 { broken.wrappingAdd(1, ordering: .relaxed) }
          if close(descriptor) != 0 { broken.wrappingAdd(1, ordering: .relaxed) }
        }
      }
    }
    #expect(broken.load(ordering: .relaxed) == 0)
  }
}
