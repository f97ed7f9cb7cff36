import Foundation

/// A thread whose arithmetic is not what the library computes by: it rounds upwards.
package enum RoundingUp {
  /// As `fenv.h` has it, whose macro Swift does not import unambiguously.
  #if arch(x86_64)
    private static let upward: Int32 = 0x800
  #elseif arch(arm64)
    private static let upward: Int32 = 0x400000
  #endif

  /// Whether the current thread rounds upwards.
  package static var isSet: Bool { fegetround() == upward }

  /// Runs `body` on the current thread, which rounds upwards meanwhile.
  package static func running<Value>(_ body: () throws -> Value) rethrows -> Value {
    let before = fegetround()
    fesetround(upward)
    defer { fesetround(before) }
    return try body()
  }
}
