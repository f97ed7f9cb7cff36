import Foundation
import Synchronization

/// A clean stop on Ctrl-C: the first SIGINT or SIGTERM raises a flag that the work looks at, the second ends the process.
package enum StopSignal {
  /// The signal that asked for the stop; 0 while none has.
  private static let number = Atomic<Int32>(0)
  /// The text for the terminal. The handler may neither make a string nor take a lock.
  private static let adviceAddress = Atomic<UInt>(0)
  private static let adviceByteCount = Atomic<Int>(0)

  /// Installs the handlers. Call once, before the work.
  ///
  /// - Parameter advice: written to standard error when the first signal arrives.
  package static func install(advice text: StaticString? = nil) {
    // A handler may only touch what is initialised already, so the lazy globals are made here.
    number.store(0, ordering: .sequentiallyConsistent)
    adviceByteCount.store(text?.utf8CodeUnitCount ?? 0, ordering: .sequentiallyConsistent)
    adviceAddress.store(UInt(bitPattern: text?.utf8Start), ordering: .sequentiallyConsistent)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        // First, so that whoever sees the flag can rely on the next signal ending the process.
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        StopSignal.number.store(number, ordering: .sequentiallyConsistent)
        guard let advice = UnsafeRawPointer(bitPattern: StopSignal.adviceAddress.load(ordering: .sequentiallyConsistent)) else { return }
        _ = write(STDERR_FILENO, advice, StopSignal.adviceByteCount.load(ordering: .sequentiallyConsistent))
      }
    }
  }

  /// The signal that asked for a stop, if one has.
  package static var received: Int32? {
    let number = number.load(ordering: .sequentiallyConsistent)
    return number == 0 ? nil : number
  }

  /// What a shell expects of a process that `signal` stopped: 130 for Ctrl-C.
  package static func exitStatus(of signal: Int32) -> Int32 { 128 + signal }

  /// Forgets a request, for a process that goes on after one, as tests do.
  package static func clear() { number.store(0, ordering: .sequentiallyConsistent) }
}
