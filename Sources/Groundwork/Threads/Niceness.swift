import Glibc

/// How far a thread stands back from others that want the same core: Linux's niceness, 0 for a usual thread, 19 for one that takes what nobody wants.
///
/// A thread inherits it from the one that makes it. It can be raised by anybody and lowered by privileged users only, so it is for threads of one's own:
/// one of the dispatch library's would stay so for whoever comes next.
package enum Niceness {
  /// Of the calling thread; 0 where the system does not say.
  package static var current: Int {
    errno = 0
    let niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
    return errno == 0 ? Int(niceness) : 0
  }

  /// Makes the calling thread stand back, if it does not already so far. Where the system refuses, the thread stays as it is: that changes times, no answers.
  package static func raise(to niceness: Int) {
    guard niceness > current else { return }
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(niceness))
  }
}
