import Foundation

/// How the threads of learners wait for each other.
enum PassiveWaiting {
  /// Makes OpenMP's threads sleep instead of spin while they wait, by starting this program again with the setting in its environment: the library
  /// reads it when it is loaded, before `main`. Call it first in a command that may train or predict.
  ///
  /// Measured on 2 cores that other programs used too: logging a pipeline that trains 60 trees on 13,000 rows took 0.3 s this way and 1.7 to 17 s with
  /// threads that spin.
  static func begin() {
    guard getenv("OMP_WAIT_POLICY") == nil else { return }
    setenv("OMP_WAIT_POLICY", "passive", 1)
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv("/proc/self/exe", &arguments)
    // Still here: it could not be started again, and only waits less well.
  }
}
