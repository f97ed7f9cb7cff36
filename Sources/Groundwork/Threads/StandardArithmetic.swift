import Foundation

/// Floating-point arithmetic as IEEE 754 has it, whatever the caller's thread is set to.
///
/// A thread may flush subnormal numbers to zero, as after `torch.set_flush_denormal(True)` or in a process that has loaded a library linked with `-ffast-math`, and
/// threads that it makes inherit that. The edge of a bin beside zero is subnormal: values would get other codes than elsewhere, and a sound codebook would look
/// damaged. Rounding and flushing are part of no ``Lineage`` either: what one process computes is another's to reuse.
package enum StandardArithmetic {
  /// What the thread was set to when it called, where that is something else.
  @TaskLocal private static var callers: UInt32?

  /// Runs what the library does.
  package static func running<Value>(_ body: () throws -> Value) rethrows -> Value {
    let given = control
    guard given & ~flags != standard else { return try body() }
    return try running(under: standard, calledUnder: given, body)
  }

  /// Sets the current thread, and those that it makes from then on, for good: a thread of the library's own, or one of a pool that is nobody's, which may have
  /// been made by a thread that was set to something else.
  package static func adopt() {
    if control & ~flags != standard { control = standard }
  }

  /// Runs a function of the caller's, whose arithmetic is its own.
  package static func asCalled<Value>(_ body: () throws -> Value) rethrows -> Value {
    guard let callers else { return try body() }
    return try running(under: callers, calledUnder: nil, body)
  }

  private static func running<Value>(under setting: UInt32, calledUnder caller: UInt32?, _ body: () throws -> Value) rethrows -> Value {
    let before = control
    control = setting
    defer { control = before }
    return try $callers.withValue(caller, operation: body)
  }

  private static var control: UInt32 {
    get { environment.control }
    set {
      var changed = environment
      changed.control = newValue
      fesetenv(&changed)
    }
  }

  private static var environment: fenv_t {
    var environment = fenv_t()
    fegetenv(&environment)
    return environment
  }

  #if arch(x86_64)
    /// All exceptions masked, to nearest, nothing flushed.
    private static let standard: UInt32 = 0x1f80
    /// Which exceptions there were.
    private static let flags: UInt32 = 0x3f
  #elseif arch(arm64)
    private static let standard: UInt32 = 0
    private static let flags: UInt32 = 0
  #endif
}

extension fenv_t {
  /// How numbers are rounded and what is flushed.
  #if arch(x86_64)
    fileprivate var control: UInt32 {
      get { __mxcsr }
      set { __mxcsr = newValue }
    }
  #elseif arch(arm64)
    fileprivate var control: UInt32 {
      get { __fpcr }
      set { __fpcr = newValue }
    }
  #endif
}
