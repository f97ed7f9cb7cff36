import CMistique
import Foundation

/// A caller's functions that a call asks and tells while it works.
///
/// `@unchecked Sendable`: the caller promises that they may be called on any thread.
struct Callbacks: @unchecked Sendable {
  /// So often at least is a call that waits interrupted to ask.
  static let patienceSeconds = 0.05

  private let functions: mistique_callbacks?

  init(_ functions: mistique_callbacks?) { self.functions = functions }

  var isStopped: Bool {
    guard let functions else { return false }
    if let flag = functions.stop_flag, flag.pointee != 0 { return true }
    return functions.stop.map { stop in RerunCall.callback { stop(functions.context) != 0 } } ?? false
  }

  /// - Throws: `CancellationError` when the caller wants the call to end.
  func check() throws { if isStopped { throw CancellationError() } }

  func report(_ done: Int, of total: Int) {
    guard let functions, let progress = functions.progress else { return }
    RerunCall.callback { progress(functions.context, Int64(done), Int64(total)) }
  }
}
