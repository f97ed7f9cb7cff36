import Foundation
import Synchronization

/// Work on a thread that is made for it, and that lets go of the work when it is done.
///
/// What the block of a `Thread` holds is released by a destructor of thread-specific data. The dispatch library frees its own data of the thread in
/// another one, and not always later: where the last reference to a dispatch queue goes with the block, such as that of a database, freed memory is written to.
package enum OwnThread {
  /// Starts a thread that does `work` and hands the result to `receive`.
  ///
  /// All that `work` holds is released before `receive` is called, and all that `receive` holds before the thread ends.
  ///
  /// - Parameter stackBytes: of the thread's stack; `nil` for the system's usual size.
  package static func run<Value: Sendable>(
    named name: String, stackBytes: Int? = nil, _ work: @escaping @Sendable () -> Value, receive: @escaping @Sendable (Value) -> Void
  ) {
    let (work, receive) = (Errand<Void, Value> { work() }, Errand(receive))
    let thread = Thread {
      let value = work.run(())
      receive.run(value)
    }
    thread.name = name
    if let stackBytes { thread.stackSize = stackBytes }
    thread.start()
  }

  /// A function that is called once and is nobody's afterwards.
  private final class Errand<Argument, Value>: Sendable {
    private let function: Mutex<(@Sendable (Argument) -> Value)?>

    init(_ function: @escaping @Sendable (Argument) -> Value) { self.function = Mutex(function) }

    func run(_ argument: Argument) -> Value { take()(argument) }

    private func take() -> @Sendable (Argument) -> Value {
      function.withLock { function in
        defer { function = nil }
        return function!
      }
    }
  }
}
