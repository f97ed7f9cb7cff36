import Foundation
import Groundwork
import Synchronization
import Testing

struct OwnThreadTests {
  /// Tells what the work left in the dictionary of the thread that it goes on. While a thread's own data is taken apart, there is nothing.
  private final class Witness: Sendable {
    private let tell: @Sendable (String?) -> Void

    init(_ tell: @escaping @Sendable (String?) -> Void) { self.tell = tell }

    func see() {}

    deinit { tell(Thread.current.threadDictionary["errand"] as? String) }
  }

  /// Starts a thread whose work or receiver alone holds a witness.
  private func start(
    _ name: String, inWork: Bool, told: @escaping @Sendable (String?) -> Void, received: @escaping @Sendable () -> Void
  ) {
    // The work goes on when nobody here holds the witness any more.
    let isAlone = DispatchSemaphore(value: 0)
    func begin() {
      let witness = Witness(told)
      let (first, second): (Witness?, Witness?) = inWork ? (witness, nil) : (nil, witness)
      OwnThread.run(named: name) {
        Thread.current.threadDictionary["errand"] = name
        isAlone.wait()
        first?.see()
      } receive: {
        second?.see()
        received()
      }
    }
    begin()
    isAlone.signal()
  }

  @Test("What the work holds goes before its result is received")
  func work() async {
    for turn in 0..<20 {
      let isGone = Mutex(false)
      let wasGone: Bool = await withCheckedContinuation { continuation in
        start("errand \(turn)", inWork: true) { _ in
          isGone.withLock { $0 = true }
        } received: {
          continuation.resume(returning: isGone.withLock { $0 })
        }
      }
      #expect(wasGone)
    }
  }

  @Test("What the receiver holds goes while its thread is whole")
  func receiver() async {
    for turn in 0..<20 {
      let name = "errand \(turn)"
      let last: String? = await withCheckedContinuation { continuation in
        start(name, inWork: false) {
          continuation.resume(returning: $0)
        } received: {
        }
      }
      #expect(last == name)
    }
  }

  @Test("Work has the stack that it asks for")
  func stack() async {
    let reached: Int = await withCheckedContinuation { continuation in
      OwnThread.run(named: "deep", stackBytes: 64 << 20) {
        Self.depth(40)
      } receive: {
        continuation.resume(returning: $0)
      }
    }
    #expect(reached == 40)
  }

  /// Calls itself `count` times with 1 MB on the stack each time.
  private static func depth(_ count: Int) -> Int {
    withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 16) { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 1)
      return count == 0 ? 0 : depth(count - 1) + Int(bytes[bytes.count - 1])
    }
  }
}
